/** Owns reading a gzip or zstd file as a stream of decompressed bytes. To resume, it decompresses from the start and skips. */

import { createReadStream, type ReadStream, statSync } from 'node:fs'
import { pipeline, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { messageOf, quote, TypewaxError } from '../../errors.ts'
import type { ByteReader } from './byte-reader.ts'
import { directoryInPlaceOfFile, tooShort, unreadable } from './file-errors.ts'

const CHUNK_BYTES = 128 * 1024
const NO_BYTES: Buffer = Buffer.alloc(0)

export class DecompressedFile implements ByteReader {
  readonly isSynchronous = false
  readonly #path: string
  readonly #offset: number
  readonly #file: ReadStream
  readonly #bytes: Transform
  readonly #chunks: AsyncIterator<Buffer>
  #chunk = NO_BYTES
  #skipBytes: number

  constructor(path: string, offset: number, format: 'gzip' | 'zstd') {
    this.#path = path
    this.#offset = offset
    this.#skipBytes = offset
    checkIsFile(path)
    this.#file = createReadStream(path, { highWaterMark: CHUNK_BYTES })
    this.#bytes = format === 'gzip' ? createGunzip({ chunkSize: CHUNK_BYTES }) : createZstdDecompress({ chunkSize: CHUNK_BYTES })
    // An error of either stream reaches the reader through the iterator of the second.
    pipeline(this.#file, this.#bytes, () => {})
    this.#chunks = this.#bytes[Symbol.asyncIterator]()
  }

  async read(into: Buffer, at: number): Promise<number> {
    let end = at
    while (end < into.length) {
      if (this.#chunk.length === 0 && !(await this.#nextChunk())) break
      const copied = this.#chunk.copy(into, end)
      this.#chunk = this.#chunk.subarray(copied)
      end += copied
    }
    return end - at
  }

  sizeBytes(): undefined {
    return undefined
  }

  close(): void {
    this.#file.destroy()
    this.#bytes.destroy()
  }

  /** Gets a chunk that is not empty, skipping what an earlier execution has read; `false` at the end. */
  async #nextChunk(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#pull()
      if (next === undefined) return false
      const skipped = Math.min(this.#skipBytes, next.length)
      this.#skipBytes -= skipped
      this.#chunk = next.subarray(skipped)
    }
    return true
  }

  async #pull(): Promise<Buffer | undefined> {
    const next = await this.#chunks.next().catch((error: unknown) => {
      throw this.#failure(error)
    })
    if (!next.done) return next.value
    if (this.#skipBytes === 0) return undefined
    throw tooShort(this.#path, `decompressed byte ${this.#offset}`, `${this.#offset - this.#skipBytes} bytes`)
  }

  #failure(error: unknown): TypewaxError {
    // Errors of the file system have a system call, errors of the format do not.
    if (error instanceof Error && 'syscall' in error) return unreadable(this.#path, error)
    const message = `cannot decompress ${quote(this.#path)}: ${messageOf(error)}; it is damaged, cut short, or not what \`compression\` or its ending says`
    return new TypewaxError('MALFORMED_FILE', message, { domain: 'external', cause: error })
  }
}

function checkIsFile(path: string): void {
  try {
    if (!statSync(path).isDirectory()) return
  } catch (error) {
    throw unreadable(path, error)
  }
  throw directoryInPlaceOfFile(path)
}

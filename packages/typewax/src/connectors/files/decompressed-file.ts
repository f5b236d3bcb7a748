/** Owns reading a gzip or zstd file as a stream of decompressed bytes. To resume, it decompresses from the start and skips. */

import { Buffer } from 'node:buffer'
import { createReadStream, type ReadStream, statSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'
import { messageOf, quote, TypewaxError } from '../../errors.ts'
import type { ByteReader } from './byte-reader.ts'
import { directoryInPlaceOfFile, tooShort, unreadable } from './file-errors.ts'

const CHUNK_BYTES = 128 * 1024
const NO_BYTES: Buffer = Buffer.alloc(0)

export class DecompressedFile implements ByteReader {
  readonly isSynchronous = false
  readonly #path: string
  readonly #offset: number
  readonly #format: 'gzip' | 'zstd'
  readonly #compressedBytes: number
  #frame: Frame
  #chunk = NO_BYTES
  #skipBytes: number

  constructor(path: string, offset: number, format: 'gzip' | 'zstd') {
    this.#path = path
    this.#offset = offset
    this.#format = format
    this.#skipBytes = offset
    this.#compressedBytes = sizeOf(path)
    this.#frame = new Frame(path, format, 0)
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
    this.#frame.close()
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
    for (;;) {
      const next = await this.#frame.next().catch((error: unknown) => {
        throw this.#failure(error)
      })
      if (next !== undefined) return next
      if (!this.#nextFrame()) break
    }
    if (this.#skipBytes === 0) return undefined
    throw tooShort(this.#path, `decompressed byte ${this.#offset}`, `${this.#offset - this.#skipBytes} bytes`)
  }

  /** Node's gunzip goes on with the next member of a file, its zstd stops behind the first frame and leaves the rest unread, in silence. */
  #nextFrame(): boolean {
    const { end } = this.#frame
    if (this.#format === 'gzip' || end >= this.#compressedBytes) return false
    this.#frame = new Frame(this.#path, this.#format, end)
    return true
  }

  #failure(error: unknown): TypewaxError {
    // Errors of the file system have a system call, errors of the format do not.
    if (error instanceof Error && 'syscall' in error) return unreadable(this.#path, error)
    const message = `cannot decompress ${quote(this.#path)}: ${messageOf(error)}; it is damaged, cut short, or not what \`compression\` or its ending says`
    return new TypewaxError('MALFORMED_FILE', message, { domain: 'external', cause: error })
  }
}

/** A compressed stream that begins at some byte of a file. */
class Frame {
  readonly #start: number
  readonly #file: ReadStream
  readonly #decoder: Gunzip | ZstdDecompress
  readonly #chunks: AsyncIterator<Buffer>

  constructor(path: string, format: 'gzip' | 'zstd', start: number) {
    this.#start = start
    this.#file = createReadStream(path, { start, highWaterMark: CHUNK_BYTES })
    this.#decoder = format === 'gzip' ? createGunzip({ chunkSize: CHUNK_BYTES }) : createZstdDecompress({ chunkSize: CHUNK_BYTES })
    // An error of either stream comes out of the iterator of the second.
    pipeline(this.#file, this.#decoder, () => {})
    this.#chunks = this.#decoder[Symbol.asyncIterator]()
  }

  /** Where the compressed stream ends, once `next` has said so. */
  get end(): number {
    return this.#start + this.#decoder.bytesWritten
  }

  async next(): Promise<Buffer | undefined> {
    const result = await this.#chunks.next()
    return result.done === true ? undefined : result.value
  }

  close(): void {
    this.#file.destroy()
    this.#decoder.destroy()
  }
}

function sizeOf(path: string): number {
  try {
    const stats = statSync(path)
    if (!stats.isDirectory()) return stats.size
  } catch (error) {
    throw unreadable(path, error)
  }
  throw directoryInPlaceOfFile(path)
}

/**
 * Owns cutting the bytes of a file into blocks of decoded text that end at a line end, so that no decoder meets half a line or half a character.
 * Bytes behind the last line end of a chunk wait for the next one. It does not split lines.
 */

import { Buffer, isUtf8 } from 'node:buffer'
import type { Awaitable } from '../../inputs/source.ts'
import { whenReady } from './awaitable.ts'
import type { ByteReader } from './byte-reader.ts'
import { MalformedText } from './malformed-text.ts'
import { TextBlock } from './text-block.ts'

export type Encoding = 'utf8' | 'latin1'

/** Measured: smaller chunks cost calls, larger ones fall out of the cache. */
const CHUNK_BYTES = 256 * 1024
/** A file without a line end for so long is no text file. */
const MAX_LINE_BYTES = 256 * 1024 * 1024
const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const NO_BYTES: Buffer = Buffer.alloc(0)

/** Shared by all synchronous readers of this thread: what is read into it is decoded before anybody else can read. */
let scratch: Buffer | undefined

export class TextBlocks {
  readonly #bytes: ByteReader
  readonly #encoding: Encoding
  readonly #chunkBytes: number
  /** What was read behind the last block: the beginning of a line. */
  #rest = NO_BYTES
  #offset: number
  #own: Buffer | undefined

  /** `offset` is where `bytes` begin in the file; `chunkBytes` is for tests. */
  constructor(bytes: ByteReader, encoding: Encoding, offset: number, chunkBytes: number = CHUNK_BYTES) {
    this.#bytes = bytes
    this.#encoding = encoding
    this.#offset = offset
    this.#chunkBytes = chunkBytes
  }

  /** Gives the next block, of about `wantBytes` or more; `undefined` at the end. The last block may lack a line end. */
  next(wantBytes: number = this.#chunkBytes): Awaitable<TextBlock | undefined> {
    const buffer = this.#space(Math.max(wantBytes, this.#rest.length * 2, this.#chunkBytes))
    const filled = this.#rest.copy(buffer)
    return whenReady(this.#bytes.read(buffer, filled), (count) => this.#arrived(buffer.subarray(0, filled + count), count === 0))
  }

  #arrived(bytes: Buffer, isLast: boolean): Awaitable<TextBlock | undefined> {
    const end = isLast ? bytes.length : endOfLastLine(bytes)
    // A copy: the buffer is used again.
    this.#rest = end === bytes.length ? NO_BYTES : Buffer.from(bytes.subarray(end))
    if (end > 0) return this.#decode(bytes.subarray(0, end))
    if (isLast) return undefined
    if (bytes.length > MAX_LINE_BYTES) {
      throw new MalformedText('MALFORMED_FILE', `a line goes on for more than ${MAX_LINE_BYTES} bytes; is it text?`, { byteOffset: this.#offset })
    }
    // `next` asks for twice as much as is there, so that a long line is looked through a few times only.
    return this.next()
  }

  #decode(bytes: Buffer): TextBlock {
    const byteOffset = this.#offset
    if (this.#encoding === 'utf8' && !isUtf8(bytes)) throw notUtf8(bytes, byteOffset)
    this.#offset += bytes.length
    return new TextBlock(bytes.toString(this.#encoding), byteOffset, bytes.length)
  }

  #space(sizeBytes: number): Buffer {
    if (sizeBytes > CHUNK_BYTES) return Buffer.allocUnsafeSlow(sizeBytes)
    if (!this.#bytes.isSynchronous) {
      this.#own ??= Buffer.allocUnsafeSlow(CHUNK_BYTES)
      return this.#own.subarray(0, sizeBytes)
    }
    scratch ??= Buffer.allocUnsafeSlow(CHUNK_BYTES)
    return scratch.subarray(0, sizeBytes)
  }
}

/** The index behind the last line end: `\n`, `\r\n` or a lone `\r`. 0 if there is none. */
function endOfLastLine(bytes: Buffer): number {
  // A `\r` at the very end may be half of a `\r\n`: it is known when the next byte is.
  const known = bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes
  return Math.max(known.lastIndexOf(LINE_FEED), known.lastIndexOf(CARRIAGE_RETURN)) + 1
}

function notUtf8(bytes: Buffer, byteOffset: number): MalformedText {
  let start = 0
  for (;;) {
    const feed = bytes.indexOf(LINE_FEED, start)
    const end = feed < 0 ? bytes.length : feed + 1
    if (end === bytes.length || !isUtf8(bytes.subarray(start, end))) break
    start = end
  }
  return new MalformedText('MALFORMED_FILE', "the line is not valid UTF-8; read the file with `encoding: 'latin1'`, or convert it", {
    byteOffset: byteOffset + start,
  })
}

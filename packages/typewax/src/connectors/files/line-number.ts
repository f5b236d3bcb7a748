/** Owns finding the number of a line in a file, which is asked for only when something is wrong in it. */

import { Buffer } from 'node:buffer'
import type { Awaitable } from '../../inputs/source.ts'
import type { ByteReader } from './byte-reader.ts'

const CHUNK_BYTES = 256 * 1024
const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/** Counts, 1-based, the line of the byte at `offset` by reading everything before it. `bytes` begin at the start of the file. */
export function lineNumberAt(bytes: ByteReader, offset: number): Awaitable<number> {
  const counter = new LineCounter(offset)
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  const count = (): Awaitable<number> => {
    while (counter.leftBytes > 0) {
      const length = bytes.read(buffer.subarray(0, Math.min(counter.leftBytes, CHUNK_BYTES)), 0)
      if (length instanceof Promise) {
        return length.then((arrived) => {
          counter.pass(buffer.subarray(0, arrived))
          return count()
        })
      }
      counter.pass(buffer.subarray(0, length))
    }
    return counter.line
  }
  return count()
}

/** Counts line ends as the decoders do: `\n`, `\r\n` and a lone `\r`. */
class LineCounter {
  line = 1
  leftBytes: number
  #isAfterReturn = false

  constructor(leftBytes: number) {
    this.leftBytes = leftBytes
  }

  pass(bytes: Uint8Array): void {
    // No bytes: the file ends before the offset; there is nothing left to count.
    this.leftBytes = bytes.length === 0 ? 0 : this.leftBytes - bytes.length
    for (const byte of bytes) {
      if (byte === CARRIAGE_RETURN || (byte === LINE_FEED && !this.#isAfterReturn)) this.line++
      this.#isAfterReturn = byte === CARRIAGE_RETURN
    }
  }
}

/** Owns parsing lines of JSON: one value a line, blank lines skipped. */

import { messageOf } from '../../errors.ts'
import { LineDecoder } from './line-decoder.ts'
import { MalformedText } from './malformed-text.ts'
import type { TextBlock } from './text-block.ts'
import type { TextDecoder } from './text-decoder.ts'

const BLANK = /^\s*$/

export class JsonLinesDecoder<T> implements TextDecoder<T> {
  readonly wantBytes = undefined
  readonly #lines: LineDecoder

  constructor(offset: number) {
    this.#lines = new LineDecoder(offset)
  }

  feed(block: TextBlock | undefined): void {
    this.#lines.feed(block)
  }

  take(maxItems: number): T[] | undefined {
    const lines = this.#lines.take(maxItems)
    if (lines === undefined) return undefined
    const items: T[] = []
    for (let index = 0; index < lines.length; index++) {
      const line = lines[index]!
      try {
        items.push(JSON.parse(line))
      } catch (error) {
        // A byte order mark is white space too, so that an empty file with one is empty.
        if (BLANK.test(line)) continue
        items.push(this.#parseAgain(line, index - lines.length, error))
      }
    }
    return items
  }

  position(): number {
    return this.#lines.position()
  }

  /** The way of the first line of a file with a byte order mark, and of lines that are no JSON. */
  #parseAgain(line: string, fromNext: number, cause: unknown): T {
    const byteOffset = this.#lines.offsetOf(fromNext)
    if (byteOffset !== 0 || !line.startsWith('\uFEFF')) throw new MalformedText('MALFORMED_JSON', messageOf(cause), { byteOffset, cause })
    try {
      return JSON.parse(line.slice(1))
    } catch (error) {
      throw new MalformedText('MALFORMED_JSON', messageOf(error), { byteOffset, cause: error })
    }
  }
}

/** Owns splitting text into lines, and the place of each line in the file. Lines end with `\n`, `\r\n` or a lone `\r`; the last one may lack its end. */

import type { TextBlock } from './text-block.ts'
import type { TextDecoder } from './text-decoder.ts'

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

export class LineDecoder implements TextDecoder<string> {
  readonly wantBytes = undefined
  #block: TextBlock | undefined
  #lines: readonly string[] = []
  /** How many lines of the block were taken. */
  #taken = 0
  /** A line of the block whose place is known, and the index of its first character. */
  #placed = 0
  #placedAt = 0
  /** Where the block begins, or where the text ended. */
  #offset: number

  constructor(offset: number) {
    this.#offset = offset
  }

  feed(block: TextBlock | undefined): void {
    this.#offset = this.position()
    this.#block = block
    this.#lines = block === undefined ? [] : splitLines(block.text)
    this.#taken = 0
    this.#placed = 0
    this.#placedAt = 0
  }

  take(maxLines: number): string[] | undefined {
    const from = this.#taken
    if (from === this.#lines.length) return undefined
    const lines = this.#lines.slice(from, from + maxLines)
    this.#taken += lines.length
    return lines
  }

  position(): number {
    return this.offsetOf(0)
  }

  /** The offset in the file of a line: 0 is the next one to be taken, -1 the last one taken. Not of one before the last that was asked for. */
  offsetOf(fromNext: number): number {
    const block = this.#block
    if (block === undefined) return this.#offset
    const index = this.#taken + fromNext
    return block.byteOffsetAt(index === this.#lines.length ? block.text.length : this.#charIndexOf(block.text, index))
  }

  /** Adds up lengths instead of searching the text: positions are asked for at barriers, and each line is counted once. */
  #charIndexOf(text: string, index: number): number {
    let at = this.#placedAt
    for (let line = this.#placed; line < index; line++) {
      at += this.#lines[line]!.length
      at += text.charCodeAt(at) === CARRIAGE_RETURN && text.charCodeAt(at + 1) === LINE_FEED ? 2 : 1
    }
    this.#placed = index
    this.#placedAt = at
    return at
  }
}

/** Splits at line ends; what follows the last one is a line unless it is empty. */
export function splitLines(text: string): string[] {
  const lines = text.includes('\r') ? text.split(/\r\n|\r|\n/) : text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

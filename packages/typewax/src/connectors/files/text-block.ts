/** Owns a piece of decoded text that knows where in its file each character stands. */

import { Buffer } from 'node:buffer'

export class TextBlock {
  readonly text: string
  /** Where the first byte of the text stands in the file. */
  readonly byteOffset: number
  readonly byteLength: number
  /** The last place asked for, so that asking for one after the other measures the text once. */
  #charIndex = 0
  #byteIndex = 0

  /** `byteLength` is the length of `text` in the encoding of the file. */
  constructor(text: string, byteOffset: number, byteLength: number) {
    this.text = text
    this.byteOffset = byteOffset
    this.byteLength = byteLength
  }

  /** The offset in the file of the character at `charIndex`, or of the end for an index of the text's length. */
  byteOffsetAt(charIndex: number): number {
    // Equal lengths: every character is one byte, be it ASCII or Latin-1.
    if (this.byteLength === this.text.length) return this.byteOffset + charIndex
    if (charIndex === this.text.length) return this.byteOffset + this.byteLength
    if (charIndex < this.#charIndex) {
      this.#charIndex = 0
      this.#byteIndex = 0
    }
    this.#byteIndex += Buffer.byteLength(this.text.slice(this.#charIndex, charIndex))
    this.#charIndex = charIndex
    return this.byteOffset + this.#byteIndex
  }
}

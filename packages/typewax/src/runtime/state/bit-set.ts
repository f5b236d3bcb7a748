/**
 * Owns a set of small whole numbers, 0 included, as bits: how a stateful step knows which of its keys were called. A few kilobytes for a hundred thousand
 * keys, so that asking and marking stay in the first cache; going through the members looks at 32 numbers at a time.
 */

const FIRST_WORDS = 32

export class BitSet {
  #words = new Int32Array(FIRST_WORDS)

  has(member: number): boolean {
    const word = member >>> 5
    return word < this.#words.length && ((this.#words[word] as number) & (1 << member)) !== 0
  }

  add(member: number): void {
    const word = member >>> 5
    if (word >= this.#words.length) this.#grow(word)
    this.#words[word] = (this.#words[word] as number) | (1 << member)
  }

  delete(member: number): void {
    const word = member >>> 5
    if (word < this.#words.length) this.#words[word] = (this.#words[word] as number) & ~(1 << member)
  }

  /** The least member from a number on, -1 if there is none. */
  next(from: number): number {
    const words = this.#words
    // Bits below the first are masked off.
    let mask = -1 << from
    for (let word = from >>> 5; word < words.length; word++) {
      const bits = (words[word] as number) & mask
      if (bits !== 0) return 32 * word + 31 - Math.clz32(bits & -bits)
      mask = -1
    }
    return -1
  }

  #grow(word: number): void {
    const words = new Int32Array(Math.max(2 * this.#words.length, word + 1))
    words.set(this.#words)
    this.#words = words
  }
}

/**
 * Owns a set of small whole numbers, 0 included, as bits: how a stateful step goes through the keys that were called in an epoch, in the order of their
 * indexes. A few kilobytes for a hundred thousand keys; numbers are taken in one by one and forgotten all at once.
 */

const FIRST_WORDS = 32

export class BitSet {
  #words = new Int32Array(FIRST_WORDS)

  add(member: number): void {
    const word = member >>> 5
    if (word >= this.#words.length) this.#grow(word)
    this.#words[word] = (this.#words[word] as number) | (1 << member)
  }

  clear(): void {
    this.#words.fill(0)
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

/**
 * Owns the watermark of several streams that come together: the least of those that are expected to go on. Pure. Once reached it stays, whatever
 * comes later, so that what was late is late for ever.
 */

import type { Watermark } from './batch.ts'

export class Watermarks {
  /** The watermark of all together. */
  watermarkMs: number = Number.NEGATIVE_INFINITY
  /** The least of the streams that go on now: `watermarkMs`, unless one of them came back from far behind. */
  leastMs: number = Number.NEGATIVE_INFINITY
  /** Whether all streams are idle or have ended. */
  isIdle = false
  readonly #each: number[]
  readonly #isOut: boolean[]
  readonly #hasEnded: boolean[]

  constructor(count: number) {
    this.#each = new Array<number>(count).fill(Number.NEGATIVE_INFINITY)
    this.#isOut = new Array<boolean>(count).fill(false)
    this.#hasEnded = new Array<boolean>(count).fill(false)
  }

  /** Takes in a watermark of one stream. Gives the new one of all, if anything changed. */
  set(index: number, { watermarkMs, isIdle }: Watermark): Watermark | undefined {
    const wasLeast = this.#isOut[index] !== false || (this.#each[index] as number) <= this.leastMs
    this.#each[index] = watermarkMs
    this.#isOut[index] = isIdle
    // Most streams that move on are not the last: then nothing changes.
    return wasLeast || isIdle || watermarkMs < this.leastMs ? this.refresh() : undefined
  }

  /** A stream has ended. */
  end(index: number): Watermark | undefined {
    this.#isOut[index] = true
    this.#hasEnded[index] = true
    return this.refresh()
  }

  /** The watermark is at least this. */
  raise(watermarkMs: number): void {
    this.watermarkMs = Math.max(this.watermarkMs, watermarkMs)
  }

  /** Gives the new watermark of all, if anything changed. */
  refresh(): Watermark | undefined {
    const isIdle = !this.#isOut.includes(false)
    // Where all are idle, each has still come as far as it says.
    const least = this.#least(isIdle ? this.#hasEnded : this.#isOut)
    if (!isIdle) this.leastMs = least
    const watermarkMs = least === Number.POSITIVE_INFINITY ? this.watermarkMs : Math.max(this.watermarkMs, least)
    if (watermarkMs === this.watermarkMs && isIdle === this.isIdle) return undefined
    this.watermarkMs = watermarkMs
    this.isIdle = isIdle
    return { kind: 'watermark', watermarkMs, isIdle }
  }

  /** Whether who knows only how far each stream has come, and which of them are left out, would give less. */
  get isAhead(): boolean {
    return this.watermarkMs > (this.isIdle ? Math.min(...this.#each) : this.leastMs)
  }

  #least(isLeftOut: readonly boolean[]): number {
    let least = Number.POSITIVE_INFINITY
    for (let index = 0; index < this.#each.length; index++) if (isLeftOut[index] !== true) least = Math.min(least, this.#each[index] as number)
    return least
  }
}

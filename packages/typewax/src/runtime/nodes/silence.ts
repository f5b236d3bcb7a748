/**
 * Owns how long a source partition has given nothing. Only what the partition was asked counts: time in which nobody could ask, because the flow was
 * busy, full or held it back, is not silence, unless the partition says afterwards that it has nothing still. Pure.
 */

export class Silence {
  /** When it began. `undefined`: what was asked last gave items, or nothing has been asked. */
  #sinceMs: number | undefined
  /** Until when it lasts for sure: while a call is in flight without end, else to the time at which the partition wants to be asked again. */
  #untilMs = Number.POSITIVE_INFINITY
  /** How much later than it wanted the partition was asked. Counts again if the answer is that there is nothing. */
  #lostMs = 0

  /** The partition is asked for a batch. */
  asked(nowMs: number): void {
    // A clock that went back is followed: else the silence would last as long as the way back.
    if (this.#sinceMs === undefined || nowMs < this.#sinceMs) this.#sinceMs = nowMs
    else this.#lostMs = Math.max(0, nowMs - this.#untilMs)
    this.#untilMs = Number.POSITIVE_INFINITY
  }

  /** It answered that there is nothing, and wants to be asked again at a time. */
  gaveNothing(nowMs: number, awakeAtMs: number): void {
    this.#lostMs = 0
    this.#untilMs = Math.max(nowMs, awakeAtMs)
  }

  /** It answered with items. */
  gaveItems(): void {
    this.#sinceMs = undefined
    this.#lostMs = 0
  }

  /** When it will have lasted for some time, if nothing comes. `undefined`: not before the partition is asked again. */
  lastsAt(durationMs: number): number | undefined {
    if (this.#sinceMs === undefined) return undefined
    const at = this.#sinceMs + this.#lostMs + durationMs
    return at <= this.#untilMs ? at : undefined
  }
}

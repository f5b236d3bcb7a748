/**
 * Owns `TestClock`: clock, timers and randomness that stand still until a test moves them. Given to `run` as `host`, it makes a flow's waiting
 * instant and its results repeatable; `now` alone serves sources and clocks that take a function.
 */

import { setImmediate } from 'node:timers'
import type { Host } from '../runtime/host.ts'

export interface TestClockOptions {
  /** Time of day at the beginning, in milliseconds since the epoch. Default 0. */
  readonly startAtMs?: number
  /** Jump to the next timer whenever everybody waits. For flows that wait for nothing but the clock. Default false. */
  readonly autoAdvance?: boolean
  /** Seed of `random`. Default 1. */
  readonly seed?: number
}

interface Timer {
  readonly atMs: number
  readonly callback: () => void
}

/**
 * A clock that a test moves.
 *
 * ```ts
 * const clock = new TestClock({ autoAdvance: true })
 * await run(flow, { host: clock })                        // hours of pauses take no time
 * ```
 *
 * With `autoAdvance`, time jumps one turn of the event loop after a timer was set, however much I/O is still under way. Without it, time moves by
 * `advance` and `advanceTo` only. As time stands still while a flow is busy, a flow whose input never pauses never gives the program a turn.
 */
export class TestClock implements Host {
  readonly #startAtMs: number
  readonly #isAutomatic: boolean
  /** In the order in which they were set. */
  readonly #timers = new Set<Timer>()
  #nowMs: number
  #randomState: number
  #isJumping = false

  constructor(options: TestClockOptions = {}) {
    this.#startAtMs = options.startAtMs ?? 0
    this.#nowMs = this.#startAtMs
    this.#isAutomatic = options.autoAdvance ?? false
    this.#randomState = options.seed ?? 1
  }

  /** Time of day, in milliseconds since the epoch. Bound: may be passed on as a function. */
  readonly now = (): number => this.#nowMs

  /** Milliseconds since this clock was made. */
  readonly monotonicMs = (): number => this.#nowMs - this.#startAtMs

  /** Number of timers that wait. */
  get timerCount(): number {
    return this.#timers.size
  }

  /** Whether the time of a timer has come, and it has not fired. */
  get isTimerDue(): boolean {
    return this.#earliest(this.#nowMs) !== undefined
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), callback }
    this.#timers.add(timer)
    if (this.#isAutomatic) this.#jumpLater()
    return () => void this.#timers.delete(timer)
  }

  yieldTurn(callback: () => void): void {
    setImmediate(callback)
  }

  /** The next of a sequence that the seed decides (mulberry32). */
  random(): number {
    this.#randomState = (this.#randomState + 0x6d2b79f5) >>> 0
    let mixed = this.#randomState
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** Moves time forward; see `advanceTo`. */
  async advance(durationMs: number): Promise<void> {
    await this.advanceTo(this.#nowMs + durationMs)
  }

  /**
   * Moves time forward to `timeMs`, and on the way to each timer that is due by then, in order: it fires, and what it wakes gets a turn of the event
   * loop before time goes on. If no timer is due, time has moved when the call returns, also without `await`: a flow that was only just started must
   * get its first turn by `await clock.advance(0)`.
   */
  async advanceTo(timeMs: number): Promise<void> {
    for (let timer = this.#earliest(timeMs); timer !== undefined; timer = this.#earliest(timeMs)) {
      this.#fire(timer)
      await turn()
    }
    this.#nowMs = Math.max(this.#nowMs, timeMs)
    await turn()
  }

  /** Lets time go by, without firing what is due: for simulations of work that takes time. */
  pass(durationMs: number): void {
    this.#nowMs += durationMs
  }

  /** Moves time forward to the next timer, if there is one, and fires it. */
  async advanceToNext(): Promise<void> {
    const timer = this.#earliest(Number.MAX_VALUE)
    if (timer !== undefined) this.#fire(timer)
    await turn()
  }

  #earliest(untilMs: number): Timer | undefined {
    let earliest: Timer | undefined
    for (const timer of this.#timers) if (timer.atMs <= untilMs && (earliest === undefined || timer.atMs < earliest.atMs)) earliest = timer
    return earliest
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer)
    this.#nowMs = Math.max(this.#nowMs, timer.atMs)
    timer.callback()
  }

  #jumpLater(): void {
    if (this.#isJumping) return
    this.#isJumping = true
    setImmediate(() => {
      this.#isJumping = false
      const timer = this.#earliest(Number.MAX_VALUE)
      if (timer === undefined) return
      if (this.#timers.size > 1) this.#jumpLater()
      this.#fire(timer)
    })
  }
}

/** Lets promises and immediate callbacks that are due run. */
export async function turn(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}

/**
 * Owns the clock that reads timestamps out of values. Its watermark stays a fixed wait behind the latest timestamp, and moves on with the system's
 * time while nothing comes, as in Bytewax. Unlike there, time during which the flow does not run does not count.
 */

import type { LogicContext } from '../dataflow/step.ts'
import { returnedMs, type Timestamp } from '../timestamp.ts'
import { checkCallable, checkOption } from './checks.ts'
import type { Clock, ClockLogic } from './clock.ts'

export interface EventClockOptions {
  /** How far a value may be behind the latest one and still be on time, in milliseconds. `Infinity`: nothing is ever late. */
  readonly waitMs: number
  /** What time it is, on the scale of the timestamps: by this the watermark moves while nothing comes. Default: the system's clock. */
  readonly now?: () => Timestamp
  /**
   * Says when, by the system's clock, `now` will have come to a time; `undefined`: nobody knows, then windows close with the next value or at the
   * end. Default: `now` goes as fast as the system's clock.
   */
  readonly toSystemTime?: (timeMs: number) => Timestamp | undefined
}

/**
 * Takes timestamps out of values. The watermark of a key is its latest timestamp minus `waitMs`; while no later one comes it goes on with the
 * system's time. A value below the watermark is late.
 *
 * ```ts
 * new EventClock((order: Order) => order.at, { waitMs: seconds(10) })
 * ```
 */
export class EventClock<in V> implements Clock<V, number> {
  declare readonly '~reads'?: ((value: V) => void) | undefined
  readonly '~kind' = 'clock' as const
  readonly #timestamp: (value: V) => Timestamp
  readonly #options: EventClockOptions

  /**
   * @param timestamp Reads the time of a value: a number of milliseconds, a `Date`, or a Temporal object. Anything else: `WRONG_RETURN`.
   * @throws `INVALID_ARGUMENT`
   */
  constructor(timestamp: (value: V) => Timestamp, options: EventClockOptions) {
    const { waitMs, now, toSystemTime } = options ?? {}
    checkCallable('`timestamp` of EventClock', timestamp)
    checkOption('`waitMs` of EventClock', waitMs, { zero: true, infinite: true })
    if (now !== undefined) checkCallable('`now` of EventClock', now)
    if (toSystemTime !== undefined) checkCallable('`toSystemTime` of EventClock', toSystemTime)
    this.#timestamp = timestamp
    this.#options = options
  }

  build(resumeState: unknown, context: LogicContext): ClockLogic<V, number> {
    return new EventClockLogic(this.#timestamp, this.#options, context, resumeState as number | undefined)
  }
}

/** Two numbers a key: the watermark, and the time it was at then. */
class EventClockLogic<V> implements ClockLogic<V, number> {
  readonly #timestamp: (value: V) => Timestamp
  readonly #options: EventClockOptions
  readonly #context: LogicContext
  #watermarkMs: number
  #nowMs: number

  constructor(timestamp: (value: V) => Timestamp, options: EventClockOptions, context: LogicContext, resumeState: number | undefined) {
    this.#timestamp = timestamp
    this.#options = options
    this.#context = context
    this.#watermarkMs = resumeState ?? Number.NEGATIVE_INFINITY
    this.#nowMs = this.#now()
  }

  get watermarkMs(): number {
    return this.#watermarkMs
  }

  beforeBatch(): void {
    const nowMs = this.#now()
    // A clock that is set back stands still until it has caught up.
    if (nowMs <= this.#nowMs) return
    this.#watermarkMs += nowMs - this.#nowMs
    this.#nowMs = nowMs
  }

  onItem(value: V): number {
    const timestampMs = returnedMs('timestamp', this.#timestamp(value))
    this.#watermarkMs = Math.max(this.#watermarkMs, timestampMs - this.#options.waitMs)
    return timestampMs
  }

  onNotify(): void {
    this.beforeBatch()
  }

  onEof(): number {
    return Number.POSITIVE_INFINITY
  }

  wakeAt(watermarkMs: number): number | undefined {
    const missingMs = watermarkMs - this.#watermarkMs
    if (!Number.isFinite(missingMs)) return undefined
    const { now, toSystemTime } = this.#options
    if (now === undefined) return this.#nowMs + missingMs
    if (toSystemTime === undefined) return this.#context.now() + missingMs
    const at = toSystemTime(this.#nowMs + missingMs)
    // Not at once, though it may say so: `now` is not there yet, and asking again and again would keep the machine busy.
    return at === undefined ? undefined : Math.max(returnedMs('toSystemTime', at), this.#context.now() + 1)
  }

  snapshot(): number | undefined {
    return this.#watermarkMs === Number.NEGATIVE_INFINITY ? undefined : this.#watermarkMs
  }

  #now(): number {
    const { now } = this.#options
    return now === undefined ? this.#context.now() : returnedMs('now', now())
  }
}

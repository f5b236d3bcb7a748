/** Owns the clock whose watermark is that of the stream. */

import type { LogicContext } from '../dataflow/step.ts'
import { returnedMs, type Timestamp } from '../timestamp.ts'
import { checkCallable } from './checks.ts'
import type { Clock, ClockLogic } from './clock.ts'

/**
 * Takes timestamps out of values, and goes by the watermark of the stream: all keys have the same time, and a key that gets no more values closes its
 * windows with the others. Nothing is kept for long of a key
 * without windows: for as long as a window, and an hour at most. The stream needs `assignWatermarks` upstream, else `NO_WATERMARKS`.
 *
 * A value is late for a window that the watermark has passed (plus `allowedLatenessMs`, where given), and goes to those that are still open.
 *
 * ```ts
 * const clock = new StreamClock((order: Order) => order.at)
 * ```
 */
export class StreamClock<in V> implements Clock<V, undefined> {
  declare readonly '~reads'?: ((value: V) => void) | undefined
  readonly '~kind' = 'clock' as const
  readonly followsStream: boolean = true
  readonly #timestamp: (value: V) => Timestamp

  /**
   * @param timestamp Reads the time of a value: a number of milliseconds, a `Date`, or a Temporal object. Anything else: `WRONG_RETURN`.
   * @throws `INVALID_ARGUMENT`
   */
  constructor(timestamp: (value: V) => Timestamp) {
    checkCallable('`timestamp` of StreamClock', timestamp)
    this.#timestamp = timestamp
  }

  build(_resumeState: unknown, context: LogicContext): ClockLogic<V, undefined> {
    return new StreamClockLogic(this.#timestamp, context)
  }
}

class StreamClockLogic<V> implements ClockLogic<V, undefined> {
  readonly #timestamp: (value: V) => Timestamp
  readonly #context: LogicContext

  constructor(timestamp: (value: V) => Timestamp, context: LogicContext) {
    this.#timestamp = timestamp
    this.#context = context
  }

  get watermarkMs(): number {
    return this.#context.watermark()
  }

  beforeBatch(): void {}

  onItem(value: V): number {
    return returnedMs('timestamp', this.#timestamp(value))
  }

  onNotify(): void {}

  onEof(): number {
    return Number.POSITIVE_INFINITY
  }

  wakeAt(): undefined {
    return undefined
  }

  snapshot(): undefined {
    return undefined
  }
}

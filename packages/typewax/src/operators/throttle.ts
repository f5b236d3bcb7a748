/** Owns `throttle`: at most one value of a key in a time. */

import { compose } from '../dataflow/operator.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkDuration, checkOneOf, checkOptions } from './checks.ts'
import { type ClockedLogic, clocked } from './clocked.ts'
import { inOrder } from './in-order.ts'
import { checkTimestamp, type TimeOptions } from './time-options.ts'
import { checkKeyed } from './transform.ts'

export interface ThrottleOptions<in V> extends TimeOptions<V> {
  /**
   * Which value is emitted of those that come within `everyMs` of the first. Default `'first'`: that one, at once. `'last'`: the last one, when the time
   * is over, and at the end of input.
   */
  readonly emit?: 'first' | 'last'
}

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Gives at most one value of each key in `everyMs`. The time begins with a value, and when it is over, the next value begins a new one. Nothing is
     * kept of a key in between.
     *
     * ```ts
     * alarms.throttle('calm', minutes(5))
     * positions.throttle('sampled', seconds(1), { emit: 'last', timestamp: (position) => position.at })
     * ```
     *
     * By the time of the stream, values count in the order of their timestamps: they wait for the watermark, and late ones are left out.
     */
    throttle(stepId: string, everyMs: number, options?: ThrottleOptions<V>): KeyedStream<V>
  }
}

/** The function form of `stream.throttle`. */
export function throttle<V>(stepId: string, up: KeyedStream<V>, everyMs: number, options: ThrottleOptions<V> = {}): KeyedStream<V> {
  return compose('throttle', stepId, { up }, (inner) => {
    checkKeyed('throttle', stepId, inner.up)
    checkDuration({ operator: 'throttle', stepId, name: 'everyMs' }, everyMs)
    checkOptions({ operator: 'throttle', stepId, name: 'options' }, options)
    const { emit = 'first', timestamp } = options
    checkOneOf({ operator: 'throttle', stepId, name: 'emit' }, ['first', 'last'], emit)
    checkTimestamp('throttle', stepId, timestamp)
    const toLogic = (resumeState: Interval<V> | undefined): ClockedLogic<V, V, Interval<V> | undefined> => {
      return new ThrottleLogic(everyMs, emit === 'last', resumeState)
    }
    return clocked('statefulBatch', inner.up, timestamp, inOrder<V, V, Interval<V> | undefined>(timestamp, toLogic))
  })
}

/** The state of a key: when its time is over, in milliseconds since the epoch, and under `'last'` the values that wait for that, one or none. */
interface Interval<V> {
  readonly endMs: number
  readonly waiting: readonly V[]
}

class ThrottleLogic<V> implements ClockedLogic<V, V, Interval<V> | undefined> {
  readonly #everyMs: number
  readonly #emitsLast: boolean
  #interval: Interval<V> | undefined

  constructor(everyMs: number, emitsLast: boolean, resumeState: Interval<V> | undefined) {
    this.#everyMs = everyMs
    this.#emitsLast = emitsLast
    this.#interval = resumeState
  }

  onItem(value: V, timestampMs: number, _watermarkMs: number, out: V[]): void {
    if (this.dueMs <= timestampMs) this.onTime(timestampMs, out)
    const isFirst = this.#interval === undefined
    if (this.#emitsLast) this.#interval = { endMs: this.#interval?.endMs ?? timestampMs + this.#everyMs, waiting: [value] }
    else if (isFirst) {
      this.#interval = { endMs: timestampMs + this.#everyMs, waiting: [] }
      out.push(value)
    }
  }

  onTime(_timeMs: number, out: V[]): void {
    this.onEof(out)
    this.#interval = undefined
  }

  /** The time goes on: who adds to the input later does not get more than one value in it. */
  onEof(out: V[]): void {
    if (this.#interval === undefined || this.#interval.waiting.length === 0) return
    out.push(...this.#interval.waiting)
    this.#interval = { endMs: this.#interval.endMs, waiting: [] }
  }

  get dueMs(): number {
    return this.#interval?.endMs ?? Number.POSITIVE_INFINITY
  }

  get isDone(): boolean {
    return this.#interval === undefined
  }

  snapshot(): Interval<V> | undefined {
    return this.#interval
  }
}

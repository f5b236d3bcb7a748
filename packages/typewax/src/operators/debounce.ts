/** Owns `debounce`: the last value of a key, once no other has come for a while. */

import { compose } from '../dataflow/operator.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkDuration, checkOptions } from './checks.ts'
import { type ClockedLogic, clocked } from './clocked.ts'
import { inOrder } from './in-order.ts'
import { checkTimestamp, type TimeOptions } from './time-options.ts'
import { checkKeyed } from './transform.ts'

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Gives the last value of each key once no other came for `quietMs`, and at the end of input. Nothing is kept of a key in between.
     *
     * ```ts
     * edits.debounce('settled', seconds(2))
     * edits.debounce('settled', seconds(2), { timestamp: (edit) => edit.at })
     * ```
     *
     * By the time of the stream, values count in the order of their timestamps: they wait for the watermark, and late ones are left out.
     */
    debounce(stepId: string, quietMs: number, options?: TimeOptions<V>): KeyedStream<V>
  }
}

/** The function form of `stream.debounce`. */
export function debounce<V>(stepId: string, up: KeyedStream<V>, quietMs: number, options: TimeOptions<V> = {}): KeyedStream<V> {
  return compose('debounce', stepId, { up }, (inner) => {
    checkKeyed('debounce', stepId, inner.up)
    checkDuration({ operator: 'debounce', stepId, name: 'quietMs' }, quietMs)
    checkOptions({ operator: 'debounce', stepId, name: 'options' }, options)
    checkTimestamp('debounce', stepId, options.timestamp)
    const builder = inOrder<V, V, Waiting<V> | undefined>(options.timestamp, (resumeState) => new DebounceLogic(quietMs, resumeState))
    return clocked('statefulBatch', inner.up, options.timestamp, builder)
  })
}

/** The state of a key: a value and the time at which it is due, in milliseconds since the epoch. */
interface Waiting<V> {
  readonly value: V
  readonly dueMs: number
}

class DebounceLogic<V> implements ClockedLogic<V, V, Waiting<V> | undefined> {
  readonly #quietMs: number
  #waiting: Waiting<V> | undefined

  constructor(quietMs: number, resumeState: Waiting<V> | undefined) {
    this.#quietMs = quietMs
    this.#waiting = resumeState
  }

  onItem(value: V, timestampMs: number, _watermarkMs: number, out: V[]): void {
    if (this.dueMs <= timestampMs) this.onEof(out)
    this.#waiting = { value, dueMs: timestampMs + this.#quietMs }
  }

  onTime(_timeMs: number, out: V[]): void {
    this.onEof(out)
  }

  onEof(out: V[]): void {
    if (this.#waiting !== undefined) out.push(this.#waiting.value)
    this.#waiting = undefined
  }

  get dueMs(): number {
    return this.#waiting?.dueMs ?? Number.POSITIVE_INFINITY
  }

  get isDone(): boolean {
    return this.#waiting === undefined
  }

  snapshot(): Waiting<V> | undefined {
    return this.#waiting
  }
}

/** Owns `aggregateByCount`: summaries of a number of values of a key each, by name. */

import type { Aggregates } from '../aggregates/aggregate.ts'
import { combine } from '../aggregates/combine.ts'
import { compose } from '../dataflow/operator.ts'
import { DISCARD, type Emit, NOTHING, RETAIN, type StatefulLogic } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { stateful } from '../operators/stateful.ts'
import { checkKeyed } from '../operators/transform.ts'
import { type ByCountOptions, checkByCount } from './by-count.ts'
import { CountSlices, type CountSlicesState } from './count-slices.ts'

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Summarises windows of `size` values of each key by aggregates, in order of arrival; a new window begins every `every` values. Windows that are not
     * full are emitted at the end of input, unless `emitRest` is `false`.
     *
     * ```ts
     * prices.aggregateByCount('trend', { size: 20, every: 1 }, { mean: mean((price) => price.euros) }) // KeyedStream<{ mean: number }>
     * ```
     *
     * Windows that overlap share their work: the cost of a value does not grow with `size`. What is kept of a key are at most about
     * `2 · size / every` accumulators.
     */
    aggregateByCount<R extends object>(stepId: string, options: ByCountOptions, aggregates: Aggregates<V, R>): KeyedStream<R>
  }
}

/** The function form of `stream.aggregateByCount`. */
export function aggregateByCount<V, R extends object>(
  stepId: string,
  up: KeyedStream<V>,
  options: ByCountOptions,
  aggregates: Aggregates<V, R>,
): KeyedStream<R> {
  return compose('aggregateByCount', stepId, { up }, (inner) => {
    checkKeyed('aggregateByCount', stepId, inner.up)
    const windows = checkByCount('aggregateByCount', stepId, options)
    const aggregate = combine<V, R>(aggregates)
    return stateful<V, R, CountSlicesState<unknown[]>>('stateful', inner.up, (resumeState) => {
      return new AggregateByCountLogic(new CountSlices(aggregate, windows, resumeState), windows)
    })
  })
}

class AggregateByCountLogic<V, A, R> implements StatefulLogic<V, R, CountSlicesState<A>> {
  readonly #slices: CountSlices<V, A, R>
  readonly #windows: Required<ByCountOptions>

  constructor(slices: CountSlices<V, A, R>, windows: Required<ByCountOptions>) {
    this.#slices = slices
    this.#windows = windows
  }

  get callee(): string {
    return 'aggregates'
  }

  onItem(value: V): Emit<R> {
    this.#slices.add(value)
    if (!this.#slices.isFull) return NOTHING
    const { size, every } = this.#windows
    return [[this.#slices.take()], every === size ? DISCARD : RETAIN]
  }

  onEof(): Emit<R> {
    return this.#windows.emitRest ? [this.#slices.takeRest(), DISCARD] : NOTHING
  }

  snapshot(): CountSlicesState<A> {
    return this.#slices.snapshot()
  }
}

/** Owns `collectByCount`: the values of a key gathered into lists of one length, which may overlap. */

import { compose } from '../dataflow/operator.ts'
import { DISCARD, type Emit, NOTHING, RETAIN, type StatefulLogic } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { stateful } from '../operators/stateful.ts'
import { checkKeyed } from '../operators/transform.ts'
import { type ByCountOptions, checkByCount } from './by-count.ts'

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Gathers the values of each key into lists of `size`, in order of arrival; a new list begins every `every` values. Lists that are not full are
     * emitted at the end of input, unless `emitRest` is `false`.
     *
     * ```ts
     * prices.collectByCount('pairs', { size: 2, every: 1 })   // KeyedStream<Price[]>: each price and the one after it
     * ```
     *
     * At most `size` values of a key are state. For lists that are not to wait for ever, see `collect`; for numbers, `aggregateByCount`.
     */
    collectByCount(stepId: string, options: ByCountOptions): KeyedStream<V[]>
  }
}

/** The function form of `stream.collectByCount`. */
export function collectByCount<V>(stepId: string, up: KeyedStream<V>, options: ByCountOptions): KeyedStream<V[]> {
  return compose('collectByCount', stepId, { up }, (inner) => {
    checkKeyed('collectByCount', stepId, inner.up)
    const windows = checkByCount('collectByCount', stepId, options)
    return stateful<V, V[], V[]>('stateful', inner.up, (resumeState) => new CollectByCountLogic(windows, resumeState))
  })
}

class CollectByCountLogic<V> implements StatefulLogic<V, V[], V[]> {
  readonly #windows: Required<ByCountOptions>
  /** From the beginning of the first window that is not full. */
  #values: V[]

  constructor(windows: Required<ByCountOptions>, resumeState: V[] | undefined) {
    this.#windows = windows
    this.#values = resumeState ?? []
  }

  onItem(value: V): Emit<V[]> {
    const { size, every } = this.#windows
    const values = this.#values
    values.push(value)
    if (values.length < size) return NOTHING
    this.#values = values.slice(every)
    return [[values], every === size ? DISCARD : RETAIN]
  }

  onEof(): Emit<V[]> {
    const { every, emitRest } = this.#windows
    if (!emitRest) return NOTHING
    const rest: V[][] = []
    for (let from = 0; from < this.#values.length; from += every) rest.push(this.#values.slice(from))
    return [rest, DISCARD]
  }

  snapshot(): V[] {
    return this.#values
  }
}

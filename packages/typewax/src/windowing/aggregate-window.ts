/** Owns `aggregateWindow`: several summaries of each window, by name. */

import type { Aggregates } from '../aggregates/aggregate.ts'
import { combine } from '../aggregates/combine.ts'
import { compose } from '../dataflow/operator.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkKeyed } from '../operators/transform.ts'
import { aggregated } from './aggregated.ts'
import { checkWindowing, type ResultOptions } from './checks.ts'
import type { Clock } from './clock.ts'
import type { WindowOut } from './window.ts'
import type { Windower } from './windower.ts'

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Summarises the values of each window by aggregates, in order of arrival. The result has their names.
     *
     * ```ts
     * const { down } = flights.aggregateWindow('hours', clock, windower, {
     *   flights: count(),
     *   meanDelay: mean((flight) => flight.delay),
     *   p95Delay: quantile(0.95, (flight) => flight.delay),
     * })                                                    // KeyedStream<[windowId: number, result: { flights: number, … }]>
     * ```
     *
     * What is kept of a window are the accumulators of the aggregates, plain data. Sliding windows share them, so that the cost of a value does not grow
     * with the number of windows that it falls into; not with `early`, `allowedLatenessMs`, or aggregates that depend on the order of values.
     */
    aggregateWindow<R extends object>(
      stepId: string,
      clock: Clock<V>,
      windower: Windower,
      aggregates: Aggregates<V, R>,
      options?: ResultOptions,
    ): WindowOut<V, R>
  }
}

/** The function form of `stream.aggregateWindow`. */
export function aggregateWindow<V, R extends object>(
  stepId: string,
  up: KeyedStream<V>,
  clock: Clock<V>,
  windower: Windower,
  aggregates: Aggregates<V, R>,
  options: ResultOptions = {},
): WindowOut<V, R> {
  return compose('aggregateWindow', stepId, { up }, (inner) => {
    checkKeyed('aggregateWindow', stepId, inner.up)
    checkWindowing('aggregateWindow', stepId, { clock, windower, options })
    return aggregated(inner.up, clock, windower, combine<V, R>(aggregates), options)
  })
}

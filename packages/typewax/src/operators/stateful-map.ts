/** Owns `statefulMap` and `statefulFlatMap`: map with a state per key. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import type { AnnotateTheStateParameter, Tuple } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkTtl, type TtlOptions } from './expiring.ts'
import { formOf, type InitialisedMapper, type MapperForm, mapperLogic, type StateMapper } from './mapper-logic.ts'
import { stateful } from './stateful.ts'
import { type AnyDown, checkKeyed } from './transform.ts'

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Replaces each value by what `mapper` makes of it and of the state of its key. It returns the new state and the result; a state of `undefined`
     * is discarded. The first state comes from `initial`, or is `undefined` if there is none; then annotate it.
     *
     * ```ts
     * prices.statefulMap('mean', () => ({ sum: 0, count: 0 }), ({ sum, count }, price) => [
     *   { sum: sum + price, count: count + 1 },
     *   (sum + price) / (count + 1),
     * ])
     * prices.statefulMap('change', (last: number | undefined, price) => [price, price - (last ?? price)])
     * ```
     *
     * Anything but a pair ends the run with `WRONG_RETURN`. State must be plain data, otherwise `UNSERIALISABLE_STATE`. With `{ ttlMs: hours(1) }` as last
     * argument a key is dropped when no value has come for so long.
     */
    statefulMap<S, W>(stepId: string, initial: () => S, mapper: InitialisedMapper<S, V, Tuple<W>>, options?: TtlOptions<V>): KeyedStream<W>
    statefulMap<W, S = AnnotateTheStateParameter>(stepId: string, mapper: StateMapper<S, V, Tuple<W>>, options?: TtlOptions<V>): KeyedStream<W>

    /** As `statefulMap`, but the result is an iterable of values to emit, all with the same key. */
    statefulFlatMap<S, W>(
      stepId: string,
      initial: () => S,
      mapper: InitialisedMapper<S, V, Iterable<Tuple<W>>>,
      options?: TtlOptions<V>,
    ): KeyedStream<W>
    statefulFlatMap<W, S = AnnotateTheStateParameter>(
      stepId: string,
      mapper: StateMapper<S, V, Iterable<Tuple<W>>>,
      options?: TtlOptions<V>,
    ): KeyedStream<W>
  }
}

/** The function form of `stream.statefulMap`. */
export function statefulMap<V, S, W>(
  stepId: string,
  up: KeyedStream<V>,
  initial: () => S,
  mapper: InitialisedMapper<S, V, Tuple<W>>,
  options?: TtlOptions<V>,
): KeyedStream<W>
export function statefulMap<V, W, S = AnnotateTheStateParameter>(
  stepId: string,
  up: KeyedStream<V>,
  mapper: StateMapper<S, V, Tuple<W>>,
  options?: TtlOptions<V>,
): KeyedStream<W>
export function statefulMap(stepId: string, up: KeyedStream<unknown>, ...args: unknown[]): KeyedStream<never> {
  return mapping('statefulMap', 'one', stepId, up, formOf(args))
}

/** The function form of `stream.statefulFlatMap`. */
export function statefulFlatMap<V, S, W>(
  stepId: string,
  up: KeyedStream<V>,
  initial: () => S,
  mapper: InitialisedMapper<S, V, Iterable<Tuple<W>>>,
  options?: TtlOptions<V>,
): KeyedStream<W>
export function statefulFlatMap<V, W, S = AnnotateTheStateParameter>(
  stepId: string,
  up: KeyedStream<V>,
  mapper: StateMapper<S, V, Iterable<Tuple<W>>>,
  options?: TtlOptions<V>,
): KeyedStream<W>
export function statefulFlatMap(stepId: string, up: KeyedStream<unknown>, ...args: unknown[]): KeyedStream<never> {
  return mapping('statefulFlatMap', 'many', stepId, up, formOf(args))
}

function mapping(operator: string, results: 'one' | 'many', stepId: string, up: KeyedStream<unknown>, form: MapperForm): AnyDown {
  return compose(operator, stepId, { up }, (inner) => {
    checkKeyed(operator, stepId, inner.up)
    checkFunction(operator, stepId, 'mapper', form.mapper)
    if (form.initial !== undefined) checkFunction(operator, stepId, 'initial', form.initial)
    checkTtl(operator, stepId, form.options)
    return stateful('stateful', inner.up, mapperLogic(form, results), form.options) as AnyDown
  })
}

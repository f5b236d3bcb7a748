/** Owns the aggregates made from others, and from functions of the user's: `filtered`, `mapResult`, `fold`. */

import { settled } from '../operators/checks.ts'
import type { Aggregate, Selection } from './aggregate.ts'
import { checkAggregate, checkFunction, toBoolean } from './checks.ts'

/**
 * Gives to an aggregate only the values for which `predicate` holds. If there are none the result is that of no values: 0 for a count, `NaN` for a mean,
 * `undefined` for an aggregate that selects a value, which is in the type of the result. With `combine` and `mapResult`, keep `filtered` on the inside:
 * the type of theirs does not tell what they give of no values.
 *
 * Anything but a boolean ends the run with `WRONG_RETURN`.
 */
export function filtered<V, A, R>(predicate: (value: V) => boolean, aggregate: Selection<NoInfer<V>, A, R>): Selection<V, A, R | undefined>
export function filtered<V, A, R>(predicate: (value: V) => boolean, aggregate: Aggregate<NoInfer<V>, A, R>): Aggregate<V, A, R>
export function filtered<V, A, R>(predicate: (value: V) => boolean, aggregate: Aggregate<V, A, R>): Selection<V, A, R> {
  checkFunction('filtered', 'predicate', predicate)
  checkAggregate('`aggregate` of filtered', aggregate)
  return {
    create: () => aggregate.create(),
    add: (accumulator, value) => (toBoolean('filtered', predicate(value)) ? aggregate.add(accumulator, value) : accumulator),
    merge: (into, from) => aggregate.merge(into, from),
    result: (accumulator) => aggregate.result(accumulator),
    ofNone: undefined,
    isOrdered: aggregate.isOrdered === true,
  }
}

/** Makes something else of the result of an aggregate, each time it is read. A promise ends the run with `WRONG_RETURN`. */
export function mapResult<V, A, R, T>(aggregate: Aggregate<V, A, R>, mapper: (result: R) => T): Aggregate<V, A, T> {
  checkAggregate('`aggregate` of mapResult', aggregate)
  checkFunction('mapResult', 'mapper', mapper)
  const map = settled('mapper', mapper)
  return {
    create: () => aggregate.create(),
    add: (accumulator, value) => aggregate.add(accumulator, value),
    merge: (into, from) => aggregate.merge(into, from),
    result: (accumulator) => map(aggregate.result(accumulator)),
    isOrdered: aggregate.isOrdered === true,
  }
}

/**
 * Makes an aggregate of your own of four functions; see `Aggregate` for what each may do and must not. If the result depends on the order of values, say
 * so: `isOrdered: true`.
 *
 * ```ts
 * const longest = fold({
 *   create: () => 0,
 *   add: (longest, line: string) => Math.max(longest, line.length),
 *   merge: (into, from) => Math.max(into, from),
 *   result: (longest) => longest,
 * })
 * ```
 */
export function fold<V, A, R>(functions: Aggregate<V, A, R>): Aggregate<V, A, R> {
  for (const name of ['create', 'add', 'merge', 'result'] as const) checkFunction('fold', name, functions?.[name])
  const add = settled('add', (accumulator: A, value: V) => functions.add(accumulator, value))
  return {
    create: () => functions.create(),
    add,
    merge: (into, from) => functions.merge(into, from),
    result: (accumulator) => functions.result(accumulator),
    isOrdered: functions.isOrdered === true,
  }
}

/**
 * Owns `combine`: aggregates by name as one aggregate, whose result is an object with those names. The names are checked and put in order once; what is
 * done for each value is in `feeder.ts`.
 */

import type { Aggregate, Aggregates, AnyAggregate } from './aggregate.ts'
import { checkAggregate, invalid } from './checks.ts'
import { makeFeeder, type Part } from './feeder.ts'

/** The values that all of some aggregates take. */
export type TakenBy<T> = T[keyof T] extends AnyAggregate<infer V, unknown> ? V : never

/** What some aggregates give, by name. */
export type GivenBy<T> = { -readonly [N in keyof T]: T[N] extends AnyAggregate<never, infer R> ? R : never }

/**
 * Makes one aggregate of several. Its accumulator is a list of theirs, in the order of the names; its result is an object with the names in that order.
 *
 * ```ts
 * const stats = combine({ n: count(), mean: mean((order: Order) => order.amount) }) // gives { n: number, mean: number }
 * ```
 *
 * A stored accumulator belongs to just these names in this order: it can't be read after aggregates were added, taken out or moved.
 */
export function combine<V, R extends object>(aggregates: Aggregates<V, R>): Aggregate<V, unknown[], R>
export function combine<T extends Readonly<Record<string, AnyAggregate<never, unknown>>>>(aggregates: T): Aggregate<TakenBy<T>, unknown[], GivenBy<T>>
export function combine(aggregates: Readonly<Record<string, AnyAggregate<never, unknown>>>): Aggregate<never, unknown[], object> {
  const [names, parts] = checkRecord(aggregates)
  return {
    isOrdered: parts.some((part) => part.isOrdered === true),
    create: () => parts.map((part) => part.create()),
    add: makeFeeder(parts),
    merge: (into, from) => {
      for (let index = 0; index < parts.length; index++) into[index] = (parts[index] as Part).merge(into[index], from[index])
      return into
    },
    result: (accumulators) => {
      const results: Record<string, unknown> = {}
      for (let index = 0; index < parts.length; index++) results[names[index] as string] = (parts[index] as Part).result(accumulators[index])
      return results
    },
  }
}

function checkRecord(aggregates: unknown): [names: readonly string[], parts: readonly Part[]] {
  if (typeof aggregates !== 'object' || aggregates === null || Array.isArray(aggregates)) {
    throw invalid('`aggregates`', 'an object of aggregates by name, such as { n: count() }', aggregates)
  }
  const entries = Object.entries(aggregates)
  if (entries.length === 0) throw invalid('`aggregates`', 'at least one aggregate by name, such as { n: count() }', aggregates)
  for (const [name, aggregate] of entries) {
    // As a name of a result it would set the prototype instead.
    if (name === '__proto__') throw invalid('a name of `aggregates`', 'another than __proto__', name)
    checkAggregate(`\`${name}\` of \`aggregates\``, aggregate)
  }
  return [entries.map(([name]) => name), entries.map(([, aggregate]) => aggregate as Part)]
}

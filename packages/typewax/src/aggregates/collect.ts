/** Owns the aggregates that keep many values: `collect`, all of them; `topK`, the greatest. */

import type { Aggregate } from './aggregate.ts'
import { checkCount, checkFunction, type Rank, toRank } from './checks.ts'

/** Gathers the values into a list, in order of arrival. All of them are state. */
export function collect<V>(): Aggregate<V, V[], V[]> {
  return {
    create: () => [],
    add: append,
    merge: (into, from) => {
      for (const value of from) into.push(value)
      return into
    },
    // A copy: the accumulator may be fed on.
    result: (values) => values.slice(),
    isOrdered: true,
  }
}

function append<V>(values: V[], value: V): V[] {
  values.push(value)
  return values
}

/** The greatest values and their ranks, at the same places, greatest first. */
export interface Top<V> {
  readonly ranks: Rank[]
  readonly values: V[]
}

/**
 * Gives the `k` values for which `by` returns the greatest, greatest first, or as many as there are. Equal ones stay in order of arrival, and of those
 * that compete for the last place the first to arrive has it. Made for a small `k`: a value that gets in costs up to `k` moves. `NaN`, and what is
 * neither number nor text, end the run with `WRONG_RETURN`.
 */
export function topK<V>(k: number, by: (value: V) => Rank): Aggregate<V, Top<V>, V[]> {
  checkCount('topK', 'k', k)
  checkFunction('topK', 'by', by)
  return {
    create: () => ({ ranks: [], values: [] }),
    add: (top, value) => insert(top, k, toRank('topK', by(value)), value),
    merge: (into, from) => {
      for (let place = 0; place < from.ranks.length; place++) insert(into, k, from.ranks[place] as Rank, from.values[place] as V)
      return into
    },
    result: ({ values }) => values.slice(),
    // Of equal ones, the first.
    isOrdered: true,
  }
}

function insert<V>(top: Top<V>, k: number, rank: Rank, value: V): Top<V> {
  const { ranks, values } = top
  if (ranks.length === k) {
    if (!(rank > (ranks[k - 1] as Rank))) return top
    ranks.pop()
    values.pop()
  }
  ranks.push(rank)
  values.push(value)
  let place = ranks.length - 1
  for (; place > 0 && rank > (ranks[place - 1] as Rank); place--) {
    ranks[place] = ranks[place - 1] as Rank
    values[place] = values[place - 1] as V
  }
  ranks[place] = rank
  values[place] = value
  return top
}

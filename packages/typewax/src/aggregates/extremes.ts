/** Owns the aggregates that give the least and the greatest: of numbers `min` and `max`, of values `minBy` and `maxBy`. */

import type { Aggregate, Selection } from './aggregate.ts'
import { checkFunction, type Rank, toNumber, toRank } from './checks.ts'

export interface Extreme {
  /** `NaN` before the first. */
  best: number
}

/** Gives the least of the numbers that `by` returns; of no values `NaN`. `NaN` and what is no number end the run with `WRONG_RETURN`. */
export function min<V>(by: (value: V) => number): Aggregate<V, Extreme, number> {
  return extreme('min', by, (x, best) => x < best)
}

/** Gives the greatest of the numbers that `by` returns; of no values `NaN`. `NaN` and what is no number end the run with `WRONG_RETURN`. */
export function max<V>(by: (value: V) => number): Aggregate<V, Extreme, number> {
  return extreme('max', by, (x, best) => x > best)
}

function extreme<V>(name: string, by: (value: V) => number, isBetter: (x: number, best: number) => boolean): Aggregate<V, Extreme, number> {
  checkFunction(name, 'by', by)
  const take = (accumulator: Extreme, x: number): Extreme => {
    if (isBetter(x, accumulator.best) || Number.isNaN(accumulator.best)) accumulator.best = x
    return accumulator
  }
  return {
    create: () => ({ best: Number.NaN }),
    add: (accumulator, value) => take(accumulator, toNumber(name, by(value))),
    merge: (into, from) => take(into, from.best),
    result: ({ best }) => best,
  }
}

/** The value that is the best so far, and its rank. Both are `undefined` before the first. */
export interface Best<V> {
  rank: Rank | undefined
  value: V | undefined
}

/** Gives the value for which `by` returns the least; of equal ones the first to arrive. `NaN` and other kinds end the run with `WRONG_RETURN`. */
export function minBy<V>(by: (value: V) => Rank): Selection<V, Best<V>, V> {
  return best('minBy', by, (rank, held) => rank < held)
}

/** Gives the value for which `by` returns the greatest; of equal ones the first to arrive. `NaN` and other kinds end the run with `WRONG_RETURN`. */
export function maxBy<V>(by: (value: V) => Rank): Selection<V, Best<V>, V> {
  return best('maxBy', by, (rank, held) => rank > held)
}

function best<V>(name: string, by: (value: V) => Rank, isBetter: (rank: Rank, held: Rank) => boolean): Selection<V, Best<V>, V> {
  checkFunction(name, 'by', by)
  const take = (accumulator: Best<V>, rank: Rank, value: V): Best<V> => {
    if (accumulator.rank === undefined || isBetter(rank, accumulator.rank)) {
      accumulator.rank = rank
      accumulator.value = value
    }
    return accumulator
  }
  return {
    create: () => ({ rank: undefined, value: undefined }),
    add: (accumulator, value) => take(accumulator, toRank(name, by(value)), value),
    merge: (into, from) => (from.rank === undefined ? into : take(into, from.rank, from.value as V)),
    result: ({ value }) => value as V,
    ofNone: undefined,
    // Of equal ones, the first.
    isOrdered: true,
  }
}

/** Owns the exact quantiles: `quantile`, `quantiles`. They keep every number; `approxQuantile` estimates in little memory. */

import type { Aggregate } from './aggregate.ts'
import { checkFunction, checkShare, invalid, toNumber } from './checks.ts'
import { append, appendAll, makeNumbers, type Numbers, sorted } from './numbers.ts'

/**
 * Gives a quantile of the numbers that `by` returns, by nearest rank: the least of them that at least the share `q` of all does not exceed. So 0.5 gives
 * the median (of an even number of values the lower one of the two in the middle), 0 the least and 1 the greatest. Of no values it is `NaN`.
 *
 * Each number is kept as state, 8 to 12 bytes each, and they are sorted whenever the result is read. `NaN` and what is no number end the run with
 * `WRONG_RETURN`.
 */
export function quantile<V>(q: number, by: (value: V) => number): Aggregate<V, Numbers, number> {
  checkShare('quantile', 'q', q)
  return { ...gather('quantile', by), result: (numbers) => at(sorted(numbers), q) }
}

/** Gives several quantiles, in the order of `qs`, as `quantile` does, from one set of numbers. */
export function quantiles<V>(qs: readonly number[], by: (value: V) => number): Aggregate<V, Numbers, number[]> {
  if (!Array.isArray(qs)) throw invalid('`qs` of quantiles', 'a list of numbers from 0 to 1', qs)
  for (const q of qs) checkShare('quantiles', 'qs', q)
  const shares = [...qs]
  return {
    ...gather('quantiles', by),
    result: (numbers) => {
      const ascending = sorted(numbers)
      return shares.map((q) => at(ascending, q))
    },
  }
}

/**
 * The 1-based rank of a quantile among `count` things: the least whose share is at least `q`. The product alone would miss it by rounding: 0.07 of 100
 * is 7.000000000000001.
 */
export function nearestRank(q: number, count: number): number {
  const rank = Math.ceil(q * count)
  return Math.max(1, (rank - 1) / count >= q ? rank - 1 : rank)
}

function gather<V>(name: string, by: (value: V) => number): Omit<Aggregate<V, Numbers, never>, 'result'> {
  checkFunction(name, 'by', by)
  return { create: makeNumbers, add: (numbers, value) => append(numbers, toNumber(name, by(value))), merge: appendAll }
}

function at(ascending: Float64Array, q: number): number {
  return ascending[nearestRank(q, ascending.length) - 1] ?? Number.NaN
}

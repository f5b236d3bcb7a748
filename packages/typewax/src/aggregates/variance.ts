/**
 * Owns `variance` and `stddev`. The mean and the squared distances from it are kept up to date value by value (Welford, "Note on a method for calculating
 * corrected sums of squares and products", 1962), and two such pairs are put together by the formula of Chan, Golub and LeVeque ("Updating formulae and
 * a pairwise algorithm for computing sample variances", 1979). Unlike sums of squares this keeps its digits when the mean is large.
 */

import type { Aggregate } from './aggregate.ts'
import { checkFunction, invalid, toNumber } from './checks.ts'

export interface Spread {
  count: number
  mean: number
  /** Sum of the squared distances from the mean. */
  squares: number
}

export interface VarianceOptions {
  /**
   * What the values are: a `'sample'` of something larger (default), whose variance is estimated, by dividing by their number − 1; or the whole
   * `'population'`, by dividing by their number.
   */
  readonly of?: 'sample' | 'population'
}

/**
 * Gives the variance of the numbers that `by` returns. Of fewer than two values of a sample, or of no values, it is `NaN`. `NaN` and what is no number
 * end the run with `WRONG_RETURN`.
 */
export function variance<V>(by: (value: V) => number, options: VarianceOptions = {}): Aggregate<V, Spread, number> {
  return spread('variance', by, options, (squares) => squares)
}

/** Gives the standard deviation, the square root of the `variance`, with the same options. */
export function stddev<V>(by: (value: V) => number, options: VarianceOptions = {}): Aggregate<V, Spread, number> {
  return spread('stddev', by, options, Math.sqrt)
}

function spread<V>(
  name: string,
  by: (value: V) => number,
  { of = 'sample' }: VarianceOptions,
  read: (variance: number) => number,
): Aggregate<V, Spread, number> {
  checkFunction(name, 'by', by)
  if (of !== 'sample' && of !== 'population') throw invalid(`\`of\` of ${name}`, "'sample' or 'population'", of)
  const less = of === 'sample' ? 1 : 0
  return {
    create: () => ({ count: 0, mean: 0, squares: 0 }),
    add: (accumulator, value) => feed(accumulator, toNumber(name, by(value))),
    merge,
    result: ({ count, squares }) => (count > less ? read(squares / (count - less)) : Number.NaN),
  }
}

function feed(accumulator: Spread, x: number): Spread {
  const distance = x - accumulator.mean
  accumulator.count += 1
  accumulator.mean += distance / accumulator.count
  accumulator.squares += distance * (x - accumulator.mean)
  return accumulator
}

function merge(into: Spread, from: Spread): Spread {
  // Else 0 / 0.
  if (from.count === 0) return into
  const count = into.count + from.count
  const distance = from.mean - into.mean
  into.squares += from.squares + distance * distance * ((into.count * from.count) / count)
  into.mean += distance * (from.count / count)
  into.count = count
  return into
}

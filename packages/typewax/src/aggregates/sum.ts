/**
 * Owns `sum` and `mean`. They add numbers up one after the other, as a loop does: fractions come out with the rounding of that order. The accumulators
 * are objects although a sum is a mere number: V8 changes a field of an object in place, and allocates for each new fraction in an array.
 */

import type { Aggregate } from './aggregate.ts'
import { checkFunction, toNumber } from './checks.ts'

export interface Sum {
  sum: number
}

/** Adds up the numbers that `by` returns; of no values 0. `NaN` and what is no number end the run with `WRONG_RETURN`. */
export function sum<V>(by: (value: V) => number): Aggregate<V, Sum, number> {
  checkFunction('sum', 'by', by)
  return {
    create: () => ({ sum: 0 }),
    add: (accumulator, value) => {
      accumulator.sum += toNumber('sum', by(value))
      return accumulator
    },
    merge: (into, from) => {
      into.sum += from.sum
      return into
    },
    result: ({ sum }) => sum,
  }
}

export interface Mean {
  sum: number
  count: number
}

/** Gives the mean of the numbers that `by` returns; of no values `NaN`. `NaN` and what is no number end the run with `WRONG_RETURN`. */
export function mean<V>(by: (value: V) => number): Aggregate<V, Mean, number> {
  checkFunction('mean', 'by', by)
  return {
    create: () => ({ sum: 0, count: 0 }),
    add: (accumulator, value) => {
      accumulator.sum += toNumber('mean', by(value))
      accumulator.count += 1
      return accumulator
    },
    merge: (into, from) => {
      into.sum += from.sum
      into.count += from.count
      return into
    },
    result: ({ sum, count }) => sum / count,
  }
}

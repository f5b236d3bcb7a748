/**
 * Owns `approxQuantile`: quantiles with a bound on their relative error, in little memory. It is a DDSketch (Masson, Rim and Lee, "DDSketch: a fast and
 * fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019) without a limit on its buckets: the range of numbers limits them. What it
 * holds depends on the numbers alone, not on their order, so that merging is exact. A t-digest is not: its result depends on what was merged when.
 */

import type { Aggregate } from './aggregate.ts'
import { checkFunction, checkShare, toNumber } from './checks.ts'
import { nearestRank } from './quantile.ts'

/** How many numbers fell into each bucket. The order of buckets is the order of numbers: negative ones below 0, which is the bucket of 0 itself. */
export type Buckets = Map<number, number>

const RELATIVE_ERROR = 0.01
/** The ratio of the bounds of a bucket. Its middle is within the error of both. */
const RATIO = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
const LOG_RATIO = Math.log(RATIO)
/** Added to the number of a bucket, to make that of the least number positive: ln(2 ** -1022) / LOG_RATIO is -35,418. */
const OFFSET = 40_000
/** 2 ** -1022. Below, numbers lose their digits; they count as 0. */
const LEAST = 2.2250738585072014e-308

/**
 * Estimates a quantile of the numbers that `by` returns: within 1 % of what `quantile` gives, whatever the numbers are. Of no values it is `NaN`.
 *
 * The state is a count for each bucket of 2 % of magnitude that has a number in it: 115 of them between 1 and 10, and as many for each further power
 * of ten. Merging costs no accuracy. `NaN` and what is no number end the run with `WRONG_RETURN`.
 */
export function approxQuantile<V>(q: number, by: (value: V) => number): Aggregate<V, Buckets, number> {
  checkShare('approxQuantile', 'q', q)
  checkFunction('approxQuantile', 'by', by)
  return {
    create: () => new Map(),
    add: (buckets, value) => fill(buckets, bucketOf(toNumber('approxQuantile', by(value))), 1),
    merge: (into, from) => {
      for (const [bucket, count] of from) fill(into, bucket, count)
      return into
    },
    result: (buckets) => read(buckets, q),
  }
}

function fill(buckets: Buckets, bucket: number, count: number): Buckets {
  return buckets.set(bucket, (buckets.get(bucket) ?? 0) + count)
}

function bucketOf(x: number): number {
  if (x >= LEAST) return Math.ceil(Math.log(x) / LOG_RATIO) + OFFSET
  return x <= -LEAST ? -bucketOf(-x) : 0
}

function read(buckets: Buckets, q: number): number {
  let count = 0
  for (const each of buckets.values()) count += each
  let left = nearestRank(q, count)
  for (const bucket of Float64Array.from(buckets.keys()).sort()) {
    left -= buckets.get(bucket) as number
    if (left <= 0) return middleOf(bucket)
  }
  return Number.NaN
}

function middleOf(bucket: number): number {
  if (bucket === 0) return 0
  if (bucket < 0) return -middleOf(-bucket)
  if (bucket === Number.POSITIVE_INFINITY) return bucket
  // From the lower bound: the upper one of the last bucket is beyond the greatest number.
  return RATIO ** (bucket - OFFSET - 1) * (1 + RELATIVE_ERROR)
}

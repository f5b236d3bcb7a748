/** Owns `asOfJoin`: values joined with a table as it was at their time. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkDuration, checkOneOf, settled } from '../operators/checks.ts'
import type { RowOfKind } from '../operators/join-rows.ts'
import type { Clock } from '../windowing/clock.ts'
import { AsOfLogic } from './as-of-logic.ts'
import { checkTimedJoin, type JoinOut, timedJoin } from './timed-join.ts'

export interface AsOfJoinOptions<U, K extends 'inner' | 'left' = 'inner' | 'left'> {
  /** Whether values without a version give a row, with `undefined` in its place: `'left'` (default), or `'inner'`, not. */
  readonly kind?: K
  /** How old a version may be at the time of the left value, in milliseconds; included. Older is none. Default `Infinity`. */
  readonly toleranceMs?: number
  /** Says whether a value of the table is no version but the end of the one before. Called once a value, as it comes. Default: none is. */
  readonly isDelete?: (version: U) => boolean
  /**
   * Time without anything going on after which a key is dropped, its newest version and its clock, in milliseconds by the system clock. Default:
   * never. Of no use with a `StreamClock`.
   */
  readonly forgetAfterMs?: number
}

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Joins each value with the newest version of the same key at its time: the value of `versions` with the greatest timestamp that is not after its
     * own; of several with that timestamp, the one that came last.
     *
     * ```ts
     * orders.asOfJoin('in-euros', rates, clock, { toleranceMs: hours(24) }).down // KeyedStream<[Order, Rate | undefined]>
     * ```
     *
     * The clock reads the values of both sides. A value waits until the watermark has passed it, so that no version is missed that comes out of
     * order; rows come by time. What is below the watermark comes out of `late`: a value is not joined then; a version still counts for values that
     * are answered later. Of each key the versions after the watermark are kept and the newest one before, unless it is deleted or older than
     * `toleranceMs`. Unknown kind, wrong duration: `INVALID_ARGUMENT`.
     */
    asOfJoin<U, K extends 'inner' | 'left' = 'left'>(
      stepId: string,
      versions: KeyedStream<U>,
      clock: Clock<V | U>,
      options?: AsOfJoinOptions<U, K>,
    ): JoinOut<V | U, RowOfKind<[V, U], K>>
  }
}

/** The function form of `stream.asOfJoin`. */
export function asOfJoin<V, U, K extends 'inner' | 'left' = 'left'>(
  stepId: string,
  up: KeyedStream<V>,
  versions: KeyedStream<U>,
  clock: Clock<V | U>,
  options: AsOfJoinOptions<U, K> = {},
): JoinOut<V | U, RowOfKind<[V, U], K>> {
  return compose('asOfJoin', stepId, { up, versions }, (inner) => {
    const sides = { left: inner.up, right: inner.versions }
    checkTimedJoin('asOfJoin', stepId, sides, clock)
    const { kind = 'left' as K, toleranceMs = Number.POSITIVE_INFINITY, isDelete = () => false, forgetAfterMs } = options
    checkOneOf({ operator: 'asOfJoin', stepId, name: 'kind' }, ['inner', 'left'], kind)
    checkDuration({ operator: 'asOfJoin', stepId, name: 'toleranceMs' }, toleranceMs)
    checkFunction('asOfJoin', stepId, 'isDelete', isDelete)
    if (forgetAfterMs !== undefined) checkDuration({ operator: 'asOfJoin', stepId, name: 'forgetAfterMs' }, forgetAfterMs)
    const settings = { kind, toleranceMs, isDelete: settled('isDelete', isDelete as (value: unknown) => boolean) }
    return timedJoin<V | U, RowOfKind<[V, U], K>>(sides, clock, (parts) => new AsOfLogic(settings, parts), forgetAfterMs)
  })
}

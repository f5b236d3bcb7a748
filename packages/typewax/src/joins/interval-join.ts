/** Owns `intervalJoin`: pairs of values whose times are near each other. */

import { compose } from '../dataflow/operator.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { quote, TypewaxError } from '../errors.ts'
import { checkDuration, checkOneOf } from '../operators/checks.ts'
import { JOIN_KINDS, type JoinKind, type RowOfKind } from '../operators/join-rows.ts'
import type { Clock } from '../windowing/clock.ts'
import { IntervalLogic, sidesOf } from './interval-logic.ts'
import { checkTimedJoin, type JoinOut, timedJoin } from './timed-join.ts'

export interface IntervalJoinOptions<K extends JoinKind = JoinKind> {
  /** Least time from the left value to the right one, in milliseconds; included. Negative: the right value may be the earlier one. Finite. */
  readonly lowerMs: number
  /** Greatest time from the left value to the right one, in milliseconds; included, and not less than `lowerMs`. Finite. */
  readonly upperMs: number
  /**
   * Which values without a partner give a row, with `undefined` in its place: `'inner'` none (default), `'left'` those of this stream, `'right'`
   * those of the other, `'outer'` both. The row comes when the watermark says that no partner can come any more.
   */
  readonly kind?: K
  /**
   * Time without anything going on after which the clock of a key is dropped, in milliseconds by the system clock. Default: never, so that late stays
   * late. Of no use with a `StreamClock`: it keeps nothing of a key without values.
   */
  readonly forgetAfterMs?: number
}

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Pairs each value with all those of the other stream that have the same key and are near it in time: `lowerMs` to `upperMs` later. A pair comes
     * as soon as both are there.
     *
     * ```ts
     * // Payments within ten minutes of the order: KeyedStream<[Order, Payment]>
     * orders.intervalJoin('paid', payments, clock, { lowerMs: 0, upperMs: minutes(10) }).down
     * ```
     *
     * The clock reads the values of both sides. A value that is late, below the watermark, is not joined and comes out of `late`; all others find all
     * their partners, however out of order they come. A value is kept until the watermark has passed the time of its last partner: the state is
     * bounded by the interval. Bounds that are no finite numbers or the wrong way round, an unknown kind: `INVALID_ARGUMENT`.
     */
    intervalJoin<U, K extends JoinKind = 'inner'>(
      stepId: string,
      right: KeyedStream<U>,
      clock: Clock<V | U>,
      options: IntervalJoinOptions<K>,
    ): JoinOut<V | U, RowOfKind<[V, U], K>>
  }
}

/** The function form of `stream.intervalJoin`. */
export function intervalJoin<V, U, K extends JoinKind = 'inner'>(
  stepId: string,
  left: KeyedStream<V>,
  right: KeyedStream<U>,
  clock: Clock<V | U>,
  options: IntervalJoinOptions<K>,
): JoinOut<V | U, RowOfKind<[V, U], K>> {
  return compose('intervalJoin', stepId, { left, right }, (inner) => {
    checkTimedJoin('intervalJoin', stepId, inner, clock)
    const { lowerMs, upperMs, kind = 'inner' as K, forgetAfterMs } = options ?? {}
    checkBounds(stepId, lowerMs, upperMs)
    checkOneOf({ operator: 'intervalJoin', stepId, name: 'kind' }, JOIN_KINDS, kind)
    if (forgetAfterMs !== undefined) checkDuration({ operator: 'intervalJoin', stepId, name: 'forgetAfterMs' }, forgetAfterMs)
    const sides = sidesOf({ lowerMs, upperMs, kind })
    return timedJoin<V | U, RowOfKind<[V, U], K>>(inner, clock, (parts) => new IntervalLogic(sides, parts), forgetAfterMs)
  })
}

function checkBounds(stepId: string, lowerMs: unknown, upperMs: unknown): void {
  const what = `\`lowerMs\` and \`upperMs\` of intervalJoin ${quote(stepId)}`
  for (const boundMs of [lowerMs, upperMs]) {
    if (Number.isFinite(boundMs)) continue
    throw new TypewaxError('INVALID_ARGUMENT', `${what} must be finite numbers, in milliseconds; got ${quote(boundMs)}`, { stepId })
  }
  if ((lowerMs as number) <= (upperMs as number)) return
  const message = `${what} must be in order, the lesser first; got ${quote(lowerMs)} and ${quote(upperMs)}; are they the wrong way round?`
  throw new TypewaxError('INVALID_ARGUMENT', message, { stepId })
}

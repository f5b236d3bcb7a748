/** Entry point `typewax/joins`: the joins of two keyed streams by time, and by order of arrival, as functions. */

export type { JoinKind, RowOfKind } from '../operators/join-rows.ts'
export { type AsOfJoinOptions, asOfJoin } from './as-of-join.ts'
export { type IntervalJoinOptions, intervalJoin } from './interval-join.ts'
export { type LookupJoinOptions, lookupJoin } from './lookup-join.ts'
export type { JoinOut } from './timed-join.ts'

/**
 * Owns the join of windows as a fold, where one value a side is kept and only the end counts: the first or the last by time needs no order of arrival,
 * so no value waits. Pure.
 */

import type { Labelled } from '../operators/join.ts'
import type { JoinKind } from '../operators/join-rows.ts'
import type { SliceFold } from './slice-driver.ts'

/** Of each side the value that is kept, and its time: infinite, in the direction that any value is better than, if there is none. */
export interface JoinedSides {
  readonly values: unknown[]
  readonly timesMs: number[]
}

export function joinFold(sideCount: number, insert: 'first' | 'last', kind: JoinKind): SliceFold<Labelled, JoinedSides, unknown[]> {
  const none = insert === 'last' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  const keep = (into: JoinedSides, side: number, value: unknown, timeMs: number): void => {
    const ownMs = into.timesMs[side] as number
    // Of equal times the first to arrive is the first, the last to arrive the last.
    if (insert === 'last' ? timeMs < ownMs : timeMs >= ownMs) return
    into.values[side] = value
    into.timesMs[side] = timeMs
  }
  const isThere = ({ timesMs }: JoinedSides, side: number): boolean => timesMs[side] !== none
  return {
    create: () => ({ values: new Array(sideCount).fill(undefined), timesMs: new Array(sideCount).fill(none) }),
    add: (into, [side, value], timestampMs) => {
      keep(into, side, value, timestampMs)
      return into
    },
    merge: (into, from) => {
      for (let side = 0; side < sideCount; side++) if (isThere(from, side)) keep(into, side, from.values[side], from.timesMs[side] as number)
      return into
    },
    results: (sides) => {
      const isWhole =
        kind === 'outer' ||
        (kind === 'left' && isThere(sides, 0)) ||
        (kind === 'right' && isThere(sides, sideCount - 1)) ||
        (kind === 'inner' && !sides.timesMs.includes(none))
      return isWhole ? [[...sides.values]] : []
    },
  }
}

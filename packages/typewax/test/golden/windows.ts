/** Owns the window operators of the cases: clocks, windowers, and what of windows is written differently there and here. */

import type { KeyedStream, Stream } from '../../src/index.ts'
import { mapValue } from '../../src/operators/index.ts'
import * as win from '../../src/windowing/index.ts'
import type { ClockSpec, DurationMs, StepSpec, WindowerSpec } from './cases.ts'
import { fold } from './logics.ts'
import { itemFn, reducer, UnknownName } from './vocabulary.ts'

type Keyed = KeyedStream<unknown>
type Windows = win.WindowOut<unknown, unknown>

/** The time that `set_clock` sets; one for each case. */
export interface CaseClock {
  nowMs: number
}

/** A time that does not pass. */
const FROZEN_MS = 1_700_000_000_000

/** The window operators on keyed streams. `sides` are those of a join. */
export const windowOperators: Readonly<Record<string, (up: Keyed, step: StepSpec, sides: readonly Keyed[], time: CaseClock) => Windows>> = {
  collect_window: (up, step, _sides, time) => {
    const into = step.into === 'dict' ? 'map' : step.into
    const options = { ...ordered(step), ...(into !== undefined && { into: into as 'list' }) }
    return win.collectWindow(step.id, up, clock(step.clock, time), windower(step.windower), options)
  },
  fold_window: (up, step, _sides, time) => {
    const { builder, folder, merger } = fold(step.fn)
    return win.foldWindow(step.id, up, clock(step.clock, time), windower(step.windower), builder, folder as never, merger as never, ordered(step))
  },
  reduce_window: (up, step, _sides, time) => {
    return win.reduceWindow(step.id, up, clock(step.clock, time), windower(step.windower), reducer(step.fn))
  },
  max_window: (up, step, _sides, time) => win.maxWindow(step.id, up, clock(step.clock, time), windower(step.windower), rank(step.by)),
  min_window: (up, step, _sides, time) => win.minWindow(step.id, up, clock(step.clock, time), windower(step.windower), rank(step.by)),
  join_window: (up, step, sides, time) => {
    const { insertMode, emitMode } = step
    const modes = { ...(insertMode !== undefined && { insert: insertMode }), ...(emitMode !== undefined && { emit: emitMode }), ...ordered(step) }
    return win.joinWindow(step.id, up, [...sides], clock(step.clock, time), windower(step.windower), modes as win.JoinWindowOptions<'final'>)
  },
}

/** Counts the items of a stream that is not keyed. */
export function countWindow(up: Stream<unknown>, step: StepSpec, time: CaseClock): Windows {
  return win.countWindow(step.id, up, clock(step.clock, time), windower(step.windower), itemFn(step.fn) as (item: unknown) => string)
}

/** The streams of a window operator by the names of the cases, with metadata as they have it. */
export function streamsOf(id: string, { down, late, meta }: Windows): Readonly<Record<string, Keyed>> {
  const written = mapValue(`${id}_as_recorded`, meta, ([windowId, { openTimeMs, closeTimeMs, mergedIds }]) => {
    return [windowId, { openMs: openTimeMs, closeMs: closeTimeMs, mergedIds: [...mergedIds].sort((a, b) => a - b) }]
  })
  return { down, late, meta: written as Keyed }
}

function clock(spec: ClockSpec | undefined, time: CaseClock): win.Clock<unknown> {
  if (spec?.type === 'system') return new win.SystemClock()
  if (spec?.type !== 'event') throw new UnknownName('clock', spec)
  const timestamp = spec.ts === 'self' ? itemFn('identity') : itemFn(spec.ts)
  // Where any clock will do, one that stands still: by a real one a value at the watermark is late if a millisecond has passed.
  const now = spec.now === 'test' ? () => time.nowMs : () => FROZEN_MS
  return new win.EventClock(timestamp as (value: unknown) => number, { waitMs: duration(spec.waitMs), now })
}

function windower(spec: WindowerSpec | undefined): win.Windower {
  switch (spec?.type) {
    case 'tumbling':
      return new win.TumblingWindower({ lengthMs: spec.lengthMs, alignTo: spec.alignToMs })
    case 'sliding':
      return new win.SlidingWindower({ lengthMs: spec.lengthMs, offsetMs: spec.offsetMs, alignTo: spec.alignToMs })
    case 'session':
      return new win.SessionWindower({ gapMs: spec.gapMs })
    default:
      throw new UnknownName('windower', spec)
  }
}

function ordered({ ordered: isOrdered }: StepSpec): { ordered?: boolean } {
  return isOrdered === undefined ? {} : { ordered: isOrdered }
}

function rank(by: string | undefined): ((value: unknown) => number) | undefined {
  return by === undefined ? undefined : (itemFn(by) as (value: unknown) => number)
}

function duration(ms: DurationMs): number {
  return ms === 'max' ? Number.POSITIVE_INFINITY : ms
}

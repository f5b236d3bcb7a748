/** Tests the clocks: the walk-through of the reference's documentation, what moves a watermark and what does not, and when it will be somewhere. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type LogicContext, minutes } from '../../src/index.ts'
import { type ClockLogic, EventClock, type EventClockOptions, SystemClock, type Timestamp } from '../../src/windowing/index.ts'
import { withCode } from '../operators/flows.ts'

/** What a clock sees of a system whose time the test moves, on a stream without watermarks. */
function contextOf(system: { readonly nowMs: number }): LogicContext {
  return { now: () => system.nowMs, watermark: () => Number.NEGATIVE_INFINITY }
}

/** A clock of numbers that are their own timestamps, and the system's time, which the test moves. */
function eventClock(options: EventClockOptions, resumeState?: number, system = { nowMs: 0 }) {
  const clock = new EventClock((value: number) => value, options)
  return { system, logic: clock.build(resumeState, contextOf(system)) }
}

/** Gives the watermark behind a batch of one value. */
function afterItem(logic: ClockLogic<number>, value: number): number {
  logic.beforeBatch()
  logic.onItem(value)
  return logic.watermarkMs
}

function afterNotify(logic: ClockLogic<number>): number {
  logic.onNotify()
  return logic.watermarkMs
}

test('EventClock: does the documented walk-through', () => {
  const at = (minute: number): number => minutes(10 * 60 + minute)
  const { system, logic } = eventClock({ waitMs: minutes(5) }, undefined, { nowMs: at(32) })
  assert.equal(afterItem(logic, at(35)), at(30))
  system.nowMs = at(33)
  assert.equal(afterNotify(logic), at(31))
  system.nowMs = at(34)
  assert.equal(afterItem(logic, at(38)), at(33))
  system.nowMs = at(36)
  assert.equal(afterItem(logic, at(39)), at(35), 'minute 34 is behind the watermark already')
  system.nowMs = at(38)
  assert.equal(afterItem(logic, at(36)), at(37), 'late, and moves nothing')
})

test('EventClock: has no watermark before the first value, and closes all at the end without moving', () => {
  const { system, logic } = eventClock({ waitMs: 0 })
  assert.equal(logic.watermarkMs, Number.NEGATIVE_INFINITY)
  system.nowMs = 1_000
  assert.equal(afterNotify(logic), Number.NEGATIVE_INFINITY)
  assert.equal(afterItem(logic, 7), 7)
  assert.equal(logic.onEof(), Number.POSITIVE_INFINITY)
  assert.equal(logic.watermarkMs, 7)
})

test('EventClock: nothing is ever late with an infinite wait', () => {
  const { system, logic } = eventClock({ waitMs: Number.POSITIVE_INFINITY })
  assert.equal(afterItem(logic, 1e12), Number.NEGATIVE_INFINITY)
  system.nowMs = 5
  assert.equal(afterItem(logic, 2e12), Number.NEGATIVE_INFINITY)
  assert.equal(logic.wakeAt(2e12), undefined)
  assert.equal(logic.snapshot(), undefined, 'nothing to remember')
})

test('EventClock: stands still while the system clock is set back', () => {
  const { system, logic } = eventClock({ waitMs: 0 }, undefined, { nowMs: 100 })
  assert.equal(afterItem(logic, 50), 50)
  system.nowMs = 40
  assert.equal(afterNotify(logic), 50)
  system.nowMs = 90
  assert.equal(afterNotify(logic), 50)
  system.nowMs = 110
  assert.equal(afterNotify(logic), 60)
})

test('EventClock: downtime does not move the watermark', () => {
  const { system, logic } = eventClock({ waitMs: 0 }, undefined, { nowMs: 1_000 })
  afterItem(logic, 500)
  system.nowMs = 1_010
  afterNotify(logic)
  const state = structuredClone(logic.snapshot()) as number
  const resumed = eventClock({ waitMs: 0 }, state, { nowMs: 1_000 + minutes(60) })
  assert.equal(afterNotify(resumed.logic), 510)
  resumed.system.nowMs += 5
  assert.equal(afterNotify(resumed.logic), 515)
})

test('EventClock: wakes when the watermark will have come, not at that time', () => {
  const { system, logic } = eventClock({ waitMs: 100 }, undefined, { nowMs: 7_000 })
  afterItem(logic, 1_000)
  assert.equal(logic.wakeAt(1_500), 7_600)
  system.nowMs = 7_600
  assert.equal(afterNotify(logic), 1_500)
})

test('EventClock: with a clock of its own, wakes after as much time as is missing, or when it is told', () => {
  const system = { nowMs: 50 }
  const own = { nowMs: 1_000 }
  const { logic } = eventClock({ waitMs: 0, now: () => new Date(own.nowMs) }, undefined, system)
  afterItem(logic, 900)
  own.nowMs = 1_010
  assert.equal(afterNotify(logic), 910)
  assert.equal(logic.wakeAt(1_000), 140)
  const told = (toSystemTime: (timeMs: number) => Timestamp | undefined): number | undefined => {
    const clock = eventClock({ waitMs: 0, now: () => 1_000, toSystemTime }, undefined, system)
    afterItem(clock.logic, 900)
    return clock.logic.wakeAt(1_000)
  }
  assert.equal(
    told((timeMs) => timeMs * 2),
    2_200,
  )
  assert.equal(
    told(() => undefined),
    undefined,
  )
  assert.equal(
    told(() => 3),
    51,
    'never at once, again and again',
  )
})

test('EventClock: takes numbers, dates and Temporal objects', () => {
  const read = (timestamp: Timestamp): number => {
    return new EventClock((value: Timestamp) => value, { waitMs: 0 }).build(undefined, contextOf({ nowMs: 0 })).onItem(timestamp)
  }
  assert.equal(read(1_700_000_000_000.5), 1_700_000_000_000.5)
  assert.equal(read(new Date(5)), 5)
  assert.equal(read({ epochMilliseconds: -5 }), -5)
  assert.ok(Object.is(read(-0), 0))
})

test('EventClock: anything else as timestamp is a typed error', () => {
  for (const [wrong, shown] of [
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [1_700_000_000_000_000_000, '1700000000000000000'],
    ['2024-01-01', '"2024-01-01"'],
    [new Date('never'), 'an invalid Date'],
    [undefined, 'undefined'],
    [null, 'null'],
    [5n, '5n'],
    [{ epochMilliseconds: '5' }, 'epochMilliseconds'],
  ] as const) {
    const clock = new EventClock(() => wrong as number, { waitMs: 0 }).build(undefined, contextOf({ nowMs: 0 }))
    assert.throws(() => clock.onItem(0), withCode('WRONG_RETURN', '`timestamp`', shown))
  }
})

test('EventClock: wrong arguments are errors at construction', () => {
  const wrong = (timestamp: unknown, options: unknown) => () => new EventClock(timestamp as () => number, options as EventClockOptions)
  const timestamp = (): number => 0
  assert.throws(wrong('at', { waitMs: 0 }), withCode('INVALID_ARGUMENT', '`timestamp` of EventClock', '"at"'))
  assert.throws(wrong(timestamp, undefined), withCode('INVALID_ARGUMENT', '`waitMs` of EventClock', 'undefined'))
  assert.throws(wrong(timestamp, { waitMs: -1 }), withCode('INVALID_ARGUMENT', '`waitMs` of EventClock', '-1'))
  assert.throws(wrong(timestamp, { waitMs: Number.NaN }), withCode('INVALID_ARGUMENT', '`waitMs` of EventClock'))
  assert.throws(wrong(timestamp, { waitMs: 0, now: 5 }), withCode('INVALID_ARGUMENT', '`now` of EventClock'))
  assert.throws(wrong(timestamp, { waitMs: 0, toSystemTime: 5 }), withCode('INVALID_ARGUMENT', '`toSystemTime` of EventClock'))
})

test('EventClock: the watermark is the greatest of all that was ever reached', () => {
  const step = fc.record({ passMs: fc.integer({ min: -20, max: 50 }), value: fc.integer({ min: 0, max: 500 }) })
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 0, max: 60 }), (steps, waitMs) => {
      const { system, logic } = eventClock({ waitMs })
      // Each value would have brought the watermark to its own time less the wait, from where it goes on with the system's time.
      const reached: { valueMs: number; atMs: number }[] = []
      let latestMs = 0
      for (const { passMs, value } of steps) {
        system.nowMs += passMs
        latestMs = Math.max(latestMs, system.nowMs)
        reached.push({ valueMs: value - waitMs, atMs: latestMs })
        assert.equal(afterItem(logic, value), Math.max(...reached.map(({ valueMs, atMs }) => valueMs + latestMs - atMs)))
      }
    }),
  )
})

test('SystemClock: the time of a value is the time of its batch, and so is the watermark', () => {
  const system = { nowMs: 10 }
  const logic = new SystemClock().build(undefined, contextOf(system))
  logic.beforeBatch()
  system.nowMs = 20
  assert.deepEqual([logic.onItem('a'), logic.watermarkMs], [10, 10])
  logic.beforeBatch()
  assert.deepEqual([logic.onItem('b'), logic.watermarkMs], [20, 20])
  system.nowMs = 5
  logic.onNotify()
  assert.equal(logic.watermarkMs, 20, 'never goes back')
  assert.equal(logic.wakeAt(30), 30)
  assert.equal(logic.wakeAt(Number.POSITIVE_INFINITY), undefined)
  assert.equal(logic.onEof(), Number.POSITIVE_INFINITY)
  assert.equal(logic.snapshot(), undefined)
})

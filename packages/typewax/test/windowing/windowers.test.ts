/** Tests the windowers of fixed length, by examples and against models that look at one window after the other. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SlidingWindower, type SlidingWindowerOptions, TumblingWindower, type WindowerLogic, type WindowMetadata } from '../../src/windowing/index.ts'
import { withCode } from '../operators/flows.ts'

function sliding(lengthMs: number, offsetMs: number, alignTo = 0, resumeState?: unknown): WindowerLogic {
  return new SlidingWindower({ lengthMs, offsetMs, alignTo }).build(resumeState)
}

test('SlidingWindower: a window includes its beginning and not its end', () => {
  const logic = sliding(10, 5)
  assert.deepEqual(logic.openFor(9), [0, 1])
  assert.deepEqual(logic.openFor(10), [1, 2])
  assert.deepEqual(logic.openFor(0), [-1, 0])
  assert.deepEqual(logic.openFor(-1), [-2, -1])
})

test('SlidingWindower: times too great for their windows to be counted come to an end', () => {
  assert.equal(sliding(10, 10).openFor(1e300).length, 1)
})

test('SlidingWindower: late values are told their windows, and none is opened', () => {
  const logic = sliding(10, 5)
  assert.deepEqual(logic.lateFor(7), [0, 1])
  assert.ok(logic.isEmpty())
  assert.equal(logic.notifyAt(), undefined)
})

test('SlidingWindower: closes at the end of a window, in the order of opening', () => {
  const logic = sliding(10, 10, 3)
  assert.deepEqual([logic.openFor(25), logic.openFor(4)], [[2], [0]])
  assert.equal(logic.notifyAt(), 13)
  assert.deepEqual(logic.closeFor(12.999), [])
  const again = sliding(10, 10, 3, structuredClone(logic.snapshot()))
  const closed = [
    [2, { openTimeMs: 23, closeTimeMs: 33, mergedIds: new Set() }],
    [0, { openTimeMs: 3, closeTimeMs: 13, mergedIds: new Set() }],
  ]
  assert.deepEqual(logic.closeFor(33), closed)
  assert.equal(again.notifyAt(), 13)
  assert.deepEqual(again.closeFor(Number.POSITIVE_INFINITY), closed)
  assert.ok(again.isEmpty())
})

test('SlidingWindower: has the windows that a look at each of them finds', () => {
  const settings = fc
    .record({ offsetMs: fc.integer({ min: 1, max: 40 }), more: fc.integer({ min: 0, max: 100 }), alignTo: fc.integer({ min: -1e12, max: 1e12 }) })
    .map(({ offsetMs, more, alignTo }) => ({ offsetMs, lengthMs: offsetMs + more, alignTo }))
  fc.assert(
    fc.property(settings, fc.integer({ min: -500, max: 500 }), ({ offsetMs, lengthMs, alignTo }, sinceMs) => {
      const expected: number[] = []
      for (let id = -700; id <= 700; id++) if (id * offsetMs <= sinceMs && sinceMs < id * offsetMs + lengthMs) expected.push(id)
      assert.deepEqual(sliding(lengthMs, offsetMs, alignTo).openFor(alignTo + sinceMs), expected)
    }),
  )
})

test('SlidingWindower: opens, closes and wakes like a model that keeps all windows, also when it is rebuilt from a snapshot', () => {
  const step = fc.record({
    timestamps: fc.array(fc.integer({ min: -50, max: 200 }), { maxLength: 5 }),
    watermark: fc.integer({ min: -50, max: 200 }),
  })
  const settings = fc.record({ offsetMs: fc.integer({ min: 1, max: 12 }), more: fc.integer({ min: 0, max: 20 }) })
  fc.assert(
    fc.property(settings, fc.array(step), fc.boolean(), ({ offsetMs, more }, steps, isRebuilt) => {
      const lengthMs = offsetMs + more
      let logic = sliding(lengthMs, offsetMs)
      let open: number[] = []
      for (const { timestamps, watermark } of steps) {
        for (const timestamp of timestamps) open.push(...logic.openFor(timestamp).filter((id) => !open.includes(id)))
        if (isRebuilt) logic = sliding(lengthMs, offsetMs, 0, structuredClone(logic.snapshot()))
        const ends = open.map((id) => id * offsetMs + lengthMs)
        assert.equal(logic.notifyAt(), ends.length === 0 ? undefined : Math.min(...ends))
        const isOver = (id: number): boolean => id * offsetMs + lengthMs <= watermark
        assert.deepEqual(
          logic.closeFor(watermark).map(([id]) => id),
          open.filter(isOver),
        )
        open = open.filter((id) => !isOver(id))
        assert.equal(logic.isEmpty(), open.length === 0)
      }
    }),
  )
})

test('TumblingWindower: has each time in the one window around it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e9 }),
      fc.date({ noInvalidDate: true }),
      fc.integer({ min: -1e12, max: 1e12 }),
      (lengthMs, alignTo, timestamp) => {
        const logic = new TumblingWindower({ lengthMs, alignTo }).build(undefined)
        const [id, ...others] = logic.openFor(timestamp) as [number, ...number[]]
        const [[, { openTimeMs, closeTimeMs }]] = logic.closeFor(Number.POSITIVE_INFINITY) as [readonly [number, WindowMetadata]]
        assert.deepEqual(others, [])
        assert.equal(openTimeMs, alignTo.getTime() + id * lengthMs)
        assert.ok(openTimeMs <= timestamp && timestamp < closeTimeMs && closeTimeMs - openTimeMs === lengthMs)
      },
    ),
  )
})

test('SlidingWindower, TumblingWindower: wrong options are errors at construction', () => {
  const slide = (options: Partial<SlidingWindowerOptions>) => () => new SlidingWindower({ lengthMs: 10, offsetMs: 5, alignTo: 0, ...options })
  for (const wrong of [0, -5, Number.NaN, Number.POSITIVE_INFINITY, '10' as unknown as number]) {
    assert.throws(slide({ lengthMs: wrong }), withCode('INVALID_ARGUMENT', '`lengthMs` of SlidingWindower'))
    assert.throws(slide({ offsetMs: wrong }), withCode('INVALID_ARGUMENT', '`offsetMs` of SlidingWindower'))
    assert.throws(() => new TumblingWindower({ lengthMs: wrong, alignTo: 0 }), withCode('INVALID_ARGUMENT', '`lengthMs` of TumblingWindower'))
  }
  assert.throws(slide({ offsetMs: 11 }), withCode('INVALID_ARGUMENT', '`offsetMs` of SlidingWindower', 'lost', 'got 11'))
  assert.throws(slide({ alignTo: new Date('never') }), withCode('INVALID_ARGUMENT', '`alignTo` of SlidingWindower'))
  assert.throws(() => new TumblingWindower({ lengthMs: 10 } as never), withCode('INVALID_ARGUMENT', '`alignTo` of TumblingWindower', 'undefined'))
})

test('windowers: fractions of a millisecond are errors at construction, as a value at an edge could fall into none', () => {
  const tumbling = (lengthMs: number, alignTo = 0): unknown => new TumblingWindower({ lengthMs, alignTo })
  const sliding = (offsetMs: number): unknown => new SlidingWindower({ lengthMs: 100, offsetMs, alignTo: 0 })
  for (const make of [() => tumbling(1_000 / 60), () => tumbling(10, 0.5), () => sliding(33.3)]) {
    assert.throws(make, { code: 'INVALID_ARGUMENT', message: /must be a whole number of milliseconds, so that the edges of windows are exact; got / })
  }
})

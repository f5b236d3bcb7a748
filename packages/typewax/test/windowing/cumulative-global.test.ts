/** Tests the windowers whose windows grow: by steps, and without an end. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CumulativeWindower, GlobalWindower } from '../../src/windowing/index.ts'
import { withCode } from '../operators/flows.ts'

const NO_IDS = new Set<number>()

test('CumulativeWindower: a time is in the windows of its cycle that end after it', () => {
  const logic = new CumulativeWindower({ lengthMs: 30, stepMs: 10, alignTo: 5 }).build(undefined)
  assert.deepEqual(logic.openFor(5), [0, 1, 2])
  assert.deepEqual(logic.openFor(34), [2])
  assert.deepEqual(logic.openFor(35), [3, 4, 5])
  assert.deepEqual(logic.lateFor(4), [-1])
  assert.deepEqual(logic.lateFor(-25), [-3, -2, -1])
})

test('CumulativeWindower: windows share a beginning, and close one step after the other', () => {
  const windower = new CumulativeWindower({ lengthMs: 30, stepMs: 10, alignTo: 5 })
  const logic = windower.build(undefined)
  logic.openFor(6)
  assert.equal(logic.notifyAt(), 15)
  assert.deepEqual(logic.closeFor(15), [[0, { openTimeMs: 5, closeTimeMs: 15, mergedIds: NO_IDS }]])
  assert.deepEqual(logic.look(1), { overAtMs: 25, metadata: { openTimeMs: 5, closeTimeMs: 25, mergedIds: NO_IDS } })
  const resumed = windower.build(structuredClone(logic.snapshot()))
  assert.deepEqual(resumed.openLate?.(7, 20), { open: [1, 2], over: [0] })
  assert.deepEqual(resumed.closeFor(Number.POSITIVE_INFINITY), [
    [1, { openTimeMs: 5, closeTimeMs: 25, mergedIds: NO_IDS }],
    [2, { openTimeMs: 5, closeTimeMs: 35, mergedIds: NO_IDS }],
  ])
  assert.ok(resumed.isEmpty())
})

test('CumulativeWindower: has the windows that a look at each of them finds, and each has its bounds', () => {
  const times = fc.record({
    stepMs: fc.integer({ min: 1, max: 20 }),
    count: fc.integer({ min: 1, max: 6 }),
    alignTo: fc.integer({ min: -50, max: 50 }),
  })
  fc.assert(
    fc.property(times, fc.integer({ min: -200, max: 200 }), ({ stepMs, count, alignTo }, timestampMs) => {
      const logic = new CumulativeWindower({ lengthMs: count * stepMs, stepMs, alignTo }).build(undefined)
      const expected: number[] = []
      for (let cycle = -260; cycle <= 260; cycle++) {
        for (let place = 0; place < count; place++) {
          const openMs = alignTo + cycle * count * stepMs
          const closeMs = openMs + (place + 1) * stepMs
          if (openMs > timestampMs || timestampMs >= closeMs) continue
          expected.push(cycle * count + place)
          assert.deepEqual(logic.look(cycle * count + place), {
            overAtMs: closeMs,
            metadata: { openTimeMs: openMs, closeTimeMs: closeMs, mergedIds: NO_IDS },
          })
        }
      }
      assert.deepEqual(logic.openFor(timestampMs), expected)
    }),
  )
})

test('CumulativeWindower: wrong options are errors at construction', () => {
  const wrong: readonly (readonly [parameter: string, options: object])[] = [
    ['lengthMs', { lengthMs: 0, stepMs: 1, alignTo: 0 }],
    ['stepMs', { lengthMs: 10, stepMs: 0, alignTo: 0 }],
    ['stepMs', { lengthMs: 10, stepMs: 4, alignTo: 0 }],
    ['stepMs', { lengthMs: 10, stepMs: 20, alignTo: 0 }],
    ['stepMs', { lengthMs: 10, stepMs: Number.POSITIVE_INFINITY, alignTo: 0 }],
    ['stepMs', { lengthMs: 10, alignTo: 0 }],
    ['alignTo', { lengthMs: 10, stepMs: 5 }],
  ]
  for (const [parameter, options] of wrong) {
    assert.throws(() => new CumulativeWindower(options as never), withCode('INVALID_ARGUMENT', `\`${parameter}\` of CumulativeWindower`))
  }
})

test('GlobalWindower: has one window, which only the end closes, with the first and the last time of its values', () => {
  const windower = new GlobalWindower()
  const logic = windower.build(undefined)
  assert.ok(logic.isEmpty())
  assert.equal(logic.notifyAt(), undefined)
  assert.deepEqual(logic.closeFor(Number.POSITIVE_INFINITY), [])
  assert.deepEqual(logic.openFor(7), [0])
  assert.deepEqual(logic.openLate?.(3, 1_000), { open: [0], over: [] })
  assert.deepEqual(logic.closeFor(1_000_000), [])
  const resumed = windower.build(structuredClone(logic.snapshot()))
  assert.equal(resumed.notifyAt(), Number.POSITIVE_INFINITY)
  assert.deepEqual(resumed.closeFor(Number.POSITIVE_INFINITY), [[0, { openTimeMs: 3, closeTimeMs: 7, mergedIds: NO_IDS }]])
  assert.ok(resumed.isEmpty())
})

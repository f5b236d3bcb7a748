/** Tests sessions: when they join and close, how they merge, and against a model that sorts all timestamps. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LATE_SESSION_ID, SessionWindower, type WindowerLogic } from '../../src/windowing/index.ts'
import { withCode } from '../operators/flows.ts'

function sessions(gapMs: number, resumeState?: unknown): WindowerLogic {
  return new SessionWindower({ gapMs }).build(resumeState)
}

/** All that is open: `id: open–close (merged)`. */
function openIn(logic: WindowerLogic): string[] {
  const { open } = logic.snapshot() as { open: readonly (readonly [number, number, number, readonly number[]])[] }
  return open.map(([id, openMs, closeMs, merged]) => `${id}: ${openMs}–${closeMs} (${merged})`)
}

test('SessionWindower: a distance of the gap joins, a longer one does not', () => {
  const logic = sessions(10)
  assert.deepEqual([logic.openFor(0), logic.openFor(10), logic.openFor(20.5)], [[0], [0], [1]])
  assert.deepEqual(openIn(logic), ['0: 0–10 ()', '1: 20.5–20.5 ()'])
})

test('SessionWindower: closes when the watermark is beyond the gap, and is notified then', () => {
  const logic = sessions(10)
  logic.openFor(5)
  assert.deepEqual(logic.closeFor(15), [])
  assert.equal(logic.notifyAt(), 16)
  assert.deepEqual(logic.closeFor(16), [[0, { openTimeMs: 5, closeTimeMs: 5, mergedIds: new Set() }]])
  assert.equal(logic.notifyAt(), undefined)
})

test('SessionWindower: never uses an id again, and late values have one of their own', () => {
  const logic = sessions(10)
  assert.ok(logic.isEmpty())
  logic.openFor(0)
  logic.closeFor(100)
  assert.ok(!logic.isEmpty())
  const resumed = sessions(10, structuredClone(logic.snapshot()))
  assert.deepEqual(resumed.openFor(200), [1])
  assert.deepEqual(resumed.lateFor(0), [LATE_SESSION_ID])
})

test('SessionWindower: does the merge trace of the reference', () => {
  let logic = sessions(10)
  const trace = [20, 0, 10, 40, 31, 25].map((timestamp) => {
    const [id] = logic.openFor(timestamp)
    const step = [id, logic.merged(), openIn(logic)]
    logic = sessions(10, structuredClone(logic.snapshot()))
    return step
  })
  assert.deepEqual(trace, [
    [0, [], ['0: 20–20 ()']],
    [1, [], ['0: 20–20 ()', '1: 0–0 ()']],
    [0, [[0, 1]], ['1: 0–20 (0)']],
    [2, [], ['1: 0–20 (0)', '2: 40–40 ()']],
    [2, [], ['1: 0–20 (0)', '2: 31–40 ()']],
    [1, [[2, 1]], ['1: 0–40 (0,2)']],
  ])
})

test('SessionWindower: the one that began earlier takes the other in, whatever their ids; merged ids are not passed on', () => {
  const logic = sessions(10)
  for (const timestamp of [40, 60, 0, 50]) logic.openFor(timestamp)
  assert.deepEqual(openIn(logic), ['0: 40–60 (1)', '2: 0–0 ()'])
  for (const timestamp of [10, 20, 30]) logic.openFor(timestamp)
  assert.deepEqual(openIn(logic), ['2: 0–60 (0)'])
  assert.deepEqual(logic.merged(), [
    [1, 0],
    [0, 2],
  ])
  assert.deepEqual(logic.merged(), [], 'told once')
})

test('SessionWindower: three sessions can become one in a call', () => {
  const logic = sessions(10)
  for (const timestamp of [0, 15, 8]) logic.openFor(timestamp)
  assert.deepEqual(openIn(logic), ['0: 0–15 (1)'])
})

test('SessionWindower: in any order of arrival gives the runs that the sorted timestamps have', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1 }), fc.integer({ min: 0, max: 20 }), (timestamps, gapMs) => {
      const logic = sessions(gapMs)
      // Where the value of each timestamp is, after all merges.
      let places: number[] = []
      for (const timestamp of timestamps) {
        places.push(...logic.openFor(timestamp))
        for (const [original, target] of logic.merged()) places = places.map((id) => (id === original ? target : id))
      }
      const closed = logic.closeFor(Number.POSITIVE_INFINITY)
      const actual = closed.map(([id, { openTimeMs, closeTimeMs }]) => {
        const values = timestamps.filter((_, index) => places[index] === id)
        assert.deepEqual([openTimeMs, closeTimeMs], [Math.min(...values), Math.max(...values)])
        return values.sort((a, b) => a - b)
      })
      assert.deepEqual(
        actual.sort((a, b) => (a[0] as number) - (b[0] as number)),
        runsOf(timestamps, gapMs),
      )
    }),
  )
})

function runsOf(timestamps: readonly number[], gapMs: number): number[][] {
  const runs: number[][] = []
  for (const timestamp of timestamps.toSorted((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last !== undefined && timestamp - (last.at(-1) as number) <= gapMs) last.push(timestamp)
    else runs.push([timestamp])
  }
  return runs
}

test('SessionWindower: a gap that is negative or no number is an error at construction', () => {
  for (const gapMs of [-1, Number.NaN, '5' as unknown as number]) {
    assert.throws(() => new SessionWindower({ gapMs }), withCode('INVALID_ARGUMENT', '`gapMs` of SessionWindower'))
  }
  assert.ok(new SessionWindower({ gapMs: Number.POSITIVE_INFINITY }))
})

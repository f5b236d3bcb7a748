/** Tests the algebra of watermarks against a model that looks at all streams anew each time, and silence, which decides who is left out. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Watermark } from '../../src/runtime/batch.ts'
import { Silence } from '../../src/runtime/nodes/silence.ts'
import { Watermarks } from '../../src/runtime/watermarks.ts'

const NONE = Number.NEGATIVE_INFINITY

interface Stream {
  watermarkMs: number
  state: 'active' | 'idle' | 'ended'
}

/** What the watermark of all must be, given what it was. */
function combined(streams: readonly Stream[], reachedMs: number): Omit<Watermark, 'kind'> {
  const active = streams.filter(({ state }) => state === 'active')
  const counted = active.length > 0 ? active : streams.filter(({ state }) => state === 'idle')
  const leastMs = counted.length > 0 ? Math.min(...counted.map(({ watermarkMs }) => watermarkMs)) : NONE
  return { watermarkMs: Math.max(reachedMs, leastMs), isIdle: active.length === 0 }
}

const change = fc.record({
  index: fc.nat(3),
  watermarkMs: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constant(NONE)),
  kind: fc.constantFrom('active', 'active', 'idle', 'ended', 'raise'),
})

test('Watermarks: the least of the streams that go on, and never back, under any changes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(change, { maxLength: 60 }), (count, changes) => {
      const watermarks = new Watermarks(count)
      const streams = Array.from({ length: count }, (): Stream => ({ watermarkMs: NONE, state: 'active' }))
      let expected: Omit<Watermark, 'kind'> = { watermarkMs: NONE, isIdle: false }
      for (const { index, watermarkMs, kind } of changes) {
        if (kind === 'raise') {
          watermarks.raise(watermarkMs)
          expected = { ...expected, watermarkMs: Math.max(expected.watermarkMs, watermarkMs) }
          assert.equal(watermarks.watermarkMs, expected.watermarkMs)
          continue
        }
        const stream = streams[index % count] as Stream
        if (stream.state === 'ended') continue
        Object.assign(stream, kind === 'ended' ? { state: kind } : { state: kind, watermarkMs })
        const before = expected
        expected = combined(streams, before.watermarkMs)
        const told =
          kind === 'ended'
            ? watermarks.end(index % count)
            : watermarks.set(index % count, { kind: 'watermark', watermarkMs, isIdle: kind === 'idle' })
        const isSame = before.watermarkMs === expected.watermarkMs && before.isIdle === expected.isIdle
        assert.deepEqual(told, isSame ? undefined : { kind: 'watermark', ...expected })
        assert.equal(watermarks.watermarkMs, expected.watermarkMs)
        assert.equal(watermarks.isIdle, expected.isIdle)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('Watermarks: `leastMs` goes back with a stream that comes back, `watermarkMs` does not', () => {
  const watermarks = new Watermarks(2)
  const set = (index: number, watermarkMs: number, isIdle = false): unknown => watermarks.set(index, { kind: 'watermark', watermarkMs, isIdle })
  set(0, 100)
  set(1, 10)
  assert.deepEqual(set(1, 10, true), { kind: 'watermark', watermarkMs: 100, isIdle: false })
  assert.deepEqual([set(1, 20), watermarks.leastMs, watermarks.watermarkMs, watermarks.isAhead], [undefined, 20, 100, true])
  assert.deepEqual([set(1, 100), watermarks.leastMs, watermarks.isAhead], [undefined, 100, false])
})

test('Watermarks: of nothing there is none, and nothing to wait for', () => {
  const watermarks = new Watermarks(0)
  assert.deepEqual(watermarks.refresh(), { kind: 'watermark', watermarkMs: NONE, isIdle: true })
})

test('Watermarks: the end of the last stream leaves the watermark where it was', () => {
  const watermarks = new Watermarks(1)
  watermarks.set(0, { kind: 'watermark', watermarkMs: 7, isIdle: false })
  assert.deepEqual(watermarks.end(0), { kind: 'watermark', watermarkMs: 7, isIdle: true })
})

test('Silence: begins when the partition is asked and gives nothing, and ends with items', () => {
  const silence = new Silence()
  assert.equal(silence.lastsAt(0), undefined, 'nobody asked')
  silence.asked(10)
  assert.equal(silence.lastsAt(100), 110, 'the call may take long')
  silence.gaveNothing(20, 1_000)
  assert.equal(silence.lastsAt(100), 110)
  silence.asked(1_000)
  silence.gaveItems()
  assert.equal(silence.lastsAt(0), undefined)
})

test('Silence: is not known beyond the time at which the partition wanted to be asked', () => {
  const silence = new Silence()
  silence.asked(0)
  silence.gaveNothing(0, 50)
  assert.deepEqual([silence.lastsAt(50), silence.lastsAt(51)], [50, undefined])
})

test('Silence: a call that begins late counts from then on, unless it gives nothing', () => {
  const silence = new Silence()
  silence.asked(0)
  silence.gaveNothing(0, 10)
  silence.asked(500)
  assert.equal(silence.lastsAt(100), 590, '10 ms before, 90 ms since')
  silence.gaveNothing(510, 511)
  assert.equal(silence.lastsAt(100), 100, 'what is said to be empty was empty')
})

test('Silence: follows a clock that goes back', () => {
  const silence = new Silence()
  silence.asked(1_000_000)
  silence.gaveNothing(1_000_000, 1_000_001)
  silence.asked(5)
  assert.equal(silence.lastsAt(100), 105)
})

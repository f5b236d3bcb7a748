/** Tests `debounce` and `throttle` against models that see all values of a key at once, in the order of time. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Build, byStream, bySystem, disturbance, type Event, JITTER_MS, jitteredPairs, modelOf, orderedPairs, sorted } from './timed-flows.ts'

const durationMs = fc.constantFrom(0, 1, 12, 40)

const debounced =
  (quietMs: number): Build<Event> =>
  (up, basis) =>
    up.debounce('debounce', quietMs, basis)

const debounceModel =
  (quietMs: number) =>
  (events: readonly Event[]): Event[] => {
    const inTime = sorted(events)
    return inTime.filter((event, index) => index === inTime.length - 1 || (inTime[index + 1] as Event).at >= event.at + quietMs)
  }

const throttled =
  (everyMs: number, emit: 'first' | 'last'): Build<Event> =>
  (up, basis) =>
    up.throttle('throttle', everyMs, { emit, ...basis })

const throttleModel =
  (everyMs: number, emit: 'first' | 'last') =>
  (events: readonly Event[]): Event[] => {
    const spans: Event[][] = []
    for (const event of sorted(events)) {
      const span = spans.at(-1)
      if (span !== undefined && event.at < (span[0] as Event).at + everyMs) span.push(event)
      else spans.push([event])
    }
    return spans.map((span) => span.at(emit === 'first' ? 0 : -1) as Event)
  }

test('debounce: gives what the model gives by the time of the stream, in whatever order values came', async () => {
  const property = fc.asyncProperty(jitteredPairs, disturbance, durationMs, async (pairs, how, quietMs) => {
    assert.deepEqual(await byStream(pairs, debounced(quietMs), how), modelOf(pairs, debounceModel(quietMs)))
  })
  await fc.assert(property, { numRuns: 60 })
})

test('debounce: gives what the model gives by the system clock', async () => {
  const property = fc.asyncProperty(orderedPairs, disturbance, durationMs, async (pairs, how, quietMs) => {
    assert.deepEqual(await bySystem(pairs, debounced(quietMs), how), modelOf(pairs, debounceModel(quietMs)))
  })
  await fc.assert(property, { numRuns: 40 })
})

const emits = fc.constantFrom('first' as const, 'last' as const)

test('throttle: gives what the model gives by the time of the stream, in whatever order values came', async () => {
  const property = fc.asyncProperty(jitteredPairs, disturbance, durationMs, emits, async (pairs, how, everyMs, emit) => {
    assert.deepEqual(await byStream(pairs, throttled(everyMs, emit), how), modelOf(pairs, throttleModel(everyMs, emit)))
  })
  await fc.assert(property, { numRuns: 80 })
})

test('throttle: gives what the model gives by the system clock', async () => {
  const property = fc.asyncProperty(orderedPairs, disturbance, durationMs, emits, async (pairs, how, everyMs, emit) => {
    assert.deepEqual(await bySystem(pairs, throttled(everyMs, emit), how), modelOf(pairs, throttleModel(everyMs, emit)))
  })
  await fc.assert(property, { numRuns: 60 })
})

/** Without the values that are late in a stream of one partition, one in a batch. */
function onTime(pairs: readonly (readonly [string, Event])[], outOfOrdernessMs: number): (readonly [string, Event])[] {
  let latestMs = Number.NEGATIVE_INFINITY
  return pairs.filter(([, { at }]) => {
    const isOnTime = at >= latestMs - outOfOrdernessMs
    latestMs = Math.max(latestMs, at)
    return isOnTime
  })
}

test('debounce, throttle: leave out late values, and nothing else', async () => {
  const property = fc.asyncProperty(jitteredPairs, fc.nat(JITTER_MS), async (pairs, outOfOrdernessMs) => {
    const how = { batchSize: 1, cuts: [] }
    const expected = onTime(pairs, outOfOrdernessMs)
    assert.deepEqual(await byStream(pairs, debounced(12), how, outOfOrdernessMs), modelOf(expected, debounceModel(12)))
    assert.deepEqual(await byStream(pairs, throttled(12, 'last'), how, outOfOrdernessMs), modelOf(expected, throttleModel(12, 'last')))
  })
  await fc.assert(property, { numRuns: 40 })
})

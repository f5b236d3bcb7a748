/** Tests `dedupe` and `distinct` against a model that forgets nothing, and what they remember. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DISCARD } from '../../src/index.ts'
import { copied, grouped, logicsOf, throughKeyed, withCode } from './flows.ts'
import { type Build, byStream, bySystem, disturbance, type Event, jitteredPairs, modelOf, orderedPairs } from './timed-flows.ts'

const deduped =
  (withinMs: number): Build<Event> =>
  (up, basis) =>
    up.dedupe('dedupe', { by: (event) => event.id, withinMs, ...basis })

/** In the order of arrival: passes unless it is less than the time away from the latest event with the id that passed. */
const model =
  (withinMs: number) =>
  (events: readonly Event[]): Event[] => {
    const passed: Event[] = []
    for (const event of events) {
      const last = passed.filter(({ id }) => id === event.id).reduce((latest, { at }) => Math.max(latest, at), Number.NEGATIVE_INFINITY)
      if (Math.abs(event.at - last) >= withinMs) passed.push(event)
    }
    return passed
  }

test('dedupe: gives what the model gives by the time of the stream, whatever the batches and wherever it is cut off', async () => {
  const property = fc.asyncProperty(jitteredPairs, disturbance, fc.constantFrom(0, 5, 20), async (pairs, how, withinMs) => {
    assert.deepEqual(await byStream(pairs, deduped(withinMs), how), modelOf(pairs, model(withinMs)))
  })
  await fc.assert(property, { numRuns: 60 })
})

test('dedupe: gives what the model gives by the system clock, wherever it is cut off', async () => {
  const property = fc.asyncProperty(orderedPairs, disturbance, fc.constantFrom(0, 5, 20), async (pairs, how, withinMs) => {
    assert.deepEqual(await bySystem(pairs, deduped(withinMs), how), modelOf(pairs, model(withinMs)))
  })
  await fc.assert(property, { numRuns: 40 })
})

test('dedupe: knows late duplicates as long as their first is remembered', async () => {
  const property = fc.asyncProperty(jitteredPairs, disturbance, async (pairs, how) => {
    assert.deepEqual(await byStream(pairs, deduped(1_000_000), how, 0), modelOf(pairs, model(1_000_000)))
  })
  await fc.assert(property, { numRuns: 30 })
})

test('distinct: lets the first of each kind of a key pass, wherever it is cut off', async () => {
  const build: Build<Event> = (up) => up.distinct('distinct', (event) => event.id)
  const property = fc.asyncProperty(orderedPairs, disturbance, async (pairs, how) => {
    assert.deepEqual(await byStream(pairs, build, how), modelOf(pairs, model(Number.POSITIVE_INFINITY)))
  })
  await fc.assert(property, { numRuns: 40 })
})

test('distinct: tells values of different types apart, and none by the sign of zero or by not being a number', async () => {
  const values = ['1', 1, 1n, true, 'true', null, 'null', undefined, 'undefined', 0, '', Number.NaN]
  const pairs = [...values, ...values, -0].map((value): [string, (typeof values)[number]] => ['k', value])
  assert.deepEqual(grouped(await throughKeyed(pairs, (up) => up.distinct('distinct'))).get('k'), values)
  assert.deepEqual(grouped(await throughKeyed(pairs, (up) => up.dedupe('dedupe'))).get('k'), values)
})

test('dedupe, distinct: refuse what cannot be compared', async () => {
  const objects: [string, object][] = [['k', {}]]
  // @ts-expect-error objects are not equal to each other
  const byThemselves = throughKeyed(objects, (up) => up.dedupe('a'))
  await assert.rejects(byThemselves, withCode('UNEXPECTED_ITEM', 'say with `by`', 'key "k"'))
  // @ts-expect-error dates are not either
  const byDate = throughKeyed(objects, (up) => up.distinct('a', () => new Date(0)))
  await assert.rejects(byDate, withCode('WRONG_RETURN', '`by`', 'distinct "flow.a"'))
})

test('dedupe: a failing function is named', async () => {
  const fail = (): never => {
    throw new Error('no id')
  }
  const run = throughKeyed([['k', 1]], (up) => up.dedupe('a', { by: fail }))
  await assert.rejects(run, withCode('USER_FUNCTION_FAILED', '`by` of dedupe "flow.a" for key "k"', 'no id'))
})

for (const basis of ['system', 'stream'] as const) {
  test(`dedupe: stores each id alone, forgets it after its time, and the key with the last one (${basis} time)`, () => {
    const clock = { nowMs: 0, watermarkMs: 0 }
    const timestamp = { timestamp: () => clock.nowMs }
    const logic = logicsOf<number>((up) => up.dedupe('a', { withinMs: 100, ...(basis === 'stream' && timestamp) }), clock)()
    const stored = new Set<string>()
    const pass = (): boolean => {
      const dueMs = basis === 'stream' ? logic.notifyAtWatermark?.() : logic.notifyAt?.()
      clock.watermarkMs = clock.nowMs
      const answer =
        dueMs !== undefined && dueMs <= clock.nowMs ? (basis === 'stream' ? logic.onWatermark?.(clock.nowMs) : logic.onNotify?.()) : undefined
      return copied(answer)[1]
    }
    for (clock.nowMs = 0; clock.nowMs < 5_000; clock.nowMs++) {
      assert.deepEqual(copied(logic.onItem?.(clock.nowMs)), [[clock.nowMs], false])
      assert.deepEqual(copied(logic.onItem?.(clock.nowMs)), [[], false])
      pass()
      const { changed, removed } = logic.subKeyChanges?.() ?? { changed: [], removed: [] }
      assert.equal([...changed].length, 1)
      for (const subKey of changed) stored.add(subKey)
      for (const subKey of removed) stored.delete(subKey)
      assert.ok(stored.size <= 107)
    }
    clock.nowMs += 107
    assert.equal(pass(), DISCARD)
  })
}

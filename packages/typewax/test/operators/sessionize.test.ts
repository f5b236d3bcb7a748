/** Tests `sessionize` against a model that keeps all sessions. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DISCARD } from '../../src/index.ts'
import type { Session } from '../../src/operators/index.ts'
import { copied, logicsOf } from './flows.ts'
import { type Build, byStream, bySystem, disturbance, type Event, jitteredPairs, modelOf, orderedPairs } from './timed-flows.ts'

const gapMs = fc.constantFrom(0, 5, 12)

const sessionized =
  (gapMs: number): Build<[Session, Event]> =>
  (up, basis) =>
    up.sessionize('sessions', gapMs, basis)

/** In the order of arrival: an event joins the first session that has an event near, or a span that it falls into. */
const model =
  (gapMs: number) =>
  (events: readonly Event[], key: string): [Session, Event][] => {
    const sessions: Event[][] = []
    return events.map((event) => {
      const isNear = (session: readonly Event[]): boolean => {
        const times = session.map(({ at }) => at)
        return event.at >= Math.min(...times) - gapMs && event.at <= Math.max(...times) + gapMs
      }
      const known = sessions.find(isNear)
      const session = known ?? []
      if (known === undefined) sessions.push(session)
      session.push(event)
      const startMs = (session[0] as Event).at
      return [{ id: `${key}@${startMs}`, startMs, index: session.length - 1 }, event]
    })
  }

test('sessionize: gives what the model gives by the time of the stream, whatever the batches and wherever it is cut off', async () => {
  const property = fc.asyncProperty(jitteredPairs, disturbance, gapMs, async (pairs, how, gapMs) => {
    assert.deepEqual(await byStream(pairs, sessionized(gapMs), how), modelOf(pairs, model(gapMs)))
  })
  await fc.assert(property, { numRuns: 80 })
})

test('sessionize: gives what the model gives by the system clock', async () => {
  const property = fc.asyncProperty(orderedPairs, disturbance, gapMs, async (pairs, how, gapMs) => {
    assert.deepEqual(await bySystem(pairs, sessionized(gapMs), how), modelOf(pairs, model(gapMs)))
  })
  await fc.assert(property, { numRuns: 40 })
})

test('sessionize: by the system clock, sessions are the runs of events with no greater gap', async () => {
  const property = fc.asyncProperty(orderedPairs, gapMs, async (pairs, gapMs) => {
    const naive = (events: readonly Event[], key: string): [Session, Event][] => {
      let [startMs, index] = [0, 0]
      return events.map((event, place) => {
        const before = events[place - 1]
        if (before === undefined || event.at - before.at > gapMs) [startMs, index] = [event.at, 0]
        return [{ id: `${key}@${startMs}`, startMs, index: index++ }, event]
      })
    }
    assert.deepEqual(await bySystem(pairs, sessionized(gapMs), { cuts: [] }), modelOf(pairs, naive))
  })
  await fc.assert(property, { numRuns: 30 })
})

test('sessionize: ids are unique, late values included', async () => {
  const property = fc.asyncProperty(jitteredPairs, disturbance, async (pairs, how) => {
    for (const tagged of (await byStream(pairs, sessionized(3), how, 0)).values()) {
      const places = tagged.map(([{ id, index }]) => `${id} ${index}`)
      assert.equal(new Set(places).size, places.length)
    }
  })
  await fc.assert(property, { numRuns: 30 })
})

test('sessionize: a key is forgotten a gap after the last value of its session', () => {
  const clock = { nowMs: 0, watermarkMs: 0 }
  const logic = logicsOf<number>((up) => up.sessionize('a', 10, { timestamp: (at) => at }), clock)()
  for (const at of [100, 105, 150, 95]) logic.onItem?.(at)
  assert.equal(logic.notifyAtWatermark?.(), 116)
  assert.deepEqual(copied(logic.onWatermark?.(116)), [[], false])
  assert.equal((logic.snapshot() as unknown[]).length, 1)
  assert.equal(logic.notifyAtWatermark?.(), 161)
  assert.deepEqual(copied(logic.onWatermark?.(161)), [[], DISCARD])
})

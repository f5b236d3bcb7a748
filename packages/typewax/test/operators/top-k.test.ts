/** Tests `topK` against a model that sorts everything. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { copied, logicsOf, throughKeyed, withCode } from './flows.ts'
import { type Build, byStream, disturbance, type Event, modelOf, orderedPairs } from './timed-flows.ts'

/** Few ranks, many ties. */
const rankOf = (event: Event): number => (event.at * 7) % 5

/** The lists of each moment that differ from those of the moment before. `Array.sort` is stable. */
function model(k: number, elementsAt: (events: readonly Event[]) => Event[]): (events: Event[]) => Event[][] {
  return (events) => {
    const lists: Event[][] = []
    for (let count = 1; count <= events.length; count++) {
      const list = elementsAt(events.slice(0, count))
        .sort((one, other) => rankOf(other) - rankOf(one))
        .slice(0, k)
      const before = lists.at(-1) ?? []
      if (list.length !== before.length || list.some((event, place) => event !== before[place])) lists.push(list)
    }
    return lists
  }
}

/** The newest version of each id, in the order in which they came to their ranks. */
function versions(events: readonly Event[]): Event[] {
  const newest = new Map<number, Event>()
  for (const event of events) {
    const old = newest.get(event.id)
    if (old !== undefined && rankOf(old) !== rankOf(event)) newest.delete(event.id)
    newest.set(event.id, event)
  }
  return [...newest.values()]
}

test('topK: gives the list of the model whenever it changes, wherever it is cut off', async () => {
  const property = fc.asyncProperty(orderedPairs, disturbance, fc.integer({ min: 1, max: 5 }), async (pairs, how, k) => {
    const build: Build<Event[]> = (up) => up.topK('top', k, rankOf)
    assert.deepEqual(
      await byStream(pairs, build, how),
      modelOf(
        pairs,
        model(k, (events) => [...events]),
      ),
    )
  })
  await fc.assert(property, { numRuns: 60 })
})

test('topK: with ids a version replaces the one before, and what was pushed out comes back', async () => {
  const property = fc.asyncProperty(orderedPairs, disturbance, fc.integer({ min: 1, max: 5 }), async (pairs, how, k) => {
    const build: Build<Event[]> = (up) => up.topK('top', k, rankOf, { id: (event) => `${event.id}` })
    assert.deepEqual(await byStream(pairs, build, how), modelOf(pairs, model(k, versions)))
  })
  await fc.assert(property, { numRuns: 80 })
})

test('topK: emits lists of their own', async () => {
  const pairs = [3, 5, 4].map((value): [string, number] => ['k', value])
  const lists = await throughKeyed(pairs, (up) => up.topK('top', 2, (value) => value))
  assert.deepEqual(lists, [
    ['k', [3]],
    ['k', [5, 3]],
    ['k', [5, 4]],
  ])
})

test('topK: keeps k values, and stores of many elements only what changed', () => {
  const top = logicsOf<number>((up) => up.topK('a', 3, (value) => value % 1_000))()
  for (let value = 0; value < 5_000; value++) top.onItem?.(value)
  assert.deepEqual(top.snapshot(), [999, 1_999, 2_999])
  const byId = logicsOf<number>((up) => up.topK('a', 3, (value) => value, { id: (value) => `${value % 1_000}` }))()
  for (let value = 0; value < 5_000; value++) byId.onItem?.(value)
  assert.equal([...(byId.subKeyChanges?.().changed ?? [])].length, 1_000)
  assert.deepEqual(copied(byId.onItem?.(5_001)), [[[5_001, 4_999, 4_998]], false])
  assert.deepEqual([...(byId.subKeyChanges?.().changed ?? [])], ['1'])
  assert.deepEqual(byId.snapshotSubKey?.('1'), { value: 5_001, arrival: 5_000 })
})

test('topK: refuses ranks that have no order, and ids that are no text', async () => {
  const nan = throughKeyed([['k', 1]], (up) => up.topK('a', 1, () => Number.NaN))
  await assert.rejects(nan, withCode('WRONG_RETURN', '`by`', 'NaN', 'topK "flow.a"'))
  // @ts-expect-error ids are texts
  const number = throughKeyed([['k', 1]], (up) => up.topK('a', 1, (value) => value, { id: (value) => value }))
  await assert.rejects(number, withCode('WRONG_RETURN', '`id`', 'got 1'))
})

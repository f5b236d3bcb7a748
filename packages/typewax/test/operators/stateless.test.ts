/** Tests the operators without state against array methods, with random items and batch sizes. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Stream } from '../../src/index.ts'
import { through, withCode } from './flows.ts'

/** Runs a flow on random integers in random batches and compares with a model on the whole array. */
async function checkModel<Y>(build: (up: Stream<number>) => Stream<Y>, model: (items: number[]) => Y[]): Promise<void> {
  const property = fc.asyncProperty(
    fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 40 }),
    fc.integer({ min: 1, max: 7 }),
    async (items, batchSize) => {
      assert.deepEqual(await through(items, build, { batchSize }), model(items))
    },
  )
  await fc.assert(property, { numRuns: 30 })
}

const isEven = (n: number): boolean => n % 2 === 0
const times = (n: number): number[] => Array.from({ length: Math.max(n, 0) }, () => n)

test('map: replaces each item', () =>
  checkModel(
    (up) => up.map('a', (n) => n * 2),
    (items) => items.map((n) => n * 2),
  ))

test('filter: keeps the items for which the predicate is true', () =>
  checkModel(
    (up) => up.filter('a', isEven),
    (items) => items.filter(isEven),
  ))

test('filterMap: drops undefined and lets null pass', () => {
  const mapper = (n: number): number | null | undefined => (n < 0 ? undefined : n === 0 ? null : n)
  return checkModel(
    (up) => up.filterMap('a', mapper),
    (items) => items.map(mapper).filter((n) => n !== undefined),
  )
})

test('flatMap: emits the elements of each result in order', () =>
  checkModel(
    (up) => up.flatMap('a', times),
    (items) => items.flatMap(times),
  ))

test('flatMap: takes any iterable', () =>
  checkModel(
    (up) =>
      up.flatMap('a', function* (n) {
        yield n
        yield* new Set([n, -n])
      }),
    (items) => items.flatMap((n) => [n, ...new Set([n, -n])]),
  ))

test('flatMapBatch: sees every item once, in order, and never an empty batch', () =>
  checkModel(
    (up) =>
      up.flatMapBatch('a', (batch) => {
        assert.notEqual(batch.length, 0)
        return batch.map((n) => n + 1)
      }),
    (items) => items.map((n) => n + 1),
  ))

test('flatten: takes iterables apart', () =>
  checkModel(
    (up) => up.map('a', times).flatten('b'),
    (items) => items.flatMap(times),
  ))

test('flatten: takes text apart into characters', async () => {
  assert.deepEqual(await through(['ab', '', 'c'], (up) => up.flatten('a')), ['a', 'b', 'c'])
})

test('branch: sends each item to one side and keeps the order there', async () => {
  await checkModel(
    (up) => up.branch('a', isEven).trues,
    (items) => items.filter(isEven),
  )
  await checkModel(
    (up) => up.branch('a', isEven).falses,
    (items) => items.filter((n) => !isEven(n)),
  )
})

test('merge: emits its streams in the order of its arguments within a sweep', async () => {
  const tens = (up: Stream<number>): Stream<number> => up.map('tens', (n) => n * 10)
  assert.deepEqual(await through([1, 2], (up) => up.merge('a', tens(up))), [1, 10, 2, 20])
  assert.deepEqual(await through([1, 2], (up) => tens(up).merge('a', up)), [10, 1, 20, 2])
})

test('merge: loses and doubles nothing', async () => {
  const sorted = (items: number[]): number[] => items.toSorted((a, b) => a - b)
  const property = fc.asyncProperty(fc.array(fc.integer()), fc.integer({ min: 1, max: 5 }), async (items, batchSize) => {
    const merged = await through(items, (up) => up.merge('a', up, up.filter('even', isEven)), { batchSize })
    assert.deepEqual(sorted(merged), sorted([...items, ...items, ...items.filter(isEven)]))
  })
  await fc.assert(property, { numRuns: 30 })
})

test('redistribute: keeps order on one worker', () =>
  checkModel(
    (up) => up.redistribute('a'),
    (items) => items,
  ))

test('enrichCached: fetches each key once while it is young, and reads the clock once a batch', async () => {
  const fetched: string[] = []
  const times = [0, 10, 11, 22]
  const build = (up: Stream<string>): Stream<string> =>
    up.enrichCached(
      'a',
      (key: string) => {
        fetched.push(key)
        return key.toUpperCase()
      },
      (cache, item) => cache.get(item) + cache.get(item),
      { ttlMs: 10, now: () => times.shift() as number },
    )
  assert.deepEqual(await through(['a', 'a', 'a', 'b'], build), ['AA', 'AA', 'AA', 'BB'])
  assert.deepEqual(fetched, ['a', 'a', 'b'])
  assert.deepEqual(times, [])
})

const wrong = <R>(value: unknown): R => value as R

test('filter, branch: a result that is no boolean ends the run with WRONG_RETURN', async () => {
  await assert.rejects(
    through([1], (up) => up.filter('f', () => wrong(1))),
    withCode('WRONG_RETURN', 'filter "flow.f"', 'boolean', 'got 1'),
  )
  await assert.rejects(
    through([1], (up) => up.branch('b', () => wrong('x')).trues),
    withCode('WRONG_RETURN', 'branch "flow.b"', 'boolean'),
  )
})

test('flatMap, flatMapBatch: a result that is not iterable ends the run with WRONG_RETURN', async () => {
  await assert.rejects(
    through([1], (up) => up.flatMap('f', (n) => wrong(n))),
    withCode('WRONG_RETURN', 'flatMap "flow.f"', 'iterable'),
  )
  await assert.rejects(
    through([1], (up) => up.flatMapBatch('f', () => wrong(7))),
    withCode('WRONG_RETURN', 'flatMapBatch "flow.f"', 'iterable'),
  )
})

test('flatten: an item that is not iterable ends the run with UNEXPECTED_ITEM', async () => {
  await assert.rejects(
    through<Iterable<number>, number>([wrong(5)], (up) => up.flatten('f')),
    withCode('UNEXPECTED_ITEM', 'flatten "flow.f"', 'got 5'),
  )
})

test('map: what the mapper throws is the cause of USER_FUNCTION_FAILED', async () => {
  const boom = new RangeError('boom')
  const failing = through([1], (up) =>
    up.map('m', () => {
      throw boom
    }),
  )
  await assert.rejects(failing, (error: Error) => withCode('USER_FUNCTION_FAILED', 'map "flow.m"', 'boom')(error as never) && error.cause === boom)
})

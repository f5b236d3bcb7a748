/** Tests the operators that emit at the end of input. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { KeyedStream } from '../../src/index.ts'
import { copied, grouped, logicsOf, through, throughKeyed } from './flows.ts'

const pairs = fc.array(fc.tuple(fc.constantFrom('b', 'a', 'ab', 'z'), fc.integer({ min: -5, max: 5 })), { maxLength: 40 })

/** Checks a final operator against a function of the values of a key. Results come in ascending order of the keys. */
async function checkModel<W>(build: (up: KeyedStream<number>) => KeyedStream<W>, model: (values: [number, ...number[]]) => W): Promise<void> {
  const property = fc.asyncProperty(pairs, fc.integer({ min: 1, max: 7 }), async (items, batchSize) => {
    const groups = grouped(items)
    const expected = [...groups.keys()].sort().map((key) => [key, model(groups.get(key) as [number])] as [string, W])
    assert.deepEqual(await throughKeyed<number, [string, W]>(items, build, { batchSize }), expected)
  })
  await fc.assert(property, { numRuns: 30 })
}

test('foldFinal: folds the values of each key in order of arrival', () =>
  checkModel(
    (up) =>
      up.foldFinal(
        'a',
        () => [] as number[],
        (list, n) => [...list, n],
      ),
    (values) => values,
  ))

test('foldFinal: null is an accumulator like any other', () =>
  checkModel(
    (up) =>
      up.foldFinal(
        'a',
        () => 0 as number | null,
        (sum, n) => (sum === null || n === 0 ? null : sum + n),
      ),
    (values) => (values.includes(0) ? null : values.reduce((sum, n) => sum + n, 0)),
  ))

test('reduceFinal: combines the values of each key in order of arrival', () =>
  checkModel(
    (up) => up.reduceFinal('a', (left, right) => left * 2 - right),
    (values) => values.reduce((left, right) => left * 2 - right),
  ))

test('maxFinal, minFinal: give the greatest and the least value', async () => {
  await checkModel(
    (up) => up.maxFinal('a'),
    (values) => Math.max(...values),
  )
  await checkModel(
    (up) => up.minFinal('a'),
    (values) => Math.min(...values),
  )
})

test('maxFinal, minFinal: keep the earliest of equals', async () => {
  const items = ['b1', 'a1', 'c2', 'b2', 'd0', 'e0'].map((text) => ['k', text] as const)
  const by = (text: string): string => text.slice(1)
  assert.deepEqual(await throughKeyed<string, unknown>(items, (up) => up.maxFinal('a', by)), [['k', 'c2']])
  assert.deepEqual(await throughKeyed<string, unknown>(items, (up) => up.minFinal('a', by)), [['k', 'd0']])
})

test('countFinal: counts by key, not by item', async () => {
  const out = await through([...'aabcba'], (up) => up.countFinal('a', (letter) => letter), { batchSize: 4 })
  assert.deepEqual(out, [
    ['a', 3],
    ['b', 2],
    ['c', 1],
  ])
})

test('final operators: emit nothing without input', async () => {
  assert.deepEqual(await through([] as string[], (up) => up.countFinal('a', (letter) => letter)), [])
})

test('foldFinal: continues from a snapshot', () => {
  const build = logicsOf<number>((up) =>
    up.foldFinal(
      'a',
      () => 100,
      (sum, n) => sum + n,
    ),
  )
  const logic = build()
  assert.deepEqual(copied(logic.onItem?.(1)), [[], false])
  assert.deepEqual(copied(build(logic.snapshot()).onEof?.()), [[101], true])
})

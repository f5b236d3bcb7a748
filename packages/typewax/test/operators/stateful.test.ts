/** Tests the operators whose logic is the user's: `stateful`, `statefulBatch`, `statefulMap`, `statefulFlatMap`. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DISCARD, type KeyedStream } from '../../src/index.ts'
import { copied, grouped, logicsOf, throughKeyed, withCode } from './flows.ts'

const pairs = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 9 })), { maxLength: 40 })

/** Running sums that start anew once they are above 10, the naive way. */
function sums(items: readonly (readonly [string, number])[]): [string, number][] {
  const state = new Map<string, number>()
  return items.map(([key, n]) => {
    const sum = (state.get(key) ?? 0) + n
    if (sum > 10) state.delete(key)
    else state.set(key, sum)
    return [key, sum]
  })
}

const forms: Record<string, (up: KeyedStream<number>) => KeyedStream<number>> = {
  statefulMap: (up) => up.statefulMap('s', (sum: number | undefined, n) => [(sum ?? 0) + n > 10 ? undefined : (sum ?? 0) + n, (sum ?? 0) + n]),
  'statefulMap with initial': (up) =>
    up.statefulMap(
      's',
      () => 0,
      (sum, n) => [sum + n > 10 ? undefined : sum + n, sum + n],
    ),
  statefulFlatMap: (up) =>
    up.statefulFlatMap('s', (before: number | undefined, n) => {
      const sum = (before ?? 0) + n
      return [sum > 10 ? undefined : sum, new Set([sum])]
    }),
  'statefulFlatMap with initial': (up) =>
    up.statefulFlatMap(
      's',
      () => 0,
      (sum, n) => [sum + n > 10 ? undefined : sum + n, [sum + n]],
    ),
  stateful: (up) =>
    up.stateful('s', (resumeState: number | undefined) => {
      let sum = resumeState ?? 0
      return {
        onItem: (n) => {
          sum += n
          return [[sum], sum > 10]
        },
        snapshot: () => sum,
      }
    }),
}

for (const [name, build] of Object.entries(forms)) {
  test(`${name}: keeps a state per key, in order of arrival, and starts anew after a discard`, async () => {
    const property = fc.asyncProperty(pairs, fc.integer({ min: 1, max: 9 }), async (items, batchSize) => {
      assert.deepEqual(await throughKeyed(items, build, { batchSize }), sums(items))
    })
    await fc.assert(property, { numRuns: 30 })
  })

  test(`${name}: continues from a snapshot`, () => {
    const build1 = logicsOf(build)
    const logic = build1()
    assert.deepEqual(copied(logic.onItem?.(4)), [[4], false])
    const resumed = build1(logic.snapshot())
    assert.deepEqual(copied(resumed.onItem?.(5)), [[9], false])
    assert.deepEqual(copied(resumed.onItem?.(5)), [[14], true])
  })
}

test('statefulMap: null is a state', () => {
  const build = logicsOf<number>((up) => up.statefulMap('s', (state: number | null | undefined, n) => [null, `${state} ${n}`]))
  const logic = build()
  assert.deepEqual(copied(logic.onItem?.(1)), [['undefined 1'], false])
  assert.deepEqual(copied(logic.onItem?.(2)), [['null 2'], false])
  assert.equal(logic.snapshot(), null)
})

test('statefulMap: hands the key to the mapper, and undefined is a result', () => {
  const build = logicsOf<number>((up) => up.statefulMap('s', (_: number | undefined, n, key) => [n, key === 'k' ? undefined : key]))
  assert.deepEqual(copied(build(undefined, 'k').onItem?.(1)), [[undefined], false])
  assert.deepEqual(copied(build(undefined, 'l').onItem?.(1)), [['l'], false])
})

test('statefulMap: anything but a pair ends the run with WRONG_RETURN', async () => {
  for (const wrong of [undefined, 7, [1], [1, 2, 3], 'ab']) {
    const failing = throughKeyed([['k', 1]], (up) => up.statefulMap('s', (_: number | undefined) => wrong as unknown as [number, number]))
    await assert.rejects(
      failing,
      (error: { key?: string }) => error.key === 'k' && withCode('WRONG_RETURN', 'statefulMap "flow.s"', '[state, result]')(error as never),
    )
  }
})

test('statefulFlatMap: results that are not iterable end the run with WRONG_RETURN', async () => {
  const failing = throughKeyed([['k', 1]], (up) => up.statefulFlatMap('s', (_: number | undefined, n) => [n, n as unknown as number[]]))
  await assert.rejects(failing, withCode('WRONG_RETURN', 'flow.s'))
})

test('stateful: calls onEof of the keys that are left, in the order of their UTF-8 bytes', async () => {
  const items = ['b', '\u{1F600}', '\uFF5E', 'a'].map((key) => [key, 1] as [string, number])
  const out = await throughKeyed(
    [...items, ['b', 0]],
    (up) =>
      up.stateful('s', (count: number | undefined) => ({
        onItem: (n) => [[], n === 0 ? DISCARD : false],
        onEof: () => [['eof'], DISCARD],
        snapshot: () => count ?? 0,
      })),
    { batchSize: 10 },
  )
  assert.deepEqual(
    out.map(([key]) => key),
    ['a', '\uFF5E', '\u{1F600}'],
  )
})

test('statefulBatch: gives each key its values of a batch, keys in the order of their first value', async () => {
  const property = fc.asyncProperty(pairs, fc.integer({ min: 1, max: 9 }), async (items, batchSize) => {
    const out = await throughKeyed(
      items,
      (up) => up.statefulBatch('s', (seen: number | undefined) => ({ onBatch: (values) => [[values.join()]], snapshot: () => seen ?? 0 })),
      { batchSize },
    )
    const expected: [string, string][] = []
    for (let start = 0; start < items.length; start += batchSize) {
      for (const [key, group] of grouped(items.slice(start, start + batchSize))) expected.push([key, group.join()])
    }
    assert.deepEqual(out, expected)
  })
  await fc.assert(property, { numRuns: 30 })
})

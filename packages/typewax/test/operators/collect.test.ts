/** Tests `collect`: the logic with a clock of the test's, the flow at its end of input. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { copied, logicsOf, throughKeyed } from './flows.ts'

test('collect: emits full lists, and what is left at the end of input', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.integer()),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 7 }),
    async (values, maxSize, batchSize) => {
      const items = values.map((value) => ['k', value] as const)
      const lists = await throughKeyed<number, [string, number[]]>(items, (up) => up.collect('c', { maxSize, timeoutMs: 60_000 }), { batchSize })
      assert.deepEqual(
        lists.flatMap(([, list]) => list),
        values,
      )
      assert.ok(lists.slice(0, -1).every(([, list]) => list.length === maxSize))
    },
  )
  await fc.assert(property, { numRuns: 30 })
})

test('collect: a list is due when its first value is timeoutMs old, however many follow', () => {
  const clock = { nowMs: 1_000 }
  const logic = logicsOf<string>((up) => up.collect('c', { maxSize: 9, timeoutMs: 50 }), clock)()
  assert.deepEqual(copied(logic.onItem?.('a')), [[], false])
  assert.equal(logic.notifyAt?.(), 1_050)
  clock.nowMs = 1_040
  logic.onItem?.('b')
  assert.equal(logic.notifyAt?.(), 1_050)
  assert.deepEqual(copied(logic.onNotify?.()), [[['a', 'b']], true])
})

test('collect: a resumed list keeps its time', () => {
  const clock = { nowMs: 1_000 }
  const build = logicsOf<string>((up) => up.collect('c', { maxSize: 9, timeoutMs: 50 }), clock)
  const logic = build()
  logic.onItem?.('a')
  clock.nowMs = 99_000
  const resumed = build(structuredClone(logic.snapshot()))
  assert.equal(resumed.notifyAt?.(), 1_050)
  assert.deepEqual(copied(resumed.onEof?.()), [[['a']], true])
})

test('collect: without a limit in time a list waits for its size', () => {
  const logic = logicsOf<string>((up) => up.collect('c', { maxSize: 2, timeoutMs: Number.POSITIVE_INFINITY }))()
  logic.onItem?.('a')
  assert.equal(logic.notifyAt?.(), undefined)
  assert.deepEqual(copied(logic.onItem?.('b')), [[['a', 'b']], true])
})

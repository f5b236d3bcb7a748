/** Tests the queue of values that wait for the watermark: its order, and that its parts hold what waits. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type StoredBlock, type Timed, ValueQueue } from '../../src/windowing/value-queue.ts'

type Store = Map<number, StoredBlock<number>>

/** Stores what changed, as a runtime does. */
function store(queue: ValueQueue<number>, into: Store): { changed: number; removed: number } {
  const { changed, removed } = queue.takeChanges('')
  for (const subKey of removed) into.delete(Number(subKey))
  for (const subKey of changed) into.set(Number(subKey), structuredClone(queue.snapshotBlock(Number(subKey))))
  return { changed: [...changed].length, removed: [...removed].length }
}

test('ValueQueue: gives values by time, equal times by arrival, also after it was stored and restored', () => {
  const operation = fc.oneof(
    { weight: 4, arbitrary: fc.record({ push: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 40 }) }) },
    { weight: 3, arbitrary: fc.record({ take: fc.integer({ min: 0, max: 40 }) }) },
    { weight: 1, arbitrary: fc.constant('store' as const) },
    { weight: 1, arbitrary: fc.constant('restore' as const) },
  )
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
      const stored: Store = new Map()
      let queue = new ValueQueue<number>()
      let model: Timed<number>[] = []
      let next = 0
      for (const each of operations) {
        if (each === 'store') store(queue, stored)
        else if (each === 'restore') {
          store(queue, stored)
          queue = new ValueQueue()
          queue.restore(stored)
        } else if ('push' in each) {
          for (const timestampMs of each.push) {
            queue.push(timestampMs, next)
            model.push({ timestampMs, value: next++ })
          }
        } else {
          const due = model.filter(({ timestampMs }) => timestampMs <= each.take)
          model = model.filter(({ timestampMs }) => timestampMs > each.take)
          const taken = queue.takeUntil(each.take).map(({ timestampMs, value }) => ({ timestampMs, value }))
          assert.deepEqual(
            taken,
            due.sort((a, b) => a.timestampMs - b.timestampMs || a.value - b.value),
          )
        }
        assert.equal(queue.size, model.length)
        assert.equal(queue.earliestMs, model.length === 0 ? undefined : Math.min(...model.map(({ timestampMs }) => timestampMs)))
      }
    }),
  )
})

test('ValueQueue: a value that comes to a long queue is stored with few others', () => {
  const queue = new ValueQueue<number>()
  for (let value = 0; value < 10_000; value++) queue.push(value, value)
  store(queue, new Map())
  queue.push(0.5, -1)
  const { changed, removed } = store(queue, new Map())
  assert.deepEqual([changed, removed], [1, 0])
})

test('ValueQueue: what came and went since it was last stored is not stored', () => {
  const queue = new ValueQueue<number>()
  for (let value = 0; value < 100; value++) queue.push(value, value)
  queue.takeUntil(Number.POSITIVE_INFINITY)
  const stored: Store = new Map()
  store(queue, stored)
  assert.equal(stored.size, 0)
})

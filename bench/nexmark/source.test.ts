/** Tests that the source keeps its contract and deals the events to its readers. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixedPartitionedSourceConformance } from 'typewax/testing'
import type { Event } from './events.ts'
import { EventGenerator } from './generator.ts'
import { NexmarkSource } from './source.ts'

const EVENT_COUNT = 127

function dealt(readerCount: number): Map<string, Event[]> {
  const generator = new EventGenerator(10_000)
  const readers = new Map<string, Event[]>()
  for (let reader = 0; reader < readerCount; reader++) {
    const numbers = Array.from({ length: Math.ceil((EVENT_COUNT - reader) / readerCount) }, (_, index) => reader + index * readerCount)
    readers.set(
      `reader-${reader}`,
      numbers.map((number) => generator.make(number)),
    )
  }
  return readers
}

for (const readerCount of [1, 3]) {
  const options = { eventCount: EVENT_COUNT, readerCount, batchSize: 10 }
  const make = () => ({ source: new NexmarkSource(options), expected: dealt(readerCount) })
  for (const { name, run } of fixedPartitionedSourceConformance({ make })) test(`source of ${readerCount} readers: ${name}`, run)
}

test('source: deals every event to exactly one reader', () => {
  const all = [...dealt(3).values()].flat()
  assert.equal(all.length, EVENT_COUNT)
  assert.deepEqual(
    new Set(all.map((event) => JSON.stringify(event))),
    new Set([...(dealt(1).get('reader-0') ?? [])].map((event) => JSON.stringify(event))),
  )
})

/** Tests that the generator makes the records of the Java generator, wherever it begins. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checksumBlocks, fullLine, HASH_START, hash, hex, recordRanges, shortLine } from './fixtures.ts'
import { EventGenerator } from './generator.ts'

for (const { firstEvent, eventsPerSecond, lines } of recordRanges())
  test(`generator: makes the records of the fixture from event ${firstEvent} on, at ${eventsPerSecond} events a second`, () => {
    const generator = new EventGenerator(eventsPerSecond)
    assert.deepEqual(
      lines.map((_line, index) => shortLine(generator.make(firstEvent + index))),
      lines,
    )
  })

test('generator: blocks of events have the checksums of the fixture', () => {
  for (const { firstEvent, eventsPerSecond, eventCount, checksum } of checksumBlocks()) {
    const generator = new EventGenerator(eventsPerSecond)
    let value = HASH_START
    for (let number = firstEvent; number < firstEvent + eventCount; number++) value = hash(value, `${fullLine(generator.make(number))}\n`)
    assert.equal(hex(value), checksum, `events from ${firstEvent} on at ${eventsPerSecond} events a second`)
  }
})

test('generator: makes the same event again after others', () => {
  const generator = new EventGenerator(10_000)
  const first = generator.make(12_345)
  generator.make(99)
  assert.deepEqual(generator.make(12_345), first)
})

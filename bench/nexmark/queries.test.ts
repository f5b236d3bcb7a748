/** Tests that the flows of the queries give the results of their naive counterparts: of any number of readers, and when the run crashes and is resumed. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, run, type Stream } from 'typewax'
import { MemoryRecoveryStore } from 'typewax/recovery'
import type { Event } from './events.ts'
import { EventGenerator } from './generator.ts'
import { NAIVE, type QueryName } from './naive/index.ts'
import { QUERIES } from './queries/index.ts'
import type { Query } from './queries/query.ts'
import { resultLines } from './result-lines.ts'
import { RowsSink } from './rows-sink.ts'
import { NexmarkSource } from './source.ts'

const EVENT_COUNT = 100_000
const CRASH_AT = 50_123

// From 10 s of event time with long queues of bids in each millisecond to 28 hours, so that there are many windows, several days and all kinds of hours.
for (const setting of [
  { eventsPerSecond: 10_000, readerCount: 1 },
  { eventsPerSecond: 1_000, readerCount: 3, batchSize: 100 },
  { eventsPerSecond: 100, readerCount: 1, batchSize: 7 },
  { eventsPerSecond: 1, readerCount: 3 },
]) {
  const { eventsPerSecond, readerCount, batchSize = 1_024 } = setting
  const generator = new EventGenerator(eventsPerSecond)
  const events = Array.from({ length: EVENT_COUNT }, (_, number) => generator.make(number))
  const about = `${readerCount} readers, batches of ${batchSize}, ${eventsPerSecond} events a second`

  for (const query of QUERIES)
    test(`${query.name}: has the result of the naive query (${about})`, async () => {
      const sink = new RowsSink<unknown>()
      await run(flowOf(query, new NexmarkSource({ eventCount: EVENT_COUNT, ...setting }), sink))
      assertResult(query, sink.rows, events)
    })
}

// One poll an epoch: the crash is amid many epochs, and windows, auctions and watermarks are taken up from what was stored.
for (const setting of [
  { eventsPerSecond: 10_000, readerCount: 1 },
  { eventsPerSecond: 1_000, readerCount: 3 },
]) {
  const generator = new EventGenerator(setting.eventsPerSecond)
  const events = Array.from({ length: EVENT_COUNT }, (_, number) => generator.make(number))
  for (const query of QUERIES)
    test(`${query.name}: has the same result after a crash (${setting.readerCount} readers, ${setting.eventsPerSecond} events a second)`, async () => {
      const sink = new RowsSink<unknown>()
      const source = new NexmarkSource({ eventCount: EVENT_COUNT, ...setting })
      const options = { recovery: new MemoryRecoveryStore(), epochIntervalMs: 0 }
      await assert.rejects(run(flowOf(query, source, sink, CRASH_AT), options), /the flow crashes here/)
      const report = await run(flowOf(query, source, sink), options)
      assert.ok(report.resumedAfterEpoch > 0)
      assertResult(query, sink.rows, events)
    })
}

/** A flow that fails at its event number `crashAt`. */
function flowOf(query: Query<unknown>, source: NexmarkSource, sink: RowsSink<unknown>, crashAt: number = Number.POSITIVE_INFINITY): Dataflow {
  const flow = new Dataflow(query.name)
  let number = 0
  const events = flow.input('events', source).map('crash', (event) => {
    if (number++ === crashAt) throw new Error('the flow crashes here')
    return event
  })
  const rows: Stream<unknown> = query.build(events)
  rows.keyOn('sole-partition', () => '').output('rows', sink)
  return flow
}

function assertResult(query: Query<unknown>, rows: readonly unknown[], events: readonly Event[]): void {
  const expected = NAIVE[query.name as QueryName](events)
  assert.ok(expected.length > 0)
  assertEqualLines(resultLines(query, rows), expected)
}

/** Shows the first line that differs: a comparison of two long lists that differ takes minutes to print. */
function assertEqualLines(actual: readonly string[], expected: readonly string[]): void {
  const index = expected.findIndex((line, place) => line !== actual[place])
  assert.equal(actual[index], expected[index])
  assert.equal(actual.length, expected.length)
}

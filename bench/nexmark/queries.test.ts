/** Tests that the flows of the queries give the results of their naive counterparts. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, run } from 'typewax'
import { TestingSink } from 'typewax/testing'
import type { Event } from './events.ts'
import { EventGenerator } from './generator.ts'
import { NAIVE, type QueryName } from './naive/index.ts'
import { QUERIES } from './queries/index.ts'
import type { Query } from './queries/query.ts'
import { NexmarkSource } from './source.ts'

const EVENT_COUNT = 100_000

// 10 s of event time with long queues of bids in each millisecond; and 28 hours, so that there are several days and all kinds of hours, out of order.
for (const setting of [
  { eventsPerSecond: 10_000, readerCount: 1 },
  { eventsPerSecond: 1, readerCount: 3 },
]) {
  const { eventsPerSecond, readerCount } = setting
  const events = eventsOf(eventsPerSecond)
  for (const query of QUERIES)
    test(`${query.name}: has the result of the naive query with ${readerCount} readers at ${eventsPerSecond} events a second`, async () => {
      const rows: unknown[] = []
      const flow = new Dataflow(query.name)
      const source = new NexmarkSource({ eventCount: EVENT_COUNT, ...setting })
      query.build(flow.input('events', source)).output('rows', new TestingSink(rows))
      await run(flow)
      const expected = NAIVE[query.name as QueryName](events)
      assert.ok(expected.length > 0)
      assertEqualLines(finalRows(query, rows).map(lineOf).sort(), expected)
    })
}

function eventsOf(eventsPerSecond: number): Event[] {
  const generator = new EventGenerator(eventsPerSecond)
  return Array.from({ length: EVENT_COUNT }, (_, number) => generator.make(number))
}

/** All rows, or the last one of each key if the query updates its rows. */
function finalRows(query: Query<unknown>, rows: readonly unknown[]): unknown[] {
  if (query.keyOf === undefined) return [...rows]
  return [...new Map(rows.map((row) => [query.keyOf?.(row), row])).values()]
}

/** The fields of a row and of the records and lists in it, in their order, without the mark of the kind. */
function lineOf(row: unknown): string {
  if (typeof row !== 'object' || row === null) return String(row)
  const fields = Object.entries(row).filter(([name]) => name !== 'kind')
  return fields.map(([, value]) => lineOf(value)).join('|')
}

/** Shows the first line that differs: a comparison of two long lists that differ takes minutes to print. */
function assertEqualLines(actual: readonly string[], expected: readonly string[]): void {
  const index = expected.findIndex((line, place) => line !== actual[place])
  assert.equal(actual[index], expected[index])
  assert.equal(actual.length, expected.length)
}

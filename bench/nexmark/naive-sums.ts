/**
 * Owns the check against Apache Flink: `node --max-old-space-size=6000 bench/nexmark/naive-sums.ts`, about a minute. Computes rows and a sum over them of
 * 5,000,000 events, by the naive queries and by the flows, and compares with `fixtures/flink-results.txt`.
 */

import { readFileSync } from 'node:fs'
import { Dataflow, run } from 'typewax'
import { TestingSink } from 'typewax/testing'
import type { Event } from './events.ts'
import { EventGenerator } from './generator.ts'
import { NAIVE, type QueryName } from './naive/index.ts'
import { QUERIES } from './queries/index.ts'
import { resultLines } from './result-lines.ts'
import { NexmarkSource } from './source.ts'

const EVENT_COUNT = 5_000_000

/** What is added up of the fields of a line, as in the program that ran on Flink. */
const NUMBER_OF: Partial<Record<QueryName, (...fields: number[]) => number>> = {
  q2: (auction = 0, price = 0) => auction + price,
  q3: (_name, _city, _state, auction = 0) => auction,
  q4: (_category, average = 0) => average,
  q5: (auction = 0, count = 0) => auction * 1_000 + count,
  q7: (auction = 0, price = 0) => auction + price,
  q8: (id = 0) => id,
  q11: (bidder = 0, count = 0) => bidder * count,
}

const generator = new EventGenerator(10_000)
const events: Event[] = []
for (let number = 0; number < EVENT_COUNT; number++) events.push(generator.make(number))

const expected = readFileSync(new URL('fixtures/flink-results.txt', import.meta.url), 'latin1')
  .trimEnd()
  .split('\n')
for (const row of expected) {
  const [name, ...figures] = row.split(' ') as [QueryName, string, string]
  if (name === 'q0' || name === 'q1') compare(`naive ${name}`, passedThrough(name), figures)
  else {
    compare(`naive ${name}`, summed(name, NAIVE[name](events)), figures)
    compare(`flow ${name}`, summed(name, await flowLines(name)), figures)
  }
}

function compare(what: string, actual: readonly (number | bigint)[], figures: readonly string[]): void {
  const isEqual = actual.join(' ') === figures.join(' ')
  console.log(`${what}: ${actual.join(' rows, sum ')}${isEqual ? ', as on Flink' : `; on Flink ${figures.join(' rows, sum ')}`}`)
  if (!isEqual) process.exitCode = 1
}

/** Rows and sum of queries 0 and 1, without their millions of lines; the sum exceeds what a number holds. */
function passedThrough(name: 'q0' | 'q1'): [rows: number, sum: bigint] {
  let [rows, sum] = [0, 0n]
  for (const event of events) {
    if (event.kind !== 'bid') continue
    rows++
    sum += BigInt(event.auction + event.bidder + event.dateTime + event.price * (name === 'q0' ? 1 : 908))
  }
  return [rows, sum]
}

function summed(name: QueryName, lines: readonly string[]): [rows: number, sum: number] {
  const fields = lines.map((line) => line.split('|').map(Number))
  return [lines.length, fields.reduce((sum, values) => sum + (NUMBER_OF[name]?.(...values) ?? 0), 0)]
}

async function flowLines(name: QueryName): Promise<string[]> {
  const query = QUERIES.find((each) => each.name === name)
  if (query === undefined) throw new Error(`there is no flow ${name}`)
  const rows: unknown[] = []
  const flow = new Dataflow(name)
  query.build(flow.input('events', new NexmarkSource({ eventCount: EVENT_COUNT }))).output('rows', new TestingSink(rows))
  await run(flow)
  return resultLines(query, rows)
}

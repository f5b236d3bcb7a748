/**
 * Owns the check of generator and naive queries against Apache Flink: `node --max-old-space-size=6000 bench/nexmark/naive-sums.ts`, about 30 s. Computes rows
 * and a sum over them of 5,000,000 events and compares with `fixtures/flink-results.txt`.
 */

import { readFileSync } from 'node:fs'
import type { Event } from './events.ts'
import { EventGenerator } from './generator.ts'
import { NAIVE, type QueryName } from './naive/index.ts'

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
  const actual = name === 'q0' || name === 'q1' ? passedThrough(name) : computed(name)
  const isEqual = actual.join(' ') === figures.join(' ')
  console.log(`${name}: ${actual.join(' rows, sum ')}${isEqual ? ', as on Flink' : `; on Flink ${figures.join(' rows, sum ')}`}`)
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

function computed(name: QueryName): [rows: number, sum: number] {
  const lines = NAIVE[name](events)
  const fields = lines.map((line) => line.split('|').map(Number))
  return [lines.length, fields.reduce((sum, values) => sum + (NUMBER_OF[name]?.(...values) ?? 0), 0)]
}

/**
 * Checks the main job, `examples/flights-hourly.ts`: the feeds it reads, its files against a plain loop over the same three million rows, its table against
 * its files, and that kills at any moment change nothing. `TYPEWAX_SEED=n` replays the moments of a failed run.
 */

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { seededRandom } from '../kill/random.ts'
import { dataFile, ended, linesOf, readExample, startFlow, startProgram, workingDirectory } from './example-process.ts'
import { assertSameLines, type Departure, disorder, hourlyLines, lastLines, readDepartures, worstHours } from './flights-hourly-oracle.ts'
import { live } from './flow-life.ts'

const FLOW = 'flights-hourly.ts'
const KILLS = 2
const ARGUMENTS = ['-r', 'state/', '-s', '0.05']
const seed = Number(process.env.TYPEWAX_SEED ?? Date.now() % 1_000_000)
let expected: Map<string, string>

before(async () => {
  const { code, err } = await ended(startProgram('flights-feed.ts', process.cwd()))
  assert.equal(code, 0, err)
  expected = hourlyLines(await readDepartures(dataFile('flights-3m.parquet')))
  assert.equal(expected.size, 424_259)
  assert.equal(flightsIn(expected), 3_000_000)
})

test('flights-feed: delivers every flight in order of actual departure, up to 28 hours out of order by the scheduled one', () => {
  const feeds = ['pacific', 'central', 'inland', 'atlantic'].map((name) => departuresIn(readExample(`data/flights-feed/${name}.csv`)))
  for (const feed of feeds) assert.ok(feed.every((departure, index) => index === 0 || actualMs(feed[index - 1]!) <= actualMs(departure)))
  const departures = feeds.flat()
  const { overTwoHours, maxHours } = disorder(departures)
  assert.deepEqual([departures.length, overTwoHours, maxHours.toFixed(1)], [3_000_000, 101_473, '27.7'])
})

test('flights-hourly: writes what a plain loop computes, shows the worst, and says when it is complete', async (t) => {
  const cwd = workingDirectory(t)
  const first = await ended(startFlow(FLOW, cwd, ARGUMENTS))
  assert.equal(first.code, 0, first.err)
  assert.match(first.err, /^finished: 3,000,000 items in /m)
  const written = writtenLines(cwd)
  t.diagnostic(`${written.length - expected.size} corrections`)
  // Corrections are what the job is about; nearly all hours need none.
  assert.ok(written.length > expected.size && written.length < 1.5 * expected.size, `${written.length} lines`)
  assertSameLines(lastLines(written), expected)

  const table = await ended(startProgram('hourly-worst.ts', cwd))
  assert.match(table.out, /^\nThe ten worst of [\d,]+ airport hours with 10 flights or more/)
  const shown = [...table.out.matchAll(/'([A-Z]{3})' +│ '(\S+) (\S+)'/g)].map(([, origin, day, time]) => `${origin},${day}T${time}:00.000Z`)
  assert.deepEqual(shown, worstHours(expected.values()))

  const again = await ended(startFlow(FLOW, cwd, ARGUMENTS))
  assert.equal(again.code, 0, again.err)
  assert.match(again.err, /this flow was already complete.*To start over, remove its state, `rm -r state\/`/)
  assert.deepEqual(writtenLines(cwd).length, written.length)
})

test(`flights-hourly: ends with the same lines after ${KILLS} kills at random moments (seed ${seed})`, async (t) => {
  const cwd = workingDirectory(t)
  const random = seededRandom(seed)
  const { durationMs } = await live(FLOW, workingDirectory(t), ARGUMENTS)
  let hits = 0
  for (let kill = 0; kill < KILLS; kill++) if ((await live(FLOW, cwd, ARGUMENTS, (0.1 + 0.6 * random()) * durationMs)).wasKilled) hits++
  t.diagnostic(`${hits} of ${KILLS} kills came before the end`)
  assert.ok(hits > 0)
  const { err } = await live(FLOW, cwd, ARGUMENTS)
  // How far the killed runs came depends on the machine; that they left something to go on from does not.
  assert.match(err, /resumed after epoch [1-9]|from the beginning, no epoch had been committed/)
  assertSameLines(lastLines(writtenLines(cwd)), expected)
})

function writtenLines(cwd: string): string[] {
  return globSync('out/hourly-*.csv', { cwd }).flatMap((file) => linesOf(readFileSync(join(cwd, file), 'utf8')))
}

function flightsIn(lines: ReadonlyMap<string, string>): number {
  return [...lines.values()].reduce((sum, line) => sum + Number(line.split(',')[2]), 0)
}

/** The records of a feed: `date,delay,distance,origin,destination`. */
function departuresIn(feed: string): Departure[] {
  const lines = linesOf(feed).slice(1)
  return lines.map((line) => {
    const [date, delay, , origin] = line.split(',')
    return { origin: origin!, dateMs: Date.parse(date!), delayMinutes: Number(delay) }
  })
}

function actualMs({ dateMs, delayMinutes }: Departure): number {
  return dateMs + delayMinutes * 60_000
}

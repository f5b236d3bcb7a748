/**
 * Checks the main job, `examples/flights.ts`: its files against a plain loop over the same three million rows, its table against its files, and that
 * kills at any moment change nothing. `TYPEWAX_SEED=n` replays the moments of a failed run.
 */

import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetRead } from 'hyparquet'
import { seededRandom } from '../kill/random.ts'
import { dataFile, ended, linesOf, startFlow, startProgram, workingDirectory } from './example-process.ts'
import { live } from './flow-life.ts'

const KILLS = 3
const ARGUMENTS = ['-r', 'state/', '-s', '0.05']
const seed = Number(process.env.TYPEWAX_SEED ?? Date.now() % 1_000_000)
let expected: string[]

before(async () => {
  expected = await plainLoop(dataFile('flights-3m.parquet'))
})

test('flights: writes what a plain loop computes, shows the busiest, and says when it is complete', async (t) => {
  const cwd = workingDirectory(t)
  const first = await ended(startFlow('flights.ts', cwd, ARGUMENTS))
  assert.equal(first.code, 0, first.err)
  assert.match(first.err, /^state in state\/: a new store, flights.airports exactly-once\nfinished: 3,000,000 items in /)
  assert.equal(filesIn(cwd).length, 4)
  assert.deepEqual(writtenLines(cwd), expected)

  const table = await ended(startProgram('flights-top.ts', cwd))
  assert.match(table.out, new RegExp(`^\\nThe ten busiest of ${expected.length} airports`))
  assert.deepEqual(table.out.match(/(?<=')[A-Z]{3}(?=')/g), busiest(expected))

  const again = await ended(startFlow('flights.ts', cwd, ARGUMENTS))
  assert.equal(again.code, 0, again.err)
  assert.match(again.err, /this flow was already complete.*To start over, remove its state, `rm -r state\/`/)
  assert.deepEqual(writtenLines(cwd), expected)
})

test(`flights: writes the same after ${KILLS} kills at random moments (seed ${seed})`, async (t) => {
  const cwd = workingDirectory(t)
  const random = seededRandom(seed)
  const { durationMs } = await live('flights.ts', workingDirectory(t), ARGUMENTS)
  let hits = 0
  for (let kill = 0; kill < KILLS; kill++) if ((await live('flights.ts', cwd, ARGUMENTS, (0.1 + 0.6 * random()) * durationMs)).wasKilled) hits++
  t.diagnostic(`${hits} of ${KILLS} kills came before the end`)
  assert.ok(hits > 0)
  const { code, err } = await ended(startFlow('flights.ts', cwd, ARGUMENTS))
  assert.equal(code, 0, err)
  // How far the killed runs came depends on the machine; that they left something to go on from does not.
  assert.match(err, /resumed after epoch [1-9]|from the beginning, no epoch had been committed/)
  assert.deepEqual(writtenLines(cwd), expected)
})

/** The statistics by the simplest means there are: a loop over the rows. */
async function plainLoop(path: string): Promise<string[]> {
  const columns: Record<'origin' | 'delay', unknown[]> = { origin: [], delay: [] }
  await parquetRead({
    file: await asyncBufferFromFile(path),
    columns: ['origin', 'delay'],
    compressors: { ZSTD: (input) => zstdDecompressSync(input) },
    onChunk({ columnName, columnData, rowStart }) {
      const column = columns[columnName as 'origin' | 'delay']
      for (let index = 0; index < columnData.length; index++) column[rowStart + index] = columnData[index]
    },
  })
  const airports = new Map<string, { count: number; sum: number; max: number; late: number }>()
  for (const [row, origin] of columns.origin.entries()) {
    const delay = Number(columns.delay[row])
    const airport = airports.get(String(origin)) ?? { count: 0, sum: 0, max: delay, late: 0 }
    airports.set(String(origin), airport)
    airport.count++
    airport.sum += delay
    if (delay > airport.max) airport.max = delay
    if (delay > 15) airport.late++
  }
  assert.equal(columns.origin.length, 3_000_000)
  const text = (x: number): string => (Number.isInteger(x) ? String(x) : x.toFixed(3))
  return [...airports].map(([origin, { count, sum, max, late }]) => `${origin},${count},${text(sum / count)},${max},${text(late / count)}`).sort()
}

function filesIn(cwd: string): string[] {
  return existsSync(join(cwd, 'out')) ? globSync('out/airports-*.csv', { cwd }) : []
}

function writtenLines(cwd: string): string[] {
  return filesIn(cwd)
    .flatMap((file) => linesOf(readFileSync(join(cwd, file), 'utf8')))
    .sort()
}

function busiest(lines: readonly string[]): string[] {
  const rows = lines.map((line) => line.split(','))
  const sorted = rows.sort((a, b) => Number(b[1]) - Number(a[1]))
  return sorted.slice(0, 10).map(([origin]) => origin!)
}

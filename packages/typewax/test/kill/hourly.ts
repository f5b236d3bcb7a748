/**
 * Owns the kill campaign of the main job, `examples/flights-hourly.ts`: `npm run test:kill:hourly -- --kills 50 --seed 1`. Kills the job again and again at
 * random moments after it has opened its store, and starts it again. Whenever it is done, the last line of every origin and hour must be that of a plain
 * loop over the same three million rows; then it starts over with an empty state, until the kills are used up and it may run to its end.
 */

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dataFile, ended, linesOf, startProgram } from '../examples/example-process.ts'
import { hourlyLines, lastLines, readDepartures } from '../examples/flights-hourly-oracle.ts'
import { live } from '../examples/flow-life.ts'
import { readOutputs } from './lines.ts'
import { seededRandom } from './random.ts'

const ARGUMENTS = ['-r', 'state/', '-s', '0.05']
const MIN_LIFE_MS = 200
const MAX_LIFE_MS = 1200

const { values: options } = parseArgs({ options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } } })
const random = seededRandom(Number(options.seed))
const root = mkdtempSync(join(tmpdir(), 'typewax-kill-hourly-'))
const totals = { kills: 0, completions: 0, wrong: 0, missing: 0 }

const expected = await expectedLines()
do {
  await complete()
} while (totals.kills < Number(options.kills))
const { kills, completions, wrong, missing } = totals
console.log(`kills ${kills}, completions ${completions}, wrong lines ${wrong}, missing lines ${missing}`)
if (wrong + missing === 0) rmSync(root, { recursive: true })
else console.error(`what was written is in ${root}`)
process.exitCode = wrong + missing === 0 ? 0 : 1

async function expectedLines(): Promise<Map<string, string>> {
  const { code, err } = await ended(startProgram('flights-feed.ts', root))
  assert.equal(code, 0, err)
  const lines = hourlyLines(await readDepartures(dataFile('flights-3m.parquet')))
  const flights = [...lines.values()].reduce((sum, line) => sum + Number(line.split(',')[2]), 0)
  assert.deepEqual([lines.size, flights], [424_259, 3_000_000])
  return lines
}

/** Runs the job from an empty state to its end, killed on the way as long as there are kills left. */
async function complete(): Promise<void> {
  const cwd = join(root, `completion-${totals.completions}`)
  mkdirSync(cwd)
  while ((await live('flights-hourly.ts', cwd, ARGUMENTS, nextKillMs())).wasKilled) {
    totals.kills++
    if (totals.kills % 10 === 0) console.error(`${totals.kills} kills, ${totals.completions} completions`)
  }
  totals.completions++
  if (compare(cwd)) rmSync(cwd, { recursive: true })
}

/** How long the next life may last, in milliseconds after it has opened its store; `undefined` if all kills have hit. */
function nextKillMs(): number | undefined {
  return totals.kills < Number(options.kills) ? MIN_LIFE_MS + (MAX_LIFE_MS - MIN_LIFE_MS) * random() : undefined
}

/** Whether the files are right. Hours that no flight belongs to are wrong lines. */
function compare(cwd: string): boolean {
  const actual = lastLines([...readOutputs(join(cwd, 'out')).values()].flatMap(linesOf))
  const wrongHere = [...actual].filter(([hour, line]) => expected.get(hour) !== line)
  const missingHere = [...expected].filter(([hour]) => !actual.has(hour))
  totals.wrong += wrongHere.length
  totals.missing += missingHere.length
  for (const [hour, line] of wrongHere.slice(0, 5)) console.error(`seed ${options.seed}: wrong: ${line}; expected: ${expected.get(hour)}`)
  for (const [, line] of missingHere.slice(0, 5)) console.error(`seed ${options.seed}: missing: ${line}`)
  return wrongHere.length + missingHere.length === 0
}

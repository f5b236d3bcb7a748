/**
 * Owns the kill campaign of worker threads: `npm run test:kill:workers -- --runs 20 --seed 1`. Each run kills a process with one to four workers at random
 * moments, resumes it with another number of them until it is done, and looks whether each word was counted once, in order.
 */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { live, randomFate, shareCode } from '../kill/life.ts'
import { seededRandom } from '../kill/random.ts'
import { countsIn, dueCounts } from './places.ts'

const MAX_DEATHS = 30
const MAX_WORKERS = 4

const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } } })
const program = new URL('./fixtures/program.ts', import.meta.url).pathname
const root = mkdtempSync(join(tmpdir(), 'typewax-kill-workers-'))
shareCode(root)
const totals = { runs: 0, kills: 0, stops: 0, wrong: 0 }
for (let run = 0; run < Number(options.runs); run++) await oneRun(Number(options.seed) * 1_000_003 + run)
rmSync(root, { recursive: true })
const { runs, kills, stops, wrong } = totals
console.log(`runs ${runs}, kills ${kills}, stops ${stops}, wrong ${wrong}`)
process.exitCode = wrong === 0 ? 0 : 1

async function oneRun(seed: number): Promise<void> {
  const random = seededRandom(seed)
  const directory = join(root, `run-${seed}`)
  for (let deaths = 0; ; deaths++) {
    const workers = 1 + Math.floor(random() * MAX_WORKERS)
    const death = await live([program, `${workers}`, directory, 'paced'], deaths < MAX_DEATHS ? randomFate(random, 100, 20) : undefined)
    if (death.kind === 'failed') throw new Error(`seed ${seed}: ${death.errors}`)
    if (death.kind === 'end') break
    totals[death.kind === 'kill' ? 'kills' : 'stops'] += 1
  }
  totals.runs += 1
  try {
    assert.deepEqual(countsIn(directory), dueCounts())
  } catch (error) {
    totals.wrong += 1
    console.error(`seed ${seed}: ${(error as Error).message}`)
  }
}

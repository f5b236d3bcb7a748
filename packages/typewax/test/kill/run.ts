/**
 * Owns the kill campaign: `npm run test:kill -- --runs 200 --seed 1`. Each run kills the flow of `flow.ts` again and again at random moments after its
 * first poll, resumes it until it is done, and compares all output files byte for byte with those of a run without faults. Some deaths are SIGTERM
 * (a graceful stop), some are followed by a cut of the write-ahead log: inside what was not yet acknowledged, which must not matter, or (with
 * `--cut-anywhere`) at any place, which must give exact results or a typed error.
 */

import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Death, type Fate, live, randomFate, shareCode } from './life.ts'
import { missing, readOutputs } from './lines.ts'
import { seededRandom } from './random.ts'

const LINES = 14_000
const MAX_DEATHS = 40

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '2' },
    'cut-anywhere': { type: 'boolean', default: false },
  },
})
const flowFile = new URL('./flow.ts', import.meta.url).pathname
const root = mkdtempSync(join(tmpdir(), 'typewax-kill-'))
const input = join(root, 'input.txt')

interface Totals {
  runs: number
  kills: number
  terms: number
  cuts: number
  refused: number
  lost: number
  doubled: number
}

shareCode(root)
writeFileSync(input, Array.from({ length: LINES }, (_, n) => `${n}\n`).join(''))
const totals: Totals = { runs: 0, kills: 0, terms: 0, cuts: 0, refused: 0, lost: 0, doubled: 0 }
const expected = await faultFree()
let next = 0
await Promise.all(Array.from({ length: Number(options.parallel) }, worker))
const { runs, kills, terms, cuts, refused, lost, doubled } = totals
console.log(`runs ${runs}, kills ${kills}, stops ${terms}, cuts ${cuts}, refused ${refused}, lost ${lost}, doubled ${doubled}`)
rmSync(root, { recursive: true })
process.exitCode = lost + doubled === 0 && (refused === 0 || options['cut-anywhere']) ? 0 : 1

async function worker(): Promise<void> {
  while (next < Number(options.runs)) {
    const index = next++
    await oneRun(Number(options.seed) * 1_000_003 + index)
    totals.runs += 1
    if (totals.runs % 20 === 0) console.error(`${totals.runs} runs, ${totals.kills} kills, ${totals.lost} lost, ${totals.doubled} doubled`)
  }
}

async function faultFree(): Promise<Map<string, string>> {
  const dir = join(root, 'fault-free')
  mkdirSync(dir)
  const death = await begin(dir, undefined)
  if (death.kind !== 'end') throw new Error(`the run without faults failed: ${death.errors}`)
  return readOutputs(join(dir, 'out'))
}

async function oneRun(seed: number): Promise<void> {
  const random = seededRandom(seed)
  const dir = join(root, `run-${seed}`)
  mkdirSync(dir)
  for (let deaths = 0; ; deaths++) {
    const fate = deaths < MAX_DEATHS ? randomFate(random, 600) : undefined
    const death = await begin(dir, fate)
    if (death.kind === 'end') break
    if (death.kind === 'failed') {
      if (!options['cut-anywhere'] || !/STORE_|STATE_/.test(death.errors)) throw new Error(`seed ${seed}: ${death.errors}`)
      totals.refused += 1
      rmSync(dir, { recursive: true })
      return
    }
    if (death.kind === 'term') totals.terms += 1
    else totals.kills += 1
    if (death.kind === 'kill' && random() < 0.3) cut(dir, death, random)
  }
  compare(seed, readOutputs(join(dir, 'out')))
  rmSync(dir, { recursive: true })
}

/** Runs the flow once, to its end or until it is killed. */
async function begin(dir: string, fate: Fate | undefined): Promise<Death> {
  return await live([flowFile, input, join(dir, 'out'), join(dir, 'state')], fate)
}

/** Cuts the write-ahead log: of what was not acknowledged anything may be missing after a crash. */
function cut(dir: string, death: Death, random: () => number): void {
  const wal = join(dir, 'state', 'part-0.sqlite3-wal')
  const size = statSync(wal, { throwIfNoEntry: false })?.size ?? 0
  const least = options['cut-anywhere'] ? 0 : death.ackedBytes
  if (size <= least) return
  truncateSync(wal, least + Math.floor(random() * (size - least)))
  totals.cuts += 1
}

function compare(seed: number, got: ReadonlyMap<string, string>): void {
  for (const [name, text] of expected) {
    const other = got.get(name) ?? ''
    if (other === text) continue
    const [want, have] = [text.split('\n'), other.split('\n')]
    const [lost, doubled] = [missing(want, have), missing(have, want)]
    totals.lost += lost
    totals.doubled += doubled
    console.error(`seed ${seed}: ${name} differs: ${lost} lines lost, ${doubled} too many`)
    cpSync(join(root, `run-${seed}`), join(tmpdir(), `typewax-kill-failed-${seed}`), { recursive: true })
    if (lost + doubled === 0) totals.lost += 1
  }
}

/**
 * Owns the kill campaign of what goes by event time: `npm run test:kill:time -- --runs 100 --seed 1`. Each run makes a plan and an input from its seed,
 * runs the flow of `flow.ts` without faults, and then kills it again and again at random moments, some of them SIGTERM, and resumes it until it is done.
 * The outputs must be those of the run without faults. `--only` repeats one run by the seed that a message has told.
 */

import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Death, type Fate, live, randomFate, shareCode } from '../life.ts'
import { readOutputs } from '../lines.ts'
import { seededRandom } from '../random.ts'
import { compare, complaint, conserved, type Verdict } from './compare.ts'
import { type Input, inputOf, writeInput } from './items.ts'
import { labelOf, type Plan, planOf } from './plan.ts'

/** After so many deaths a run is left alone. */
const MAX_DEATHS = 8
const FAULT_FREE = 0

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '2' },
    /** One run, by the seed that a message has told. */
    only: { type: 'string' },
  },
})
const flowFile = new URL('./flow.ts', import.meta.url).pathname
const root = mkdtempSync(join(tmpdir(), 'typewax-kill-time-'))
const totals = { runs: 0, kills: 0, stops: 0, resumed: 0, failed: 0, lost: 0, doubled: 0, disordered: 0 }
const byLabel = new Map<string, number>()
const first = options.only === undefined ? Number(options.seed) * 1_000_003 : Number(options.only)
const runCount = options.only === undefined ? Number(options.runs) : 1
let next = 0

shareCode(root)
await Promise.all(Array.from({ length: Number(options.parallel) }, worker))
console.log([listed(Object.entries(totals)), listed([...byLabel].sort())].join('; '))
rmSync(root, { recursive: true })
process.exitCode = totals.failed + totals.lost + totals.doubled + totals.disordered === 0 ? 0 : 1

function listed(counts: readonly (readonly [name: string, count: number])[]): string {
  return counts.map(([name, count]) => `${name} ${count}`).join(', ')
}

async function worker(): Promise<void> {
  while (next < runCount) {
    const plan = planOf(first + next++)
    const messages = await oneRun(plan)
    totals.runs += 1
    byLabel.set(labelOf(plan), (byLabel.get(labelOf(plan)) ?? 0) + 1)
    for (const message of messages) console.error(`seed ${plan.seed}: ${message}`)
    if (messages.length === 0) continue
    console.error(`seed ${plan.seed}: ${JSON.stringify(plan)}`)
    cpSync(join(root, `run-${plan.seed}`), join(tmpdir(), `typewax-kill-time-failed-${plan.seed}`), { recursive: true })
  }
}

/** Gives what is wrong, if anything. */
async function oneRun(plan: Plan): Promise<readonly string[]> {
  const dir = join(root, `run-${plan.seed}`)
  const input = inputOf(plan)
  mkdirSync(dir)
  writeInput(join(dir, 'input'), plan, input)
  const verdict = await judged(plan, dir, input)
  if (verdict.messages.length === 0) rmSync(dir, { recursive: true })
  return verdict.messages
}

async function judged(plan: Plan, dir: string, input: Input): Promise<Verdict> {
  const [calm, killed] = [join(dir, 'fault-free'), join(dir, 'killed')]
  const end = await begin(plan, calm, FAULT_FREE, undefined)
  if (end.kind !== 'end') return failed(`the run without faults failed: ${end.errors}`)
  const expected = readOutputs(join(calm, 'out'))
  const wrong = complaint(plan, input, expected)
  if (wrong !== undefined) return failed(`the run without faults: ${wrong}`)
  const death = await untilDone(plan, killed)
  if (death.kind === 'failed') return failed(death.errors)
  const got = readOutputs(join(killed, 'out'))
  const verdict = plan.scenario === 'conserved' ? conserved(input.items, got) : compare(plan, expected, got)
  for (const name of ['lost', 'doubled', 'disordered'] as const) totals[name] += verdict[name]
  return verdict
}

function failed(message: string): Verdict {
  totals.failed += 1
  return { lost: 0, doubled: 0, disordered: 0, messages: [message] }
}

async function untilDone(plan: Plan, dir: string): Promise<Death> {
  const random = seededRandom(plan.seed)
  const withinCommits = plan.epochIntervalMs === 0 ? 40 : 5
  let commits = 0
  for (let deaths = 0; ; deaths++) {
    const fate = deaths < MAX_DEATHS ? randomFate(random, 50, withinCommits) : undefined
    if (commits > 0) totals.resumed += 1
    const death = await begin(plan, dir, 1 + Math.floor(random() * 1_000_000), fate)
    commits += death.commits
    if (death.kind === 'end' || death.kind === 'failed') return death
    totals[death.kind === 'term' ? 'stops' : 'kills'] += 1
  }
}

/** Runs the flow once, to its end or until it is killed. */
async function begin(plan: Plan, dir: string, life: number, fate: Fate | undefined): Promise<Death> {
  return await live([flowFile, JSON.stringify(plan), dir, String(life)], fate)
}

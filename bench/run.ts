/**
 * Owns the comparison with hand-written loops: `npm run bench -- [--runs 5] [--scale 1] [--only wordcount]`. Whole processes, the programs of a
 * workload in turn, the same input, outputs compared; medians and ratios go to the terminal and to `bench/results.json`.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prepareInputs } from './inputs.ts'
import { machine, median } from './measures.ts'

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, scale: { type: 'string', default: '1' }, only: { type: 'string' } },
})
const inputs = prepareInputs(Number(options.scale))
const out = mkdtempSync(join(tmpdir(), 'typewax-bench-'))

interface Workload {
  readonly name: string
  readonly input: string
  /** The baseline and what is compared with it: file of the program, and whether it keeps state. */
  readonly baseline: Program
  readonly subject: Program
  /** The bar: subject / baseline at most. */
  readonly bar: number
}

interface Program {
  readonly file: string
  /** What it is told besides input and output. */
  readonly argument?: string
  readonly keepsState?: boolean
}

/** A job with windows, by its kind. */
function windows(kind: string, bar: number): Workload {
  return {
    name: kind,
    input: inputs.events,
    baseline: { file: 'windows-hand.ts', argument: kind },
    subject: { file: 'windows-flow.ts', argument: kind },
    bar,
  }
}

const workloads: readonly Workload[] = [
  { name: 'wordcount', input: inputs.text, baseline: { file: 'wordcount-hand.ts' }, subject: { file: 'wordcount-flow.ts' }, bar: 1.5 },
  { name: 'mean', input: inputs.readings, baseline: { file: 'mean-hand.ts' }, subject: { file: 'mean-flow.ts' }, bar: 1.4 },
  { name: 'copy', input: inputs.lines, baseline: { file: 'copy-hand.ts' }, subject: { file: 'copy-flow.ts' }, bar: 2 },
  { name: 'store', input: inputs.readings, baseline: { file: 'mean-flow.ts' }, subject: { file: 'mean-flow.ts', keepsState: true }, bar: 1.1 },
  windows('tumble', 1.5),
  windows('slide', 2),
  windows('session', 2),
  { name: 'window-join', input: inputs.sides.join(), baseline: { file: 'window-join-hand.ts' }, subject: { file: 'window-join-flow.ts' }, bar: 2 },
]

const results = workloads.filter(({ name }) => options.only === undefined || options.only.split(',').includes(name)).map(measure)
rmSync(out, { recursive: true })
writeFileSync(
  new URL('results.json', import.meta.url),
  `${JSON.stringify({ command: 'npm run bench', machine, ...options, results }, undefined, 2)}\n`,
)

function measure({ name, input, baseline, subject, bar }: Workload): object {
  const [baselineMs, subjectMs, ratios]: [number[], number[], number[]] = [[], [], []]
  for (let run = 0; run <= Number(options.runs); run++) {
    const [a, b] = [once(baseline, input), once(subject, input)]
    if (sorted(a.text) !== sorted(b.text)) throw new Error(`${name}: the outputs differ`)
    if (run === 0) continue // warms up the page cache
    baselineMs.push(a.ms)
    subjectMs.push(b.ms)
    ratios.push(b.ms / a.ms)
  }
  const [base, ours, ratio] = [median(baselineMs), median(subjectMs), median(ratios)]
  console.log(
    `${name}: ${base.toFixed(0)} ms → ${ours.toFixed(0)} ms, ratio ${ratio.toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}), bar ${bar}`,
  )
  return { name, baseline: baseline.file, subject: subject.file, baselineMs: base, subjectMs: ours, ratio, ratios, bar }
}

function once(program: Program, input: string): { ms: number; text: string } {
  const [target, state] = [join(out, 'out.txt'), join(out, 'state')]
  rmSync(state, { recursive: true, force: true })
  const args = [
    new URL(`programs/${program.file}`, import.meta.url).pathname,
    input,
    target,
    ...(program.argument ? [program.argument] : []),
    ...(program.keepsState ? [state] : []),
  ]
  const startedAt = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const ms = performance.now() - startedAt
  if (status !== 0) throw new Error(`${program.file} failed: ${stderr}`)
  return { ms, text: readFileSync(target, 'utf8') }
}

function sorted(text: string): string {
  return text.split('\n').sort().join('\n')
}

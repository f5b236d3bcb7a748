/**
 * Owns the measurement of the queries: `npm run bench:nexmark -- [--events 1000000] [--runs 3] [--only q5,q7]`. Each run is a process of its own, the queries and
 * `gen`, which only makes the events, in turn; medians go to the terminal as a table and to `bench/results/nexmark.json`.
 */

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { machine, median } from '../measures.ts'
import type { Measured } from './program.ts'
import { QUERIES } from './queries/index.ts'

const { values: options } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, runs: { type: 'string', default: '3' }, only: { type: 'string' } },
})
const eventCount = Number(options.events)
const runCount = Number(options.runs)

/** A time of a query: the median of its runs, and what follows from it. */
interface Figure {
  readonly medianMs: number
  readonly leastMs: number
  readonly greatestMs: number
  readonly eventsPerSecond: number
  /** The same without the time of `gen`; absent where that is no less. */
  readonly aboveGenerator?: number
}

interface Result {
  readonly query: string
  /** By the clock, and by the time of the processor, which other programs on the machine disturb less. */
  readonly elapsed: Figure
  readonly processor: Figure
  readonly rowCount: number
  readonly peakMemoryMb: number
}

const results = measureAll()
console.log(tableOf(results))
const folder = new URL('../results/', import.meta.url)
mkdirSync(folder, { recursive: true })
const about = { command: 'npm run bench:nexmark', machine, typewax: ownVersion(), eventCount, runCount }
writeFileSync(new URL('nexmark.json', folder), `${JSON.stringify({ ...about, results }, undefined, 2)}\n`)

function measureAll(): Result[] {
  const names = QUERIES.map(({ name }) => name).filter((name) => options.only === undefined || options.only.split(',').includes(name))
  const measured = new Map<string, Measured[]>(['gen', ...names].map((name) => [name, []]))
  for (let run = 0; run < runCount; run++) for (const [name, runs] of measured) runs.push(once(name))
  const generatorRuns = measured.get('gen') as Measured[]
  return Array.from(measured, ([query, runs]) => ({
    query,
    elapsed: figureOf(runs, generatorRuns, ({ elapsedMs }) => elapsedMs),
    processor: figureOf(runs, generatorRuns, ({ processorMs }) => processorMs),
    rowCount: runs[0]?.rowCount ?? 0,
    peakMemoryMb: Math.round(median(runs.map(({ peakMemoryMb }) => peakMemoryMb))),
  }))
}

function once(name: string): Measured {
  const program = new URL('program.ts', import.meta.url).pathname
  return JSON.parse(execFileSync(process.execPath, [program, name, String(eventCount)], { encoding: 'utf8' }))
}

function figureOf(runs: readonly Measured[], generatorRuns: readonly Measured[], msOf: (run: Measured) => number): Figure {
  const times = runs.map(msOf)
  const medianMs = median(times)
  const aboveMs = medianMs - median(generatorRuns.map(msOf))
  return {
    medianMs: Math.round(medianMs),
    leastMs: Math.round(Math.min(...times)),
    greatestMs: Math.round(Math.max(...times)),
    eventsPerSecond: Math.round(eventCount / (medianMs / 1_000)),
    ...(aboveMs > 0 && { aboveGenerator: Math.round(eventCount / (aboveMs / 1_000)) }),
  }
}

function tableOf(results: readonly Result[]): string {
  const header = ['Query', 'k events/s', 'above `gen`', 'k events per processor second', 'above `gen`', 'Rows', 'Peak memory, MB']
  const rows = results.map(({ query, elapsed, processor, rowCount, peakMemoryMb }) => {
    const rates = [elapsed, processor].flatMap(({ eventsPerSecond, aboveGenerator }) => [thousands(eventsPerSecond), thousands(aboveGenerator)])
    return [query, ...rates, rowCount.toLocaleString('en'), peakMemoryMb]
  })
  return [header, ['---', ...header.slice(1).map(() => '---:')], ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function thousands(rate: number | undefined): string {
  return rate === undefined ? '–' : Math.round(rate / 1_000).toLocaleString('en')
}

function ownVersion(): string {
  const file = new URL('../../packages/typewax/package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}

/**
 * Owns what open windows and idle keys cost: `npm run bench:windows -- [--events 50000000] [--runs 3]`. The processor time of an event with a million windows open
 * against a thousand, next to loops that wait for memory too; the bytes of a window; the heap under a million keys that come and go; the bytes of an
 * idle key under clocks per key. What the programs of `window-programs.ts` measure goes to `bench/results/windows.json`.
 */

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { machine, median } from './measures.ts'
import type { ComeAndGo, IdleMeasured, OpenMeasured, Order } from './window-programs.ts'

const MANY = 1_000_000
const FEW = 1_000
const MINUTE_MS = 60_000
const FORGET_AFTER_MS = 10 * MINUTE_MS

const { values: options } = parseArgs({ options: { events: { type: 'string', default: '50000000' }, runs: { type: 'string', default: '3' } } })
measureAll(Number(options.events), Number(options.runs))

function inProcess<R>(program: string, ...args: (string | number)[]): R {
  const argv = ['--expose-gc', new URL('window-programs.ts', import.meta.url).pathname, program, ...args.map(String)]
  return JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' }))
}

function medians(program: string, keyCount: number, order: Order, runCount: number): OpenMeasured {
  const runs = Array.from({ length: runCount }, () => inProcess<OpenMeasured>(program, keyCount, order))
  const of = (name: keyof OpenMeasured): number => Math.round(median(runs.map((measured) => measured[name])))
  return { steadyNs: of('steadyNs'), openNs: of('openNs'), closeNs: of('closeNs'), windowBytes: of('windowBytes') }
}

/** A thousand keys and a million, and what the difference is. */
function fewAndMany(program: string, order: Order, runCount: number) {
  const [few, many] = [medians(program, FEW, order, runCount), medians(program, MANY, order, runCount)]
  return { few, many, ratio: many.steadyNs / few.steadyNs, missNs: many.steadyNs - few.steadyNs }
}

function openWindows(order: Order, runCount: number) {
  const flow = fewAndMany('openFlow', order, runCount)
  const loop = fewAndMany('openLoop', order, runCount)
  const linkedLoop = fewAndMany('linkedLoop', order, runCount)
  const aside = ({ missNs }: { missNs: number }): number => (flow.many.steadyNs - missNs) / flow.few.steadyNs
  const [asideLoop, asideLinked] = [aside(loop), aside(linkedLoop)]
  const [slowerThanLoop, slowerThanLinked] = [flow.ratio / loop.ratio, flow.ratio / linkedLoop.ratio]
  // Epochs that are short: what they leave with each key is there when the heap is taken.
  const { windowBytes } = inProcess<OpenMeasured>('openFlow', MANY, order, 1_000)
  const told = ({ few, many, ratio }: typeof flow): string => `${few.steadyNs} → ${many.steadyNs} ns an event, ratio ${ratio.toFixed(2)}`
  console.log(
    `1,000 → 1,000,000 open windows, keys ${order}: ${told(flow)}; Map of counts ${told(loop)}; Map of linked objects ${told(linkedLoop)}. ` +
      `Flow less what memory costs the one ${asideLoop.toFixed(2)}, the other ${asideLinked.toFixed(2)}; ratio over theirs ${slowerThanLoop.toFixed(2)}, ${slowerThanLinked.toFixed(2)} (bar 2)`,
  )
  const { openNs, closeNs } = flow.many
  console.log(
    `  of a million: ${windowBytes.toFixed(0)} bytes an open window (Maps: ${loop.many.windowBytes}, ${linkedLoop.many.windowBytes}), ${openNs} ns to open, ${closeNs} to close`,
  )
  return { order, windowBytes, flow, loop, linkedLoop, asideLoop, asideLinked, slowerThanLoop, slowerThanLinked }
}

function keysThatComeAndGo(eventCount: number) {
  const measured = inProcess<ComeAndGo>('comeAndGo', eventCount)
  const heaps = measured.heapMib.map((heap) => heap.toFixed(1)).join(' → ')
  console.log(
    `come and go: ${eventCount} events, ${measured.windowCount} windows in ${measured.seconds.toFixed(1)} s: heap ${heaps} MiB (start; 10, 50, 100 %; all closed)`,
  )
  const [start, at10Percent, at50Percent, at100Percent, allClosed] = measured.heapMib
  return { ...measured, heapMib: { start, at10Percent, at50Percent, at100Percent, allClosed } }
}

function keysThatIdle(forgetAfterMs?: number): IdleMeasured {
  const measured = inProcess<IdleMeasured>('idleKeys', ...(forgetAfterMs === undefined ? [] : [forgetAfterMs]))
  const [open, idle, later] = [measured.openBytes, measured.idleBytes, measured.laterBytes].map((bytes) => bytes.toFixed(0))
  const option = forgetAfterMs === undefined ? 'without forgetAfterMs' : `forgetAfterMs of ${forgetAfterMs / MINUTE_MS} minutes`
  console.log(`clocks per key, ${option}: ${open} bytes a key with its window open, ${idle} when idle, ${later} after an hour`)
  return measured
}

function measureAll(eventCount: number, runCount: number): void {
  const open = (['random', 'inTurn'] as const).map((order) => openWindows(order, runCount))
  const figures = { open, comeAndGo: keysThatComeAndGo(eventCount), idleKeys: { kept: keysThatIdle(), forgotten: keysThatIdle(FORGET_AFTER_MS) } }
  const folder = new URL('results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const about = { command: 'npm run bench:windows', machine, loadAverage: loadavg()[0], eventCount, runCount }
  writeFileSync(new URL('windows.json', folder), `${JSON.stringify({ ...about, ...figures }, undefined, 2)}\n`)
}

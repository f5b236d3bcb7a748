/**
 * Owns what a flow costs when it has nothing to do, and when it has almost nothing: `npm run bench:idle`. The processor time of a flow, all its threads,
 * in ten seconds of a sleep of its source, state kept, the start left out; and the time of `typewax run` for three items against `node -e 0`, in
 * turn, medians.
 */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Dataflow, run } from 'typewax'
import { TestingSink, TestingSource } from 'typewax/testing'

/** How long the source sleeps, and the part of it that is measured: what comes before is the start, compilation included. */
const SLEEP_MS = 12_000
const MEASURED_MS = { from: 1_500, until: 11_500 }
const STARTS = 21
const dir = mkdtempSync(join(tmpdir(), 'typewax-idle-'))

await idle()
startup()
rmSync(dir, { recursive: true })

async function idle(): Promise<void> {
  const flow = new Dataflow('idle')
  const items = new TestingSource([1, TestingSource.PAUSE(SLEEP_MS), 2])
  flow
    .input('in', items)
    .keyOn('key', String)
    .foldFinal(
      'count',
      () => 0,
      (count) => count + 1,
    )
    .output('out', new TestingSink<[string, number]>([]))
  const running = run(flow, { recovery: join(dir, 'state'), epochIntervalMs: 1_000 })
  await delay(MEASURED_MS.from)
  const [startedAt, before] = [performance.now(), process.cpuUsage()]
  await delay(MEASURED_MS.until - MEASURED_MS.from)
  const { user, system } = process.cpuUsage(before)
  const [elapsedMs, cpuMs] = [performance.now() - startedAt, (user + system) / 1_000]
  const { epochs } = await running
  console.log(
    `idle: ${(elapsedMs / 1_000).toFixed(1)} s asleep cost ${cpuMs.toFixed(1)} ms of processor time, ${((cpuMs / elapsedMs) * 100).toFixed(3)} % of a core (${epochs} epochs in all)`,
  )
}

function startup(): void {
  const file = join(dir, 'three.ts')
  const from = (entry: string): string => import.meta.resolve(entry)
  writeFileSync(
    file,
    `import { Dataflow } from '${from('typewax')}'
import { TestingSink, TestingSource } from '${from('typewax/testing')}'
const out: number[] = []
export const flow: Dataflow = new Dataflow('three')
flow.input('in', new TestingSource([1, 2, 3])).map('plus', (n) => n + 1).output('out', new TestingSink(out))
`,
  )
  const typewax = new URL('../packages/typewax/bin/typewax.js', import.meta.url).pathname
  const [bare, ours]: [number[], number[]] = [[], []]
  for (let start = 0; start < STARTS; start++) {
    bare.push(timed(['-e', '0']))
    ours.push(timed([typewax, 'run', file]))
  }
  const [base, flow] = [median(bare), median(ours)]
  console.log(
    `startup: node -e 0 ${base.toFixed(0)} ms, typewax run of three items ${flow.toFixed(0)} ms, ratio ${(flow / base).toFixed(2)} (bar 3.5)`,
  )
}

function timed(args: readonly string[]): number {
  const startedAt = performance.now()
  execFileSync(process.execPath, args, { stdio: 'ignore' })
  return performance.now() - startedAt
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

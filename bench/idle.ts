/**
 * Owns what a flow costs when it has nothing to do, and when it has almost nothing: `npm run bench:idle`. The processor time of a flow whose source is
 * asleep for ten seconds, state kept; and the time of `typewax run` for three items against `node -e 0`, in turn, medians.
 */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Dataflow, run } from 'typewax'
import { TestingSink, TestingSource } from 'typewax/testing'

const SLEEP_MS = 10_000
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
  const before = process.cpuUsage()
  const { elapsedMs, epochs } = await run(flow, { recovery: join(dir, 'state'), epochIntervalMs: 1_000 })
  const { user, system } = process.cpuUsage(before)
  const share = (user + system) / 1_000 / elapsedMs
  console.log(
    `idle: ${(elapsedMs / 1_000).toFixed(1)} s with ${epochs} epochs cost ${((user + system) / 1_000).toFixed(0)} ms of processor time, ${(share * 100).toFixed(2)} % of a core`,
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

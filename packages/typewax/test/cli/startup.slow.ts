/** Checks how long a small flow takes from the command line, against the start of Node itself on the same machine at the same time. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/typewax.js', import.meta.url))
const FLOWS = fileURLToPath(new URL('fixtures/flows.ts', import.meta.url))
const BUDGET = 3.5
const ROUNDS = 15

function measureMs(args: readonly string[]): number {
  const start = performance.now()
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' })
  assert.equal(status, 0)
  return performance.now() - start
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!
}

test(`typewax run: takes at most ${BUDGET} times as long as an empty Node for three items`, (t) => {
  const run = [BIN, 'run', FLOWS]
  measureMs(run)
  const rounds = Array.from({ length: ROUNDS }, () => ({ empty: measureMs(['-e', '0']), flow: measureMs(run) }))
  const empty = median(rounds.map((round) => round.empty))
  const flow = median(rounds.map((round) => round.flow))
  t.diagnostic(`${flow.toFixed(0)} ms against ${empty.toFixed(0)} ms: ${(flow / empty).toFixed(2)} ×`)
  assert.ok(
    flow <= BUDGET * empty,
    `${flow.toFixed(0)} ms is more than ${BUDGET} × ${empty.toFixed(0)} ms; which import is new on the way of \`run\`?`,
  )
})

/** Checks the texts of progress and summary. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDuration, formatShort } from '../../src/cli/numbers.ts'
import { markOf, progressLine, START } from '../../src/cli/progress.ts'
import { nextStep, summaryLine } from '../../src/cli/summary.ts'
import type { RunProgress, RunReport } from '../../src/runtime/options.ts'

const steps = [
  { stepId: 'f.a', operator: 'input', itemsIn: 0, itemsOut: 1_000_000 },
  { stepId: 'f.b', operator: 'input', itemsIn: 0, itemsOut: 234_567 },
  { stepId: 'f.c', operator: 'map', itemsIn: 1_234_567, itemsOut: 1_234_567 },
]

const progress: RunProgress = { elapsedMs: 100_000, epoch: 12, committedEpoch: 10, lagMs: 3210, steps, sources: [], isEnd: false }

const report: RunReport = {
  outcome: 'finished',
  epochs: 2,
  execution: 0,
  resumedAfterEpoch: 0,
  wasComplete: false,
  steps,
  guarantees: {},
  elapsedMs: 12_345,
}

test('progressLine: gives rate, mean and total of all inputs', () => {
  assert.equal(progressLine(progress, { elapsedMs: 98_000, items: 1_232_567 }, false), '1.00 k items/s (mean 12.3 k) · 1,234,567 items')
  assert.equal(progressLine({ ...progress, elapsedMs: 0, steps: [] }, START, false), '0 items/s (mean 0) · 0 items')
})

test('progressLine: gives epoch and lag, and shorter figures, when state is kept', () => {
  assert.equal(progressLine(progress, markOf(progress), true), '0/s · 1.23 M items · epoch 12 · lag 3.2 s')
})

test('progressLine: fits in 80 columns, of which the terminal needs one, however far the run is', () => {
  const far: RunProgress = {
    ...progress,
    elapsedMs: 100_000_000,
    epoch: 99_999,
    committedEpoch: 99_998,
    lagMs: 3_599_000,
    steps: [{ stepId: 'f.a', operator: 'input', itemsIn: 0, itemsOut: 98_765_432_109 }],
    sources: [{ stepId: 'f.a', partKey: '1', unit: 'bytes', position: 999e9, end: 999e9 }],
  }
  for (const hasRecovery of [false, true]) {
    const line = progressLine(far, { elapsedMs: 99_999_000, items: 98_764_432_209 }, hasRecovery)
    assert.ok(line.length < 80, `${line.length}: ${line}`)
  }
})

test('progressLine: gives the percentage when every partition knows its end', () => {
  const bytes = { stepId: 'f.a', unit: 'bytes' } as const
  const known = {
    ...progress,
    sources: [
      { ...bytes, partKey: '1', position: 900, end: 1500 },
      { ...bytes, partKey: '2', position: 0, end: 500 },
    ],
  }
  assert.match(progressLine(known, START, false), / · 45 % of 2\.00 kB$/)
  const unknown = { ...known, sources: [...known.sources, { ...bytes, partKey: '3', position: 1_500_000 }] }
  assert.match(progressLine(unknown, START, false), / · 1\.50 MB read$/)
  const rows = { ...known, sources: [...known.sources, { ...bytes, unit: 'rows' as const, partKey: '3', position: 5, end: 5000 }] }
  assert.match(progressLine(rows, START, false), / · 45 % of 2\.00 kB \+ 0 % of 5,000 rows$/)
})

test('summaryLine: tells outcome, items, time and rate, with a store epochs and where it resumed', () => {
  assert.equal(summaryLine(report, false), 'finished: 1,234,567 items in 12 s (100 k items/s)')
  assert.equal(
    summaryLine({ ...report, outcome: 'stopped', epochs: 1, execution: 3, resumedAfterEpoch: 1007 }, true),
    'stopped: 1,234,567 items in 12 s (100 k items/s), 1 epoch, resumed after epoch 1,007 (execution 3)',
  )
})

test('summaryLine: does not speak of resuming when nothing had been committed', () => {
  assert.match(summaryLine({ ...report, execution: 1 }, true), /, from the beginning, no epoch had been committed \(execution 1\)$/)
})

test('nextStep: says how to start over when the flow was complete before', () => {
  const text = nextStep({ ...report, wasComplete: true, execution: 1 }, 'state/')
  assert.match(text, /already complete.*nothing new was found.*`rm -r state\/`/)
})

test('nextStep: says how to go on after a stop, and nothing after the end', () => {
  assert.equal(nextStep(report, 'state/'), '')
  assert.equal(nextStep({ ...report, outcome: 'stopped' }, 'state/'), 'run the same command again to go on')
  assert.match(nextStep({ ...report, outcome: 'aborted' }, undefined), /starts anew; with -r <dir>/)
})

test('formatShort, formatDuration: change their unit in time', () => {
  assert.deepEqual([0, 9.96, 12.4, 999, 1000, 999_499, 999_500, 1e9].map(formatShort), [
    '0',
    '10',
    '12',
    '999',
    '1.00 k',
    '999 k',
    '1.00 M',
    '1.00 G',
  ])
  assert.deepEqual([0.4, 999, 1000, 9949, 9951, 59_499, 59_500, 3_599_000, 3_600_000, 12_000_000].map(formatDuration), [
    '0 ms',
    '999 ms',
    '1.0 s',
    '9.9 s',
    '10 s',
    '59 s',
    '1 min 0 s',
    '59 min 59 s',
    '1 h 0 min',
    '3 h 20 min',
  ])
})

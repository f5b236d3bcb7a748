/** Tests how a run is stopped, and that what comes after it, or after a crash at any point, neither repeats nor leaves out an item. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Dataflow, DISCARD, run, type StatefulLogic, type TypewaxError } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/memory-store.ts'
import { TestClock, turn } from '../../src/testing/test-clock.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'
import { CallSink, ItemsSource, restlessHost, turns } from './flows.ts'

type Pair = [key: string, value: number]

function pairsOf(count: number): Pair[] {
  return Array.from({ length: count }, (_, index): Pair => [`k${index % 3}`, index])
}

/** Counts the values of each key; `write` gets the counts, `total` what a fold makes of all of them at the end. */
function countingFlow(source: ItemsSource<Pair>, write: (counts: readonly Pair[]) => void, total: Pair[] = []): Dataflow {
  const flow = new Dataflow('flow')
  const pairs = flow.input('in', source).keyed('keyed')
  pairs
    .statefulMap('count', (state: number | undefined) => [(state ?? 0) + 1, (state ?? 0) + 1])
    .mapAsync('later', async (pair) => pair, { timeoutMs: 60_000 })
    .output('out', new CallSink(write))
  pairs
    .foldFinal(
      'total',
      () => 0,
      (sum) => sum + 1,
    )
    .output('total_out', new TestingSink(total))
  return flow
}

function countsOf(count: number): Pair[] {
  return pairsOf(count).map(([key, index]) => [key, Math.floor(index / 3) + 1])
}

const intervals = fc.constantFrom(0, 1, 10, 10_000)
const batchSizes = fc.integer({ min: 1, max: 4 })
const delays = fc.option(fc.nat(2), { nil: undefined })

test('stop: everything read so far is written and committed, and the next run continues behind it', async () => {
  const property = fc.asyncProperty(
    fc.nat(30),
    fc.array(fc.nat(20), { maxLength: 3 }),
    batchSizes,
    delays,
    intervals,
    async (length, stops, batchSize, delay, epochIntervalMs) => {
      const recovery = new MemoryRecoveryStore()
      const written: Pair[] = []
      for (const stopAt of [...stops, undefined]) {
        const stop = new AbortController()
        const before = written.length
        if (stopAt === 0) stop.abort()
        const source = new ItemsSource(pairsOf(length), { batchSize, ...(delay !== undefined && { delay: () => turns(delay) }) })
        const flow = countingFlow(source, (counts) => {
          written.push(...counts)
          if (stopAt !== undefined && written.length - before >= stopAt) stop.abort()
        })
        const report = await run(flow, { signal: stop.signal, recovery, epochIntervalMs, host: restlessHost([0, 1]) })
        if (!stop.signal.aborted) assert.equal(report.outcome, 'finished')
      }
      assert.deepEqual(written, countsOf(length))
    },
  )
  await fc.assert(property, { numRuns: 200 })
})

test('stop: after a crash at any point, state and position fit together', async () => {
  const property = fc.asyncProperty(
    fc.nat(30),
    fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 3 }),
    batchSizes,
    delays,
    intervals,
    async (length, crashes, batchSize, delay, epochIntervalMs) => {
      const recovery = new MemoryRecoveryStore()
      const total: Pair[] = []
      let written: Pair[] = []
      for (const crashAt of [...crashes, undefined]) {
        const source = new ItemsSource(pairsOf(length), { batchSize, ...(delay !== undefined && { delay: () => turns(delay) }) })
        const already = written
        written = []
        const flow = countingFlow(
          source,
          (counts) => {
            written.push(...counts)
            if (crashAt !== undefined && written.length >= crashAt) throw new Error('crash')
          },
          total,
        )
        try {
          await run(flow, { recovery, epochIntervalMs, host: restlessHost([0, 1]) })
        } catch (error) {
          assert.match(String(error), /crash/)
        }
        checkContinues(already, written, countsOf(length))
        if (total.length > 0) break
      }
      const totals = new Map<string, number>()
      for (const [key] of pairsOf(length)) totals.set(key, (totals.get(key) ?? 0) + 1)
      assert.deepEqual(total, [...totals].sort())
    },
  )
  await fc.assert(property, { numRuns: 200 })
})

/** Each execution writes a part of what there is, without a gap, which begins where the one before ended, or earlier. */
function checkContinues(before: readonly Pair[], written: readonly Pair[], all: readonly Pair[]): void {
  const last = before.at(-1)
  const end = last === undefined ? 0 : indexOf(all, last) + 1
  const [first] = written
  if (first === undefined) return
  const start = indexOf(all, first)
  assert.ok(start <= end, `continues at ${start}, but only ${end} were written before`)
  assert.deepEqual(written, all.slice(start, start + written.length))
}

function indexOf(all: readonly Pair[], [key, count]: Pair): number {
  return all.findIndex((each) => each[0] === key && each[1] === count)
}

test('stop: a run whose sources sleep stops at once', async () => {
  const clock = new TestClock()
  const stop = new AbortController()
  const out: number[] = []
  const flow = new Dataflow('flow')
  flow.input('in', new TestingSource([1, 2], { awakeAt: (index) => index * 3_600_000 })).output('out', new TestingSink(out))
  const running = run(flow, { host: clock, signal: stop.signal })
  await turn()
  stop.abort()
  const { outcome } = await running
  assert.deepEqual([outcome, out, clock.now()], ['stopped', [1], 0])
})

test('stop: what a logic wants to be notified of survives, and comes at once if it is overdue', async () => {
  const recovery = new MemoryRecoveryStore()
  const out: Pair[] = []
  const reminding = (state: number | undefined): StatefulLogic<number, number, number> => {
    let dueMs = state
    return {
      onItem: (value) => {
        dueMs = value
        return [[]]
      },
      onNotify: () => [[dueMs ?? 0], DISCARD],
      notifyAt: () => dueMs,
      snapshot: () => dueMs ?? 0,
    }
  }
  const runAt = async (startAtMs: number, stopAtMs: number): Promise<void> => {
    const clock = new TestClock({ startAtMs })
    const stop = new AbortController()
    const flow = new Dataflow('flow')
    const pairs: Pair[] = [
      ['b', 500],
      ['a', 600],
      ['c', 9_000],
      ['never', 0],
    ]
    flow
      .input('in', new TestingSource(pairs, { batchSize: 9, awakeAt: (index) => (index === 3 ? 1_000_000 : 0) }))
      .keyed('keyed')
      .stateful('remind', reminding)
      .output('out', new TestingSink(out))
    const running = run(flow, { host: clock, signal: stop.signal, recovery })
    await turn()
    await clock.advanceTo(stopAtMs)
    stop.abort()
    await running
  }
  await runAt(0, 400)
  assert.deepEqual(out, [])
  await runAt(1_000, 8_999)
  assert.deepEqual(out, [
    ['a', 600],
    ['b', 500],
  ])
  await runAt(9_000, 9_000)
  assert.deepEqual(out.slice(2), [['c', 9_000]])
})

test('stop: a run that is stopped before it begins reads nothing', async () => {
  const out: number[] = []
  const flow = new Dataflow('flow')
  flow.input('in', new TestingSource([1, 2])).output('out', new TestingSink(out))
  const { outcome } = await run(flow, { signal: AbortSignal.abort() })
  assert.deepEqual([outcome, out], ['stopped', []])
})

test('stop: a sink that does not answer is waited for as long as `stopTimeoutMs`, even if all input has ended', async () => {
  const clock = new TestClock()
  const stop = new AbortController()
  const flow = new Dataflow('flow')
  flow.input('in', new ItemsSource([1])).output('out', new CallSink(() => new Promise<void>(() => {})))
  const running = run(flow, { host: clock, signal: stop.signal, stopTimeoutMs: 500 })
  const failing = assert.rejects(running, (error: TypewaxError) => error.code === 'TIMEOUT')
  await turn()
  stop.abort()
  await turn()
  await clock.advance(499)
  assert.equal(await Promise.race([failing.then(() => 'failed'), turn().then(() => 'runs')]), 'runs')
  await clock.advance(1)
  await failing
})

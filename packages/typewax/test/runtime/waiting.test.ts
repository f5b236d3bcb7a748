/** Tests when the engine polls and when it sleeps, on a clock of the test. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, EOF, run, type StatefulLogic } from '../../src/index.ts'
import { DynamicSource, type StatelessSourcePartition } from '../../src/inputs/source.ts'
import { MemoryRecoveryStore } from '../../src/recovery/memory-store.ts'
import { TestClock, turn } from '../../src/testing/test-clock.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'
import { CallSink } from './flows.ts'

/** Polls give what a list says: items, none, or the end. */
class Polled extends DynamicSource<number> {
  readonly polledAtMs: number[] = []
  readonly #batches: (readonly number[])[]
  readonly #clock: TestClock

  constructor(clock: TestClock, batches: readonly (readonly number[])[]) {
    super()
    this.#clock = clock
    this.#batches = [...batches]
  }

  override build(): StatelessSourcePartition<number> {
    return {
      nextBatch: () => {
        this.polledAtMs.push(this.#clock.now())
        return this.#batches.shift() ?? EOF
      },
      nextAwake: () => undefined,
      close: () => {},
    }
  }
}

test('waiting: a source is polled when it wants to be, and the engine sleeps until then', async () => {
  const clock = new TestClock({ startAtMs: 1_000, autoAdvance: true })
  const seen: [number, number][] = []
  const flow = new Dataflow('flow')
  const times = [1_000, 5_000, 5_000, 90_000]
  flow
    .input('in', new TestingSource([0, 1, 2, 3], { awakeAt: (index) => times[index] }))
    .output('out', new CallSink((items) => void seen.push(...items.map((item): [number, number] => [item, clock.now()]))))
  await run(flow, { host: clock })
  assert.deepEqual(seen, [
    [0, 1_000],
    [1, 5_000],
    [2, 5_000],
    [3, 90_000],
  ])
})

test('waiting: a source without items is polled again after a millisecond, one with items at once', async () => {
  const clock = new TestClock({ autoAdvance: true })
  const source = new Polled(clock, [[1], [2], [], [], [3], []])
  const out: number[] = []
  const flow = new Dataflow('flow')
  flow.input('in', source).output('out', new TestingSink(out))
  await run(flow, { host: clock })
  assert.deepEqual(source.polledAtMs, [0, 0, 0, 1, 2, 2, 3])
  assert.deepEqual(out, [1, 2, 3])
})

test('waiting: a source that sleeps does not hold back another, not even when an epoch ends', async () => {
  const clock = new TestClock({ autoAdvance: true })
  const seen: string[] = []
  const flow = new Dataflow('flow')
  const sleeper = flow.input('sleeper', new TestingSource(['late'], { awakeAt: () => 3_600_000 }))
  const steady = flow.input('steady', new TestingSource(['a', 'b', 'c'], { awakeAt: (index) => index * 30_000 }))
  sleeper.merge('merge', steady).output('out', new CallSink((items) => void seen.push(...items.map((item) => `${item} ${clock.now()}`))))
  await run(flow, { host: clock, epochIntervalMs: 10_000 })
  assert.deepEqual(seen, ['a 0', 'b 30000', 'c 60000', 'late 3600000'])
})

test('waiting: an epoch ends on time while every source sleeps, and none ends in which nothing happened', async () => {
  const clock = new TestClock({ autoAdvance: true })
  const flushedAtMs: number[] = []
  const flow = new Dataflow('flow')
  flow.input('in', new TestingSource([1, 2], { awakeAt: (index) => index * 60_000 })).output(
    'out',
    new CallSink(
      () => {},
      () => void flushedAtMs.push(clock.now()),
    ),
  )
  const report = await run(flow, { host: clock, epochIntervalMs: 10_000 })
  assert.deepEqual(flushedAtMs, [10_000, 60_000])
  // One for each item, and the last one, which always ends.
  assert.equal(report.epochs, 3)
})

test('waiting: results that come late do not make an epoch of their own', async () => {
  const clock = new TestClock({ autoAdvance: true })
  const flow = new Dataflow('flow')
  flow
    .input('in', new TestingSource([1, 2], { awakeAt: (index) => index * 60_000 }))
    .mapAsync('later', (item) => new Promise<number>((resolve) => clock.setTimer(15_000, () => resolve(item))))
    .output('out', new TestingSink<number>([]))
  const report = await run(flow, { host: clock, epochIntervalMs: 10_000 })
  assert.equal(report.epochs, 3)
})

test('waiting: the engine sleeps while the last epoch is being written, and notifies nobody behind its barrier', async () => {
  const clock = new TestClock({ autoAdvance: true })
  const stop = new AbortController()
  const flow = new Dataflow('flow')
  let isDue = true
  const notified = (): StatefulLogic<number, number, number> => ({
    onItem: () => [[]],
    onNotify: () => {
      isDue = false
      return [[]]
    },
    notifyAt: () => (isDue ? 1 : undefined),
    snapshot: () => 0,
  })
  flow
    .input(
      'in',
      new TestingSource<[string, number]>(
        [
          ['a', 1],
          ['a', 2],
        ],
        { awakeAt: (index) => index * 60_000 },
      ),
    )
    .keyed('keyed')
    .stateful('notified', notified)
    .output('out', new TestingSink<[string, number]>([]))
  flow.input('stopping', new TestingSource([1])).output('stop', new CallSink(() => stop.abort()))
  const recovery = new MemoryRecoveryStore()
  recovery.beforeWrite = () => new Promise(() => {})
  await assert.rejects(run(flow, { host: clock, signal: stop.signal, epochIntervalMs: 5, recovery }), { code: 'TIMEOUT' })
  assert.deepEqual([isDue, clock.now()], [true, 20_000])
})

test('waiting: no timer is left behind at the end', async () => {
  const clock = new TestClock()
  const flow = new Dataflow('flow')
  const stop = new AbortController()
  flow.input('in', new TestingSource([1], { awakeAt: () => 1_000_000 })).output('out', new TestingSink<number>([]))
  const running = run(flow, { host: clock, signal: stop.signal, onProgress: () => {} })
  await turn()
  assert.ok(clock.timerCount > 0)
  stop.abort()
  assert.equal((await running).outcome, 'stopped')
  assert.equal(clock.timerCount, 0)
})

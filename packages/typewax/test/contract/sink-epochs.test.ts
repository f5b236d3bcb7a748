/** Owns the proofs of what happens between sinks and epochs: flush, prepare, snapshot, what the store gets, commit; and what a failure leaves. */

import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../../src/index.ts'
import type { Host } from '../../src/runtime/host.ts'
import { TestClock, TestingSource } from '../../src/testing/index.ts'
import { turn } from '../../src/testing/test-clock.ts'
import { flowOf, LogDynamicSink, LogSink, leftRight, type Pair, pairs } from './log-sinks.ts'
import { MemoryStore } from './memory-store.ts'

async function slowly(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await turn()
}

/** A store that writes into `log` when an epoch is durable. */
function loggedStore(log: string[]): MemoryStore {
  return new MemoryStore({ after: (epoch) => void log.push(`durable ${epoch}`) })
}

const BUILDING = /^(listParts|build|signal|close)/

for (const isSlow of [false, true]) {
  const how = isSlow ? 'answers by promises' : 'answers at once'
  const hook = isSlow ? { before: slowly } : {}

  test(`snapshot: comes after the last write of its epoch and the flush, and before the commit, when the sink ${how}`, async () => {
    const log: string[] = []
    const source = new TestingSource(pairs('left:a', 'left:b', 'left:c', 'left:d'), { batchSize: 2 })
    const sink = new LogSink({ log, partFn: leftRight, ...hook })
    await run(flowOf(source, sink), { recovery: loggedStore(log), epochIntervalMs: 0 })
    const expected = [
      'write left a b',
      'flush left',
      'snapshot left',
      'durable 1',
      'write left c d',
      'flush left',
      'snapshot left',
      'durable 2',
      'durable 3',
    ]
    deepStrictEqual(
      log.filter((line) => !BUILDING.test(line)),
      expected,
    )
  })

  test(`flush: comes at a barrier only if something was written since the last one, when the sink ${how}`, async () => {
    const log: string[] = []
    const source = new TestingSource(pairs('left:a', 'right:b', 'left:c'))
    const sink = new LogSink({ log, partFn: leftRight, ...hook })
    await run(flowOf(source, sink), { recovery: loggedStore(log), epochIntervalMs: 0 })
    deepStrictEqual(
      log.filter((line) => line.startsWith('flush')),
      ['flush left', 'flush right', 'flush left'],
    )
    deepStrictEqual(
      log.filter((line) => line.startsWith('snapshot')),
      ['snapshot left', 'snapshot right', 'snapshot left'],
    )
  })

  test(`flush: of all partitions is over before the epoch becomes durable, when the sink ${how}`, async () => {
    const log: string[] = []
    const sink = new LogSink({ log, partFn: leftRight, ...hook })
    await run(flowOf(new TestingSource(pairs('left:a', 'right:b'), { batchSize: 2 }), sink), { recovery: loggedStore(log), epochIntervalMs: 0 })
    const durable = log.indexOf('durable 1')
    for (const part of ['left', 'right']) ok(log.indexOf(`snapshot ${part}`) < durable, `the snapshot of ${part} comes before the commit`)
    strictEqual(log.lastIndexOf('flush left') < durable && log.lastIndexOf('flush right') < durable, true)
  })

  test(`commit: comes once the epoch of its prepare is durable, and prepare comes in place of flush, when the sink ${how}`, async () => {
    const log: string[] = []
    const source = new TestingSource(pairs('left:a', 'left:b'))
    const sink = new LogSink({ log, isTwoPhase: true, partFn: leftRight, ...hook })
    await run(flowOf(source, sink), { recovery: loggedStore(log), epochIntervalMs: 0 })
    const expected = ['write left a', 'prepare left 0', 'snapshot left', 'durable 1', 'commit left 0']
    deepStrictEqual(log.filter((line) => !BUILDING.test(line)).slice(0, 5), expected)
    deepStrictEqual(sink.output.get('left'), ['a', 'b'])
  })

  test(`flush: of a dynamic sink is over before the epoch becomes durable, when the sink ${how}`, async () => {
    const log: string[] = []
    const sink = new LogDynamicSink({ log, ...hook })
    await run(flowOf(new TestingSource(['a', 'b']), sink), { recovery: loggedStore(log), epochIntervalMs: 0 })
    const expected = ['write a', 'flush', 'durable 1', 'write b', 'flush', 'durable 2', 'durable 3']
    deepStrictEqual(
      log.filter((line) => !BUILDING.test(line)),
      expected,
    )
  })

  test(`flush: a failure fails the epoch with step and partition, and nothing of it is committed, when the sink ${how}`, async () => {
    const store = new MemoryStore()
    let flushes = 0
    const before = async (line: string): Promise<void> => {
      if (isSlow) await slowly()
      if (line.startsWith('flush') && ++flushes === 2) throw new Error('the disk is full')
    }
    const sink = new LogSink({ partFn: leftRight, before: isSlow ? before : (line) => failAtOnce(line) })
    const failAtOnce = (line: string): void => {
      if (line.startsWith('flush') && ++flushes === 2) throw new Error('the disk is full')
    }
    const flow = flowOf(new TestingSource(pairs('left:a', 'left:b', 'left:c')), sink)
    await rejects(run(flow, { recovery: store, epochIntervalMs: 0 }), {
      code: 'SINK_FAILED',
      stepId: 'flow.out',
      partKey: 'left',
      message: /`flush`.*disk is full/,
    })
    strictEqual(store.committedEpoch, 1)
    await run(flow, { recovery: store, epochIntervalMs: 0 })
    deepStrictEqual(sink.output.get('left'), ['a', 'b', 'c'])
  })
}

test('writeBatch: a failure that arrives with the end of the epoch commits nothing of it', async () => {
  const clock = new TestClock()
  let lateMs = 0
  const host: Host = {
    now: clock.now,
    monotonicMs: () => clock.monotonicMs() + lateMs,
    setTimer: (delayMs, callback) => clock.setTimer(delayMs, callback),
    yieldTurn: (callback) => clock.yieldTurn(callback),
    random: () => clock.random(),
  }
  const store = new MemoryStore()
  const calls: string[] = []
  let fail: (error: Error) => void = () => {}
  const before = (line: string): Promise<void> | undefined => (line.startsWith('write') ? new Promise((_, reject) => (fail = reject)) : undefined)
  const source = new TestingSource<Pair>([...pairs('left:a'), TestingSource.PAUSE(60_000)], { now: clock.now })
  const flow = flowOf(source, new LogSink({ log: calls, before, partFn: leftRight }))
  const failed = rejects(run(flow, { recovery: store, host, epochIntervalMs: 10_000 }), { code: 'SINK_FAILED', message: /`writeBatch`/ })
  await clock.advance(0)
  // The epoch is over when the failure comes, and it is the failure that wakes the worker.
  lateMs = 10_000
  fail(new Error('connection lost'))
  await failed
  strictEqual(store.committedEpoch, 0)
  deepStrictEqual(
    calls.filter((line) => /^(flush|snapshot)/.test(line)),
    [],
  )
})

test('snapshot: is where the next execution writes on, after the last value that was committed', async () => {
  const store = new MemoryStore()
  const items = [...pairs('left:a', 'right:b'), TestingSource.EOF, ...pairs('right:c', 'left:d'), TestingSource.EOF, ...pairs('left:e')]
  const sink = new LogSink({ partFn: leftRight })
  for (let execution = 0; execution < 4; execution++) await run(flowOf(new TestingSource(items.slice()), sink), { recovery: store })
  deepStrictEqual(
    [...sink.output],
    [
      ['left', ['a', 'd', 'e']],
      ['right', ['b', 'c']],
    ],
  )
})

test('snapshot: is asked for while nothing is being written, however slow the sink is', async () => {
  const log: string[] = []
  const before = async (line: string): Promise<void> => {
    await slowly()
    log.push(`done ${line}`)
  }
  const items = Array.from({ length: 30 }, (_, index): Pair => ['left', String(index)])
  await run(flowOf(new TestingSource(items, { batchSize: 4 }), new LogSink({ log, before, partFn: leftRight })), {
    recovery: new MemoryStore(),
    epochIntervalMs: 0.01,
  })
  let isWriting = false
  for (const line of log) {
    if (line.startsWith('write')) isWriting = true
    if (line.startsWith('done write')) isWriting = false
    if (line.startsWith('snapshot')) strictEqual(isWriting, false)
  }
  ok(log.filter((line) => line.startsWith('snapshot')).length > 0)
})

test('commit: is repeated with the same token by the next execution if the first crashed before it', async () => {
  const store = new MemoryStore()
  const log: string[] = []
  let isCrashing = true
  const before = (line: string): void => {
    if (isCrashing && line.startsWith('commit')) throw new Error('power cut')
  }
  const sink = new LogSink({ log, before, isTwoPhase: true, partFn: leftRight })
  const flow = flowOf(new TestingSource(pairs('left:a', 'left:b')), sink)
  await rejects(run(flow, { recovery: store, epochIntervalMs: 0 }), { code: 'SINK_FAILED', message: /`commit`/ })
  deepStrictEqual(sink.output.get('left'), [])
  isCrashing = false
  log.length = 0
  await run(flow, { recovery: store, epochIntervalMs: 0 })
  const expected = [
    'listParts',
    'build left 1',
    'commit left 0',
    'build right undefined',
    'write left b',
    'prepare left 1',
    'snapshot left',
    'commit left 1',
  ]
  deepStrictEqual(log.slice(0, expected.length), expected)
  deepStrictEqual(sink.output.get('left'), ['a', 'b'])
})

test('flush: a dynamic sink that fails fails the epoch, and nothing of it is committed', async () => {
  const store = new MemoryStore()
  const before = async (line: string): Promise<void> => {
    if (line === 'flush') throw new Error('the broker is gone')
  }
  await rejects(run(flowOf(new TestingSource(['a']), new LogDynamicSink({ before })), { recovery: store }), {
    code: 'SINK_FAILED',
    stepId: 'flow.out',
    message: /`flush`.*broker is gone/,
  })
  strictEqual(store.committedEpoch, 0)
})

/** Owns the proofs of what a sink sees at the end of an execution, of whatever kind: `close` or not, the signal, and nothing after it. */

import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, type RunOptions, run, type Sink } from '../../src/index.ts'
import { TestClock, TestingSource } from '../../src/testing/index.ts'
import { turn } from '../../src/testing/test-clock.ts'
import { flowOf, LogDynamicSink, LogSink, leftRight, type Pair, pairs } from './log-sinks.ts'
import { MemoryStore } from './memory-store.ts'

async function slowly(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await turn()
}

/** Both kinds of sink, with what each logs at its ends. */
const KINDS = [
  { kind: 'partitioned', make: (log: string[]): Sink<Pair> => new LogSink({ log, parts: ['left'] }), close: 'close left', signal: 'signal left' },
  { kind: 'dynamic', make: (log: string[]): Sink<Pair> => new LogDynamicSink({ log }) as never, close: 'close', signal: 'signal' },
]

const count = (log: readonly string[], line: string): number => log.filter((each) => each === line).length

for (const { kind, make, close, signal } of KINDS) {
  test(`close: is called once when finite input has ended and the last epoch is committed, before the signal, of a ${kind} sink`, async () => {
    const log: string[] = []
    const store = new MemoryStore({ after: (epoch) => void log.push(`durable ${epoch}`) })
    await run(flowOf(new TestingSource(pairs('left:a', 'left:b')), make(log)), { recovery: store, epochIntervalMs: 0 })
    deepStrictEqual(log.slice(-3), ['durable 3', close, signal])
    strictEqual(count(log, close), 1)
    strictEqual(count(log, signal), 1)
  })

  test(`close: is called at the end of input without a store and without an item too, of a ${kind} sink`, async () => {
    const log: string[] = []
    await run(flowOf(new TestingSource<Pair>([]), make(log)))
    deepStrictEqual(log.slice(-2), [close, signal])
  })

  test(`close: is not called when the run is stopped, of a ${kind} sink`, async () => {
    const log: string[] = []
    const clock = new TestClock()
    const stop = new AbortController()
    const source = new TestingSource<Pair>([...pairs('left:a'), TestingSource.PAUSE(1_000), ...pairs('left:b')], { now: clock.now })
    const running = run(flowOf(source, make(log)), { host: clock, signal: stop.signal, recovery: new MemoryStore() })
    await clock.advance(0)
    stop.abort()
    strictEqual((await running).outcome, 'stopped')
    strictEqual(count(log, close), 0)
    strictEqual(count(log, signal), 1)
  })

  const cutOffs: readonly (readonly [how: string, items: () => TestingSource<Pair>, options: RunOptions])[] = [
    ['is aborted', () => new TestingSource<Pair>([...pairs('left:a'), TestingSource.ABORT(), ...pairs('left:b')]), {}],
    ['is aborted at its last epoch', () => new TestingSource<Pair>([...pairs('left:a'), TestingSource.ABORT()]), { epochIntervalMs: 0 }],
  ]
  for (const [how, items, options] of cutOffs) {
    test(`close: is not called when the run ${how}, of a ${kind} sink`, async () => {
      const log: string[] = []
      strictEqual((await run(flowOf(items(), make(log)), { recovery: new MemoryStore(), ...options })).outcome, 'aborted')
      strictEqual(count(log, close), 0)
      strictEqual(count(log, signal), 1)
    })
  }

  test(`close: is not called when a step or the store fails, of a ${kind} sink`, async () => {
    const log: string[] = []
    const flow = new Dataflow('flow')
    flow
      .input('in', new TestingSource(pairs('left:a', 'left:b')))
      .map('map', (pair): Pair => (pair[1] === 'b' ? fail('no b') : pair))
      .output('out', make(log))
    await rejects(run(flow), { code: 'USER_FUNCTION_FAILED' })
    const store = new MemoryStore({ before: () => fail('disk full') })
    await rejects(run(flowOf(new TestingSource(pairs('left:a')), make(log)), { recovery: store }), /disk full/)
    strictEqual(count(log, close), 0)
    strictEqual(count(log, signal), 2)
  })
}

test('close: is waited for', async () => {
  const log: string[] = []
  const before = async (line: string): Promise<void> => {
    if (!line.startsWith('close')) return
    await slowly()
    log.push(`closed ${line.slice(6)}`)
  }
  await run(flowOf(new TestingSource(pairs('left:a')), new LogSink({ log, before })))
  deepStrictEqual(log.slice(-6), ['close left', 'closed left', 'close right', 'closed right', 'signal left', 'signal right'])
})

test('close: a failure is an error with step and partition', async () => {
  const before = (line: string): void => {
    if (line === 'close right') fail('cannot close')
  }
  const failure = { code: 'SINK_FAILED', stepId: 'flow.out', partKey: 'right', message: /`close`.*cannot close/ }
  await rejects(run(flowOf(new TestingSource(pairs('left:a')), new LogSink({ before }))), failure)
})

test('snapshot: is never called after close', async () => {
  for (const epochIntervalMs of [0, 0.01, 10_000]) {
    const log: string[] = []
    const source = new TestingSource(pairs('left:a', 'right:b', 'left:c', 'right:d'))
    await run(flowOf(source, new LogSink({ log, before: slowly, partFn: leftRight })), { recovery: new MemoryStore(), epochIntervalMs })
    const closed = log.findIndex((line) => line.startsWith('close'))
    deepStrictEqual(
      log.slice(closed).map((line) => line.split(' ')[0]),
      ['close', 'close', 'signal', 'signal'],
    )
  }
})

test('signal: fires when building fails too', async () => {
  const log: string[] = []
  const before = (line: string): void => {
    if (line.startsWith('build right')) fail('no such disk')
  }
  await rejects(run(flowOf(new TestingSource<Pair>([]), new LogSink({ log, before }))), { code: 'SINK_FAILED' })
  deepStrictEqual(log.slice(-1), ['signal left'])
})

for (const [how, isAborted] of [
  ['was aborted', true],
  ['has failed', false],
] as const) {
  test(`signal: nothing of a partition is called after it, when the run ${how} while a write was pending and others waited`, async () => {
    const log: string[] = []
    let release: () => void = () => {}
    const before = (line: string): Promise<void> | undefined => (line === 'write left 0' ? new Promise((resolve) => (release = resolve)) : undefined)
    const items = [...Array.from({ length: 6 }, (_, index): Pair => ['left', String(index)]), ...(isAborted ? [TestingSource.ABORT()] : [])]
    const flow = new Dataflow('flow')
    const sink = new LogSink({ log, before, partFn: leftRight })
    flow
      .input('in', new TestingSource<Pair>(items))
      .map('map', (pair): Pair => (!isAborted && pair[1] === '5' ? fail('no fives') : pair))
      .output('out', sink)
    await run(flow, { recovery: new MemoryStore() }).catch(() => {})
    const lines = log.length
    release()
    await slowly()
    deepStrictEqual(log.slice(lines), [])
  })
}

test('signal: no commit comes after it, when the run was aborted while its epoch was being written', async () => {
  const log: string[] = []
  let release: () => void = () => {}
  const clock = new TestClock()
  const store = new MemoryStore({ before: () => new Promise<void>((resolve) => (release = resolve)) })
  const items = [...pairs('left:a'), TestingSource.PAUSE(20_000), TestingSource.ABORT()]
  const flow = flowOf(new TestingSource<Pair>(items, { now: clock.now }), new LogSink({ log, isTwoPhase: true, partFn: leftRight }))
  const running = run(flow, { recovery: store, host: clock, epochIntervalMs: 10_000 })
  await clock.advance(0)
  await clock.advance(10_000)
  await clock.advance(10_000)
  strictEqual((await running).outcome, 'aborted')
  release()
  await slowly()
  strictEqual(count(log, 'commit left 0'), 0)
})

function fail(message: string): never {
  throw new Error(message)
}

/** Owns the proofs of what the output contract says about dynamic sinks, on the real engine. */

import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { run } from '../../src/index.ts'
import { TestingSource } from '../../src/testing/index.ts'
import { turn } from '../../src/testing/test-clock.ts'
import { flowOf, LogDynamicSink, LogSink, pairs } from './log-sinks.ts'
import { MemoryStore } from './memory-store.ts'

const NUMBERS = Array.from({ length: 12 }, (_, index) => String(index))

test('build: is called once on a worker, with its index and the number of workers, before the first item', async () => {
  for (const items of [['a', 'b'], []]) {
    const log: string[] = []
    await run(flowOf(new TestingSource(items), new LogDynamicSink({ log })))
    strictEqual(log[0], 'build 0 of 1')
    strictEqual(log.filter((line) => line.startsWith('build')).length, 1)
  }
})

test('build: is called once in each execution, and gets no state', async () => {
  const log: string[] = []
  const store = new MemoryStore()
  const flow = flowOf(new TestingSource(['a', TestingSource.EOF, 'b']), new LogDynamicSink({ log }))
  await run(flow, { recovery: store })
  await run(flow, { recovery: store })
  deepStrictEqual(
    log.filter((line) => line.startsWith('build')),
    ['build 0 of 1', 'build 0 of 1'],
  )
  ok(store.stepIds.length > 0)
  ok(!store.stepIds.some((stepId) => stepId.startsWith('flow.out')), 'nothing of the sink is in the store')
})

test('build: a failure names the step', async () => {
  const before = (): void => {
    throw new Error('no broker')
  }
  await rejects(run(flowOf(new TestingSource(['a']), new LogDynamicSink({ before }))), {
    code: 'SINK_FAILED',
    stepId: 'flow.out',
    message: /no broker/,
  })
})

test('writeBatch: of a dynamic sink gets all items in order, in batches that are never empty, one call at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.stringMatching(/^[a-z]{1,3}$/)), fc.integer({ min: 1, max: 9 }), fc.boolean(), async (items, batchSize, isSlow) => {
      let pendingCount = 0
      const slowly = async (): Promise<void> => {
        strictEqual(++pendingCount, 1)
        await turn()
        pendingCount -= 1
      }
      const log: string[] = []
      const sink = new LogDynamicSink(isSlow ? { log, before: slowly } : { log })
      await run(flowOf(new TestingSource(items, { batchSize }), sink))
      deepStrictEqual(sink.output, items)
      ok(!log.includes('write '))
    }),
    { numRuns: 50 },
  )
})

for (const epochIntervalMs of [0, 10_000]) {
  test(`DynamicSink: is at-least-once: after an abort with epochs of ${epochIntervalMs} ms no item is lost, and what comes again follows in order`, async () => {
    for (let abortAt = 0; abortAt <= NUMBERS.length; abortAt++) {
      const store = new MemoryStore()
      const items = [...NUMBERS.slice(0, abortAt), TestingSource.ABORT(), ...NUMBERS.slice(abortAt)]
      const sink = new LogDynamicSink()
      const flow = flowOf(new TestingSource(items, { batchSize: 2 }), sink)
      strictEqual((await run(flow, { recovery: store, epochIntervalMs })).outcome, 'aborted')
      const before = sink.output.length
      await run(flow, { recovery: store, epochIntervalMs })
      deepStrictEqual(sink.output.slice(0, before), NUMBERS.slice(0, before), 'before the abort')
      const again = sink.output.slice(before)
      deepStrictEqual(again, NUMBERS.slice(NUMBERS.length - again.length), 'after the abort')
      ok(before + again.length >= NUMBERS.length, 'no item is lost')
      if (epochIntervalMs === 10_000) strictEqual(again.length, NUMBERS.length, 'nothing was committed, so that all comes again')
    }
  })
}

test('run: reports what each sink can promise', async () => {
  const store = new MemoryStore()
  const dynamic = await run(flowOf(new TestingSource(['a']), new LogDynamicSink()), { recovery: store })
  deepStrictEqual(Object.values(dynamic.guarantees), ['at-least-once'])
  const partitioned = await run(flowOf(new TestingSource(pairs('left:a')), new LogSink()), { recovery: new MemoryStore() })
  deepStrictEqual(Object.values(partitioned.guarantees), ['exactly-once'])
})

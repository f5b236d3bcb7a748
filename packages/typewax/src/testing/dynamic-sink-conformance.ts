/** Owns the conformance suite for dynamic sinks: what `DynamicSink` and `StatelessSinkPartition` promise, as cases. */

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Awaitable } from '../inputs/source.ts'
import type { DynamicSink, StatelessSinkPartition } from '../outputs/sink.ts'
import { checkFailure, checkReleased } from './checks.ts'
import { type Bench, type ConformanceCase, caseMaker } from './conformance-case.ts'
import type { RefusedValue, SinkSetup } from './sink-bench.ts'
import { type TestContext, testContext } from './test-context.ts'

/** A fresh sink with an output of its own. */
export interface DynamicSinkSetup<X> extends SinkSetup {
  readonly sink: DynamicSink<X>
  /** Items to write: six or more, no two of them equal. */
  readonly items: readonly X[]
  /** Reads what is in the output, in order, whichever worker wrote it. */
  read(): Awaitable<readonly X[]>
}

/** What the suite is run on. */
export interface DynamicSinkFixture<X> {
  /** Makes a sink. Called once for each case. */
  make(): Awaitable<DynamicSinkSetup<X>>
  /** Items that a partition must refuse. */
  readonly refuses?: readonly RefusedValue[]
}

/** Makes the cases for a dynamic sink. */
export function dynamicSinkConformance<X>(fixture: DynamicSinkFixture<X>): ConformanceCase[] {
  const define = caseMaker(async () => {
    const setup = await fixture.make()
    ok(setup.items.length >= 6, 'the fixture must give at least six items')
    return new DynamicSinkBench(setup)
  })
  return [
    define('build: gives partitions without positions', checkNoPosition),
    define('writeBatch: writes items in order, in batches of any size', checkOrder),
    define('writeBatch: keeps the order of each of three workers that write at once', checkWorkers),
    define('flush: makes visible what was written before', checkFlush),
    define('close: comes after the last flush, keeps the output and releases everything', checkClose),
    define('signal: ends a partition without close, and the next execution writes again', checkSignal),
    ...(fixture.refuses ?? []).map(({ name, value, code }) =>
      define(`writeBatch: fails with ${code} for ${name}`, async (bench) => {
        const { partition } = await bench.build()
        await write(partition, bench.setup.items.slice(0, 1))
        await checkFailure(code, async () => await write(partition, [value as X]))
      }),
    ),
  ]
}

class DynamicSinkBench<X> implements Bench {
  readonly setup: DynamicSinkSetup<X>
  readonly #contexts: TestContext[] = []

  constructor(setup: DynamicSinkSetup<X>) {
    this.setup = setup
  }

  async build(workerIndex = 0, workerCount = 1): Promise<{ partition: StatelessSinkPartition<X>; context: TestContext }> {
    const context = testContext({ workerIndex })
    this.#contexts.push(context)
    return { partition: await this.setup.sink.build(workerIndex, workerCount, context), context }
  }

  async dispose(): Promise<void> {
    for (const context of this.#contexts) context.end()
    await this.setup.cleanup?.()
  }
}

/** Writes and flushes; the array is the runtime's and must not be changed. */
async function write<X>(partition: StatelessSinkPartition<X>, items: readonly X[]): Promise<void> {
  await partition.writeBatch(Object.freeze([...items]))
  await partition.flush?.()
}

async function checkNoPosition<X>(bench: DynamicSinkBench<X>): Promise<void> {
  const { partition } = await bench.build()
  ok(!('snapshot' in partition), 'a partition of a dynamic sink has no `snapshot`: nobody would store it; extend FixedPartitionedSink')
}

async function checkOrder<X>(bench: DynamicSinkBench<X>): Promise<void> {
  const { items } = bench.setup
  const { partition } = await bench.build()
  const written: X[] = []
  for (const size of [1, 2, 3, 1, 1_000, 1, 17]) {
    const batch = Array.from({ length: size }, (_, index) => items[(written.length + index) % items.length] as X)
    await partition.writeBatch(Object.freeze(batch))
    written.push(...batch)
  }
  await partition.flush?.()
  deepStrictEqual(await bench.setup.read(), written, 'items must be written in order')
}

async function checkWorkers<X>(bench: DynamicSinkBench<X>): Promise<void> {
  const { items } = bench.setup
  const workerCount = 3
  const workers = await Promise.all(Array.from({ length: workerCount }, async (_, index) => await bench.build(index, workerCount)))
  for (const [index, item] of items.entries()) await workers[index % workerCount]?.partition.writeBatch([item])
  for (const { partition } of workers) await partition.flush?.()
  // As text, so that items may be objects; what `read` gives are copies.
  const content = (await bench.setup.read()).map((item) => JSON.stringify(item))
  strictEqual(content.length, items.length, 'all workers together must write each item once')
  for (let worker = 0; worker < workerCount; worker++) {
    const own = items.filter((_, index) => index % workerCount === worker).map((item) => JSON.stringify(item))
    const written = content.filter((item) => own.includes(item))
    deepStrictEqual(written, own, `items of worker ${worker} must be there, in order`)
  }
}

async function checkFlush<X>(bench: DynamicSinkBench<X>): Promise<void> {
  const { items } = bench.setup
  const { partition } = await bench.build()
  for (let count = 1; count <= items.length; count++) {
    await write(partition, items.slice(count - 1, count))
    deepStrictEqual(await bench.setup.read(), items.slice(0, count), 'what was written must be there after the flush')
  }
}

async function checkClose<X>(bench: DynamicSinkBench<X>): Promise<void> {
  const { items, countHandles } = bench.setup
  const before = countHandles?.()
  const { partition, context } = await bench.build()
  await write(partition, items)
  await partition.close()
  context.end()
  await checkReleased(countHandles, before, 'handles must be released by `close` or by the signal that follows it')
  deepStrictEqual(await bench.setup.read(), items, 'the output must stay as it is at `close`')
}

async function checkSignal<X>(bench: DynamicSinkBench<X>): Promise<void> {
  const { items, countHandles } = bench.setup
  const before = countHandles?.()
  const { partition, context } = await bench.build()
  await write(partition, items.slice(0, 3))
  context.end()
  await checkReleased(countHandles, before, 'handles must be released when the signal fires: `close` is not called then')
  await write((await bench.build()).partition, items.slice(3))
  const content = await bench.setup.read()
  deepStrictEqual(content.slice(-(items.length - 3)), items.slice(3), 'the signal of one execution must not hurt the next')
}

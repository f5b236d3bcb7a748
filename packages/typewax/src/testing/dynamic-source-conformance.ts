/** Owns the conformance suite for dynamic sources: what `DynamicSource` and `StatelessSourcePartition` promise, as cases. */

import { deepStrictEqual, ok } from 'node:assert/strict'
import type { Awaitable, DynamicSource } from '../inputs/source.ts'
import { checkReleased } from './checks.ts'
import { type Bench, type ConformanceCase, caseMaker } from './conformance-case.ts'
import { Reader, type SourceSetup } from './source-bench.ts'
import { isEof, type TestContext, testContext } from './test-context.ts'

/** A fresh source over data of its own. */
export interface DynamicSourceSetup<X> extends SourceSetup {
  readonly source: DynamicSource<X>
  /** The items that a worker reads if there are `workerCount` workers, in order. */
  expected(workerIndex: number, workerCount: number): readonly X[]
}

/** What the suite is run on. */
export interface DynamicSourceFixture<X> {
  /** Makes a source. Called once for each case; each worker is built once per case. */
  make(): Awaitable<DynamicSourceSetup<X>>
  /** Whether partitions never end: then nothing is asked about EOF. Default false. */
  readonly isEndless?: boolean
}

/** Makes the cases for a dynamic source. */
export function dynamicSourceConformance<X>(fixture: DynamicSourceFixture<X>): ConformanceCase[] {
  const isEndless = fixture.isEndless ?? false
  const define = caseMaker(async () => new DynamicSourceBench(await fixture.make(), isEndless))
  const cases = [
    define('build: gives a single worker all items', async (bench) => await checkWorkers(bench, 1)),
    define('build: gives each of three workers its items when they read at once', async (bench) => await checkWorkers(bench, 3)),
    define('build: gives partitions without positions', checkNoPosition),
    define('signal: ends a partition in the middle and releases everything', checkSignal),
  ]
  if (!isEndless) {
    cases.push(
      define('nextBatch: gives EOF as a value, and gives it again', checkEof),
      define('close: comes after EOF and releases everything', checkClose),
    )
  }
  return cases
}

class DynamicSourceBench<X> implements Bench {
  readonly setup: DynamicSourceSetup<X>
  readonly isEndless: boolean
  readonly #contexts: TestContext[] = []

  constructor(setup: DynamicSourceSetup<X>, isEndless: boolean) {
    this.setup = setup
    this.isEndless = isEndless
  }

  async build(workerIndex: number, workerCount: number): Promise<Reader<X>> {
    const context = testContext({ workerIndex })
    this.#contexts.push(context)
    return new Reader(await this.setup.source.build(workerIndex, workerCount, context), context, this.setup)
  }

  async dispose(): Promise<void> {
    for (const context of this.#contexts) context.end()
    await this.setup.cleanup?.()
  }
}

async function checkWorkers<X>(bench: DynamicSourceBench<X>, workerCount: number): Promise<void> {
  const workers = await Promise.all(
    Array.from({ length: workerCount }, async (_, workerIndex) => ({
      reader: await bench.build(workerIndex, workerCount),
      expected: bench.setup.expected(workerIndex, workerCount),
    })),
  )
  for (let isReading = true; isReading; ) {
    isReading = false
    for (const { reader, expected } of workers) {
      if (reader.isDone(expected.length, bench.isEndless)) continue
      await reader.next()
      isReading = true
    }
  }
  workers.forEach(({ reader, expected }, index) => {
    deepStrictEqual(reader.items, expected, `items of worker ${index} of ${workerCount}`)
  })
}

async function checkNoPosition<X>(bench: DynamicSourceBench<X>): Promise<void> {
  const { partition } = await bench.build(0, 1)
  ok(!('snapshot' in partition), 'a partition of a dynamic source has no `snapshot`: nobody would store it; extend FixedPartitionedSource')
}

async function checkEof<X>(bench: DynamicSourceBench<X>): Promise<void> {
  const reader = await bench.build(0, 1)
  await reader.toEnd(bench.setup.expected(0, 1).length, false)
  for (let time = 0; time < 2; time++) ok(isEof(await reader.partition.nextBatch()), 'nextBatch must give EOF again after the end')
}

async function checkSignal<X>(bench: DynamicSourceBench<X>): Promise<void> {
  const { setup } = bench
  const { countHandles } = setup
  const before = countHandles?.()
  const reader = await bench.build(0, 1)
  if (setup.expected(0, 1).length > 0) await reader.next()
  reader.context.end()
  await checkReleased(countHandles, before, 'handles must be released when the signal fires: `close` is not called then')
}

async function checkClose<X>(bench: DynamicSourceBench<X>): Promise<void> {
  const { setup } = bench
  const { countHandles } = setup
  const before = countHandles?.()
  const reader = await bench.build(0, 1)
  await reader.toEnd(setup.expected(0, 1).length, false)
  await reader.partition.close()
  await checkReleased(countHandles, before, '`close` must release what the partition holds')
  reader.context.end()
  await checkReleased(countHandles, before, 'the signal after `close` must do no harm')
}

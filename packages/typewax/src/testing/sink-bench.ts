/**
 * Owns the bench of the suite for partitioned sinks: drives partitions as the runtime would (writes, barriers, commits, ends) and reads back what is
 * in the output.
 */

import { deepStrictEqual, ok } from 'node:assert/strict'
import type { Awaitable } from '../inputs/source.ts'
import type { FixedPartitionedSink, StatefulSinkPartition } from '../outputs/sink.ts'
import { checkReleased, storedCopy } from './checks.ts'
import type { Bench } from './conformance-case.ts'
import { type TestContext, testContext } from './test-context.ts'

/** What the cases of both sink suites may use. */
export interface SinkSetup {
  /** Counts what partitions hold open: `() => openFileCount(dir)`. Without it nothing is asked about leaks. */
  readonly countHandles?: () => number
  /** Called at the end of the case, after the signals of all contexts have fired. */
  readonly cleanup?: () => Awaitable<void>
}

/** A fresh sink with an output of its own. */
export interface FixedPartitionedSinkSetup<V, S> extends SinkSetup {
  readonly sink: FixedPartitionedSink<V, S>
  /** Makes another sink object for the same output, as the next process would. Default: the same object again. */
  readonly reopen?: () => FixedPartitionedSink<V, S>
  /** Values to write: four or more, no two of them equal. */
  readonly values: readonly V[]
  /** Reads what is visible of a partition, in order. Must fail, or give `undefined`, if the partition does not exist. */
  read(part: string): Awaitable<readonly V[] | undefined>
}

/** A value that a partition must refuse, and how. */
export interface RefusedValue {
  /** What is wrong with it, such as `a number`. */
  readonly name: string
  readonly value: unknown
  /** `code` of the error that `writeBatch` (or the next `flush`) fails with. */
  readonly code: string
}

/** Where a partition stands after a barrier, as the store keeps it. */
export interface Stored<S> {
  readonly position: S
  readonly token: { readonly value: unknown } | undefined
}

/** One partition being written. */
export class Writer<V, S> {
  readonly partition: StatefulSinkPartition<V, S>
  readonly context: TestContext

  constructor(partition: StatefulSinkPartition<V, S>, context: TestContext) {
    this.partition = partition
    this.context = context
  }

  /** Writes a batch; the array is the runtime's and must not be changed. */
  async write(values: readonly V[]): Promise<void> {
    await this.partition.writeBatch(Object.freeze([...values]))
  }

  /** A barrier after something was written: flush or prepare, then snapshot. */
  async barrier(): Promise<Stored<S>> {
    const { partition } = this
    let token: { value: unknown } | undefined
    if (partition.prepare === undefined) await partition.flush?.()
    else token = { value: storedCopy(await partition.prepare(), 'the token of `prepare`') }
    return { position: storedCopy(partition.snapshot(), 'the snapshot'), token }
  }

  /** What follows once the epoch of a barrier is durable. */
  async commit({ token }: Stored<S>): Promise<void> {
    if (token !== undefined) await this.partition.commit?.(token.value)
  }

  /** A whole epoch: write, barrier, commit. */
  async epoch(values: readonly V[]): Promise<Stored<S>> {
    await this.write(values)
    const stored = await this.barrier()
    await this.commit(stored)
    return stored
  }

  /** Ends the execution as a crash or a stop would: the signal fires, `close` is not called. */
  end(): void {
    this.context.end()
  }
}

export class SinkBench<V, S> implements Bench {
  readonly setup: FixedPartitionedSinkSetup<V, S>
  readonly parts: readonly string[]
  sink: FixedPartitionedSink<V, S>
  readonly #contexts: TestContext[] = []

  private constructor(setup: FixedPartitionedSinkSetup<V, S>, parts: readonly string[]) {
    this.setup = setup
    this.parts = parts
    this.sink = setup.sink
  }

  static async make<V, S>(setup: FixedPartitionedSinkSetup<V, S>): Promise<SinkBench<V, S>> {
    const bench = new SinkBench(setup, await setup.sink.listParts())
    ok(bench.parts.length > 0, 'the sink of the fixture lists no partitions')
    ok(setup.values.length >= 4, 'the fixture must give at least four values')
    return bench
  }

  get values(): readonly V[] {
    return this.setup.values
  }

  /** The partition that most cases write to. */
  get part(): string {
    return this.parts[0] as string
  }

  async build(part: string, stored?: Stored<S>): Promise<Writer<V, S>> {
    const context = testContext()
    this.#contexts.push(context)
    const writer = new Writer<V, S>(await this.sink.buildPart(part, stored?.position, context), context)
    // The runtime does not know whether this commit reached the sink, so it comes again.
    if (stored !== undefined) await writer.commit(stored)
    return writer
  }

  /** Builds a partition as the next execution would: by another sink object, if the fixture makes one. */
  async rebuild(part: string, stored?: Stored<S>): Promise<Writer<V, S>> {
    this.sink = this.setup.reopen?.() ?? this.sink
    return await this.build(part, stored)
  }

  /** Checks what is visible of a partition. */
  async checkContent(part: string, expected: readonly V[], demand: string): Promise<void> {
    deepStrictEqual(await this.setup.read(part), expected, demand)
  }

  get handleCount(): number | undefined {
    return this.setup.countHandles?.()
  }

  async checkReleased(expected: number | undefined, demand: string): Promise<void> {
    await checkReleased(this.setup.countHandles, expected, demand)
  }

  async dispose(): Promise<void> {
    for (const context of this.#contexts) context.end()
    await this.setup.cleanup?.()
  }
}

/** Owns the bench of the source suites: builds partitions as the runtime would, reads them, and ends all that is open when a case is over. */

import type { Awaitable, FixedPartitionedSource, StatefulSourcePartition, StatelessSourcePartition } from '../inputs/source.ts'
import { checkReleased, storedCopy } from './checks.ts'
import type { Bench } from './conformance-case.ts'

import { isEof, pollItems, type TestContext, testContext } from './test-context.ts'

/** What the cases of both suites may use. */
export interface SourceSetup {
  /** Counts what partitions hold open: `() => openFileCount(dir)`. Without it nothing is asked about leaks. */
  readonly countHandles?: () => number
  /** Waits until a time of day, for sources that say `nextAwake`: `(timeMs) => clock.advanceTo(timeMs)`. Default: waits in earnest. */
  readonly waitUntil?: (timeMs: number) => Awaitable<void>
  /** Called at the end of the case, after the signals of all contexts have fired. */
  readonly cleanup?: () => Awaitable<void>
}

/** A fresh source over data of its own. */
export interface FixedPartitionedSourceSetup<X, S> extends SourceSetup {
  readonly source: FixedPartitionedSource<X, S>
  /** All items by partition, in order: at least one partition with five items or more. Keep it small, every position is resumed at. */
  readonly expected: ReadonlyMap<string, readonly X[]>
}

/** One partition being read. */
export class Reader<X, P extends StatelessSourcePartition<X> = StatelessSourcePartition<X>> {
  readonly partition: P
  readonly context: TestContext
  readonly items: X[] = []
  isEnded = false
  readonly #setup: SourceSetup

  constructor(partition: P, context: TestContext, setup: SourceSetup) {
    this.partition = partition
    this.context = context
    this.#setup = setup
  }

  /** Reads the next items into `items`, or sees the end. */
  async next(): Promise<void> {
    const { waitUntil } = this.#setup
    const batch = await pollItems(this.partition, waitUntil === undefined ? {} : { waitUntil })
    if (isEof(batch)) this.isEnded = true
    else this.items.push(...batch)
  }

  /** Whether all of `count` items are there: at the end, of an endless source before it; at the latest when there are too many. */
  isDone(count: number, isEndless: boolean): boolean {
    return this.isEnded || this.items.length > count || (isEndless && this.items.length === count)
  }

  /** Reads until it is done. */
  async toEnd(count: number, isEndless: boolean): Promise<readonly X[]> {
    while (!this.isDone(count, isEndless)) await this.next()
    return this.items
  }
}

/** A position with the number of items before it. */
export interface Position<S> {
  readonly index: number
  /** As `snapshot` gave it. */
  readonly live: S
  /** As a store would give it back. */
  readonly stored: S
}

export class SourceBench<X, S> implements Bench {
  readonly source: FixedPartitionedSource<X, S>
  readonly setup: FixedPartitionedSourceSetup<X, S>
  readonly isEndless: boolean
  readonly #contexts: TestContext[] = []

  constructor(setup: FixedPartitionedSourceSetup<X, S>, isEndless: boolean) {
    this.source = setup.source
    this.setup = setup
    this.isEndless = isEndless
  }

  /** Partitions with what is expected of each. */
  get parts(): readonly (readonly [part: string, items: readonly X[]])[] {
    return [...this.setup.expected]
  }

  async build(part: string, resumeState?: S): Promise<Reader<X, StatefulSourcePartition<X, S>>> {
    const context = testContext()
    this.#contexts.push(context)
    return new Reader(await this.source.buildPart(part, resumeState, context), context, this.setup)
  }

  /** What is open now, if the setup counts it. */
  get handleCount(): number | undefined {
    return this.setup.countHandles?.()
  }

  async checkReleased(expected: number | undefined, demand: string): Promise<void> {
    await checkReleased(this.setup.countHandles, expected, demand)
  }

  /** Whether a reader has all that is expected, or more. */
  isDone(reader: Reader<X>, count: number): boolean {
    return reader.isDone(count, this.isEndless)
  }

  /** Reads the rest of a partition from a position to the end. */
  async readFrom(part: string, position: Position<S> | undefined): Promise<readonly X[]> {
    const reader = await this.build(part, position?.stored)
    const { length } = this.setup.expected.get(part) as readonly X[]
    const items = await reader.toEnd(length - (position?.index ?? 0), this.isEndless)
    reader.context.end()
    return items
  }

  /** Reads a partition to the end and collects its position after each batch and at the end. */
  async positionsOf(part: string, from?: Position<S>): Promise<Position<S>[]> {
    const reader = await this.build(part, from?.stored)
    const { length } = this.setup.expected.get(part) as readonly X[]
    const start = from?.index ?? 0
    const positions: Position<S>[] = []
    while (!this.isDone(reader, length - start)) {
      await reader.next()
      positions.push(positionOf(reader, start))
    }
    reader.context.end()
    return positions
  }

  async dispose(): Promise<void> {
    for (const context of this.#contexts) context.end()
    await this.setup.cleanup?.()
  }
}

/** The position of a partition that began at item `start`. */
export function positionOf<X, S>(reader: Reader<X, StatefulSourcePartition<X, S>>, start = 0): Position<S> {
  const live = reader.partition.snapshot()
  return { index: start + reader.items.length, live, stored: storedCopy(live, 'the snapshot') }
}

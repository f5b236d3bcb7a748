/**
 * Owns the source contracts: what an `input` step reads from. A connector extends `FixedPartitionedSource` (replayable partitions, each with a
 * position) or `DynamicSource` (one partition a worker, no position). It imports only this folder; it never needs to know the runtime.
 */

import type { Logger } from '../dataflow/logger.ts'

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>

/** The type of {@link EOF}. An interface and not a `unique symbol`, which would widen to `symbol` in an unannotated `return EOF`. */
export interface EndOfInput {
  readonly '~eof': true
}

/** Returned by `nextBatch` in place of a batch: this partition has ended, `nextBatch` is not called again in this execution. */
export const EOF: EndOfInput = Symbol.for('typewax.eof') as unknown as EndOfInput

/** What `nextBatch` returns: items (possibly none, "nothing yet"), or `EOF`. */
export type Batch<X> = Iterable<X> | EndOfInput

/**
 * Thrown by `nextBatch` to end the execution at once, as a crash would but without an error: nothing more is snapshotted, `close` is not called,
 * the run ends with outcome `'aborted'`. For tests of recovery.
 */
export class AbortExecution extends Error {
  /** Marks the class across copies of the package. */
  readonly '~abort' = true

  constructor(message = 'the execution was aborted by a source') {
    super(message)
    this.name = 'AbortExecution'
  }
}

/** What a partition is told about its surroundings when it is built. */
export interface PartitionContext {
  /** Full id of the `input` or `output` step. */
  readonly stepId: string
  readonly workerIndex: number
  readonly logger: Logger
  /** Fires once at every end of the execution (clean, stopped, aborted, failed), after `close` if there is one. Release resources here. */
  readonly signal: AbortSignal
}

/** What `input` takes. Never implemented itself: extend {@link FixedPartitionedSource} or {@link DynamicSource}. */
export interface Source<out X> {
  /** Phantom: declared, never assigned. Makes `Source<Dog>` a `Source<Animal>` and not the other way round. */
  readonly '~emits': X
  /** Whether a resumed execution sees the items after the last snapshot again: `'exact'`, or `'none'` where they are lost. */
  readonly replay: 'exact' | 'none'
}

/** How far a partition has come, for people who watch. */
export interface PartitionProgress {
  /** What has been read, in `unit`. */
  readonly position: number
  /** What there is to read, in `unit`; absent if nobody knows. `end - position` is the lag. */
  readonly end?: number
  readonly unit: 'bytes' | 'rows' | 'items'
}

/**
 * A source with a fixed number of independent partitions, each of which knows its position and can resume at it.
 *
 * `S` is the position: plain data (JSON types, `undefined`, bigint, Date, Map, Set, typed arrays).
 */
export abstract class FixedPartitionedSource<out X, S> implements Source<X> {
  declare readonly '~emits': X
  readonly replay: 'exact' | 'none' = 'exact'
  /** Marks the class across copies of the package. */
  readonly '~source' = 'fixed-partitioned'

  /**
   * Lists the partitions this worker can read. Not all of them need to be listed by every worker.
   *
   * - **Called** once per worker and execution, before anything is built.
   * - **Must not** open partitions: it may list many that other workers will read.
   * - **After this** each listed partition is built on exactly one worker. Equal names are one partition. No partitions: the input ends at once.
   */
  abstract listParts(): Awaitable<string[]>

  /**
   * Builds a partition anew, or at the position of an earlier execution.
   *
   * - **Called** once per execution for each listed partition, on the worker that will read it, before the first poll.
   * - **Must not** keep positions on the source object: everything comes from `resumeState`, `undefined` on a fresh start.
   */
  abstract buildPart(forPart: string, resumeState: S | undefined, context: PartitionContext): Awaitable<StatefulSourcePartition<X, S>>
}

/** One partition of a {@link FixedPartitionedSource}. */
export abstract class StatefulSourcePartition<out X, S> {
  /**
   * Gives the next items, `[]` when there is nothing yet, or `EOF`.
   *
   * - **Called** again and again when `nextAwake` is due and the dataflow has room; never while an earlier promise of it is pending.
   * - **Must not** change the array or its items once they are returned: they belong to the flow.
   * - **Must not** block: return a promise, or `[]` and a `nextAwake`. A promise stalls nothing but this partition.
   * - **May throw** `AbortExecution` to simulate a crash. Any other error ends the run with `SOURCE_FAILED`.
   */
  abstract nextBatch(): Awaitable<Batch<X>>

  /**
   * Says when to poll next, in milliseconds since the epoch. `undefined`: at once after a batch with items, else after a cooldown of 1 ms.
   *
   * - **Called** once after the partition is built and after each batch.
   */
  nextAwake(): number | undefined {
    return undefined
  }

  /**
   * Declares that `nextBatch` never returns a promise. The position is then asked for at barriers only, and not after each batch: for partitions
   * whose `snapshot` is not cheap.
   */
  readonly isSynchronous?: boolean

  /**
   * Gives the position after the last item of the last batch: a partition built with it emits the item behind it first. Beware of off-by-one.
   *
   * - **Called** after a batch has resolved and before the next call of `nextBatch`; at barriers, at EOF. Never after `close`.
   * - **Must not** return something that changes later: it may be serialised after further batches. A number, or a fresh object.
   */
  abstract snapshot(): S

  /** Says how far the partition has come. Optional. **Called** about once a second while someone watches. */
  progress?(): PartitionProgress | undefined

  /**
   * Releases what the partition holds.
   *
   * - **Called** once when this partition has ended by `EOF`.
   * - **May be skipped** at every other end of the execution: use `context.signal` for what must be released then.
   */
  close(): void | Promise<void> {}
}

/** A source that every worker reads for itself, without positions: after a crash its items are not seen again. */
export abstract class DynamicSource<out X> implements Source<X> {
  declare readonly '~emits': X
  readonly replay: 'exact' | 'none' = 'none'
  /** Marks the class across copies of the package. */
  readonly '~source' = 'dynamic'

  /** Builds the partition of a worker. **Called** once on each worker and execution, before the first poll. */
  abstract build(workerIndex: number, workerCount: number, context: PartitionContext): Awaitable<StatelessSourcePartition<X>>
}

/** A worker's part of a {@link DynamicSource}. `nextBatch`, `nextAwake` and `close` as in {@link StatefulSourcePartition}. */
export abstract class StatelessSourcePartition<out X> {
  abstract nextBatch(): Awaitable<Batch<X>>

  nextAwake(): number | undefined {
    return undefined
  }

  close(): void | Promise<void> {}
}

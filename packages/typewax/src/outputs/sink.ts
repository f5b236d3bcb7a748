/**
 * Owns the sink contracts: what an `output` step writes to. A connector extends `FixedPartitionedSink` (partitions with a position, so that a
 * resumed execution can rewind to it: exactly-once) or `DynamicSink` (one partition a worker, no position: at-least-once).
 */

import type { Awaitable, PartitionContext } from '../inputs/source.ts'
import { adler32 } from './adler32.ts'

/** What `output` takes. Never implemented itself: extend {@link FixedPartitionedSink} or {@link DynamicSink}. */
export interface Sink<in X> {
  /** Phantom: declared, never assigned. Makes a `Sink<Animal>` a `Sink<Dog>` and not the other way round. */
  readonly '~accepts': (item: X) => void
}

/**
 * A sink with a fixed number of independent partitions. It takes keyed items: the key chooses the partition, the partition gets the value.
 *
 * If partitions can rewind to their snapshot, each item is in the output exactly once, whatever crashed. `S` is the position: plain data.
 */
export abstract class FixedPartitionedSink<in V, S> implements Sink<[key: string, value: V]> {
  declare readonly '~accepts': (item: [key: string, value: V]) => void
  /** Marks the class across copies of the package. */
  readonly '~sink' = 'fixed-partitioned'

  /**
   * Lists the partitions this worker can write. Not all of them need to be listed by every worker.
   *
   * - **Called** once per worker and execution, before anything is built.
   * - **After this** the partitions of all workers, sorted by their UTF-8 bytes and without duplicates, are the global set that `partFn` indexes.
   */
  abstract listParts(): Awaitable<string[]>

  /**
   * Chooses the partition of a key: the result, wrapped by the number of partitions, is an index into the ordered global set.
   *
   * - **Called** for each item on the worker that holds it.
   * - **Must not** depend on anything but the key: the same on every worker, in every execution. A non-negative integer.
   */
  partFn(key: string): number {
    return adler32(key)
  }

  /**
   * Builds a partition anew, or at the position of an earlier execution.
   *
   * - **Called** once per execution for each listed partition, on the worker that will write it, whether or not an item comes.
   * - **Must not** keep positions on the sink object: everything comes from `resumeState`, `undefined` on a fresh start.
   * - **After this** whatever was written behind `resumeState` should be gone: it will be written again.
   */
  abstract buildPart(forPart: string, resumeState: S | undefined, context: PartitionContext): Awaitable<StatefulSinkPartition<V, S>>
}

/** One partition of a {@link FixedPartitionedSink}. */
export abstract class StatefulSinkPartition<in V, S> {
  /**
   * Writes values, in order. Batch boundaries mean nothing.
   *
   * - **Must not** change the array or its items, or keep the array after it has answered: other consumers see the same ones.
   * - **Called** when items arrive; never while an earlier promise of a method of this partition is pending.
   */
  abstract writeBatch(values: readonly V[]): void | Promise<void>

  /**
   * Makes durable what was written (fsync lives here).
   *
   * - **Called** at each barrier if something was written since the last one; `snapshot` follows.
   * - **After this** the epoch may commit. A failure fails the epoch and ends the run.
   */
  flush?(): void | Promise<void>

  /**
   * Prepares what was written since the last barrier for an atomic commit (two-phase commit), in place of `flush`, and gives a token for it.
   *
   * - **Called** at each barrier if something was written since the last one; `snapshot` follows. The token is stored with it: plain data.
   */
  prepare?(): unknown

  /**
   * Makes visible what `prepare` gave the token for.
   *
   * - **Called** once the epoch is committed, and again with the same token after a resume: it must be idempotent.
   */
  commit?(token: unknown): void | Promise<void>

  /**
   * Gives the position of the next write: a partition built with it continues after the last written item. Beware of off-by-one.
   *
   * - **Called** at barriers, after `flush`. Never while a write is pending, never after `close`.
   * - **Must not** return something that changes later: it may be serialised after further batches. A number, or a fresh object.
   */
  abstract snapshot(): S

  /**
   * Cleans up when the dataflow has finished.
   *
   * - **Called** once when all input has ended and the last epoch is committed.
   * - **May be skipped** at every other end of the execution: use `context.signal` for what must be released then.
   */
  close(): void | Promise<void> {}
}

/** A sink that every worker writes for itself. After a crash the items since the last committed epoch are written again: at-least-once. */
export abstract class DynamicSink<in X> implements Sink<X> {
  declare readonly '~accepts': (item: X) => void
  /** Marks the class across copies of the package. */
  readonly '~sink' = 'dynamic'

  /** Builds the partition of a worker. **Called** once on each worker and execution, before the first item. */
  abstract build(workerIndex: number, workerCount: number, context: PartitionContext): Awaitable<StatelessSinkPartition<X>>
}

/** A worker's part of a {@link DynamicSink}. `writeBatch`, `flush` and `close` as in {@link StatefulSinkPartition}. */
export abstract class StatelessSinkPartition<in X> {
  abstract writeBatch(items: readonly X[]): void | Promise<void>

  flush?(): void | Promise<void>

  close(): void | Promise<void> {}
}

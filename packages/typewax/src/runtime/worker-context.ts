/** Owns what a worker hands to its nodes: the machine, the epochs, the log of state, and ways to report a failure and to wake the sweep. */

import type { Logger } from '../dataflow/logger.ts'
import type { PartitionContext } from '../inputs/source.ts'
import type { Epochs } from './epochs.ts'
import type { Host } from './host.ts'

export interface WorkerContext {
  readonly workerIndex: number
  readonly workerCount: number
  readonly host: Host
  readonly logger: Logger
  /** Fires once at every end of the execution. */
  readonly lifetime: AbortSignal
  readonly epochs: Epochs
  /** The first epoch of this execution. */
  readonly firstEpoch: number
  /** Whether state is kept. */
  readonly hasStore: boolean
  /** Id for the next chunk of state, ascending over all executions of the store. */
  nextChunkId(): number
  /** The run fails with this error. For failures in the background; those within an activation are thrown. */
  fail(error: unknown): void
  /** Something happened in the background: sweep again. */
  wake(): void
}

export function partitionContext(context: WorkerContext, stepId: string): PartitionContext {
  return { stepId, workerIndex: context.workerIndex, logger: context.logger, signal: context.lifetime }
}

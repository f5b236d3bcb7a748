/** Owns what a run is told and what it tells: options, progress, report. */

import type { Logger } from '../dataflow/logger.ts'
import type { PartitionProgress } from '../inputs/source.ts'
import type { RecoveryStore } from '../recovery/store.ts'
import type { Host } from './host.ts'

export interface RunOptions {
  /** Number of workers, 256 at most. Default 1, in the calling thread. Others are threads, which load the flow from its file for themselves. */
  readonly workers?: number
  /** Where to keep state: a directory, made on first use, or a store. Default: nowhere; after a crash the flow starts anew. */
  readonly recovery?: string | RecoveryStore
  /** Length of an epoch, the unit of resume, in milliseconds. Default 10,000. 0: one epoch a round of polls, each durable before the next. */
  readonly epochIntervalMs?: number
  /** Time in milliseconds within which every committed epoch stays restorable. Default 0: the last one only. */
  readonly backupIntervalMs?: number
  /** Stops the run gracefully: no more polls, the epoch is committed, the outcome is `'stopped'`. */
  readonly signal?: AbortSignal
  /** How long a graceful stop may take, in milliseconds, before the run is cut off. Default 20,000. */
  readonly stopTimeoutMs?: number
  /** Default: says nothing. */
  readonly logger?: Logger
  /** Ids of steps, or `stepId/partition` of partitions, whose stored state may be dropped because they are gone. */
  readonly dropState?: readonly string[]
  /** Old step id → new step id, for stored state of steps that got another name. */
  readonly renameState?: Readonly<Record<string, string>>
  /** Called once, when the store is open and all partitions are built, before the first poll. */
  readonly onStart?: (start: RunStart) => void
  /** Called about every `progressIntervalMs` (default 1,000) while the flow runs, and once at the end. */
  readonly onProgress?: (progress: RunProgress) => void
  readonly progressIntervalMs?: number
  /** Name of the export to run, when a file is given. Default: `flow`, else the only Dataflow exported. */
  readonly export?: string
  /** Arguments for an export that is a function. */
  readonly args?: readonly string[]
  /** Clock, timers and randomness. Default: the machine's. Tests give their own. */
  readonly host?: Host
}

/** Counters of one core step. */
export interface StepReport {
  readonly stepId: string
  /** Name of the operator as the user wrote it, such as `countFinal`. */
  readonly operator: string
  readonly itemsIn: number
  readonly itemsOut: number
}

/** What becomes of an item of a sink when something crashes. */
export type Guarantee = 'exactly-once' | 'at-least-once' | 'at-most-once'

/** Where an execution starts, and what it promises. */
export interface RunStart {
  /** 0 for the first execution of a store (and without one). */
  readonly execution: number
  /** The epoch that this execution resumed after; 0 if it started anew. */
  readonly resumedAfterEpoch: number
  /** By id of each output step: the weakest guarantee along its way. Empty if no state is kept. */
  readonly guarantees: Readonly<Record<string, Guarantee>>
}

export interface RunReport extends RunStart {
  /** `'finished'`: all input has ended. `'stopped'`: by `signal`. `'aborted'`: by a source that threw `AbortExecution`. */
  readonly outcome: 'finished' | 'stopped' | 'aborted'
  /** Number of epochs that this execution committed. */
  readonly epochs: number
  /** True if an earlier execution had come to the end of its input and this one found nothing new. */
  readonly wasComplete: boolean
  readonly steps: readonly StepReport[]
  readonly elapsedMs: number
}

export interface SourceProgress extends PartitionProgress {
  readonly stepId: string
  readonly partKey: string
}

export interface RunProgress {
  readonly elapsedMs: number
  /** The epoch that items enter now, and the last one that is durable. */
  readonly epoch: number
  readonly committedEpoch: number
  /** Age of the oldest item that is not yet part of a committed epoch, in milliseconds: what a crash now would replay. */
  readonly lagMs: number
  readonly steps: readonly StepReport[]
  /** Partitions that say how far they are. */
  readonly sources: readonly SourceProgress[]
  /** True for the last call. */
  readonly isEnd: boolean
}

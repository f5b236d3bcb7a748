/** Owns what the coordinator of a cluster and its members say to each other. All of it can be cloned: members may be threads. */

import type { EpochWrite, ResumePoint, StoredChunk } from '../../recovery/store.ts'
import type { GroupRange } from '../key-groups.ts'
import type { SourceProgress, StepReport } from '../options.ts'
import type { Ending } from '../pace.ts'
import type { Outcome } from '../worker.ts'
import type { PackedError } from './packed-error.ts'

/** What a member knows before it begins. */
export interface Seat {
  readonly workerIndex: number
  readonly workerCount: number
  /** What its flow must look like, see `outlineOf`. */
  readonly outline: string
  readonly resumePoint: ResumePoint
  readonly hasStore: boolean
  /** Above the ids of all chunks that are stored. */
  readonly nextChunkId: number
  readonly epochIntervalMs: number
  readonly dropState: readonly string[]
}

export type FromMember =
  /** Asks who has which partition of a step. All members ask for the same steps, in the same order. */
  | { readonly kind: 'list'; readonly stepId: string; readonly names: readonly string[] }
  /** Asks for what is stored of a step: of those key groups that it will have charge of. All members ask for the same steps, in the same order. */
  | { readonly kind: 'load'; readonly stepId: string; readonly range: GroupRange }
  /** All partitions are built. */
  | { readonly kind: 'ready' }
  /** Something happened in this epoch. Once for each. */
  | { readonly kind: 'dirty'; readonly epoch: number }
  /** All input of this member has ended. */
  | { readonly kind: 'inputEnded' }
  /** Its part of an epoch. */
  | { readonly kind: 'epoch'; readonly write: EpochWrite }
  /** A source of this member threw `AbortExecution`. */
  | { readonly kind: 'aborting' }
  | { readonly kind: 'failed'; readonly error: PackedError }
  | { readonly kind: 'counted'; readonly steps: readonly StepReport[]; readonly sources: readonly SourceProgress[] }
  | { readonly kind: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string; readonly fields: unknown }
  /** It has come to its end and released everything. */
  | { readonly kind: 'done'; readonly outcome: Outcome; readonly steps: readonly StepReport[]; readonly itemsIn: number }

export type ToMember =
  | { readonly kind: 'listed'; readonly stepId: string; readonly owners: ReadonlyMap<string, number> }
  | { readonly kind: 'loaded'; readonly stepId: string; readonly chunks: readonly StoredChunk[] }
  /** Everybody is ready, and the store has begun the execution: poll. */
  | { readonly kind: 'go' }
  /** End the current epoch. */
  | { readonly kind: 'end'; readonly ending: Ending }
  /** The oldest epoch that was handed in is durable. */
  | { readonly kind: 'committed' }
  /** Poll no more. */
  | { readonly kind: 'stop' }
  /** Leave, as aborted. */
  | { readonly kind: 'abort' }
  /** Say how far you are. */
  | { readonly kind: 'count' }

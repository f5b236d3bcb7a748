/**
 * Owns the contract between the runtime and whatever keeps its state: a `RecoveryStore` is opened for a run and gives a `RecoverySession`.
 *
 * A store is a log of chunks. A chunk holds up to 1,000 entries of one step, encoded by `codec.ts`; chunk ids ascend over all executions, and of two
 * entries with equal step, key and sub-key the one in the chunk with the higher id counts. The runtime cleans the log from its tail: it writes what
 * still lives in a step's oldest chunk into a new one and drops the old. The store never looks into a blob.
 */

/** One chunk to write. */
export interface SnapshotChunk {
  /** Ascending over all executions of the store; the runtime continues at `RecoverySession.nextChunkId`. */
  readonly id: number
  readonly stepId: string
  /** Entries in the blob, discards included. */
  readonly entryCount: number
  /** Discards among them. */
  readonly discardCount: number
  /** Range of key groups (0 … 255), both inclusive. */
  readonly firstGroup: number
  readonly lastGroup: number
  /** Self-contained: version, codec, checksum, columns. The store takes over the buffer: it may be transferred to another thread. */
  readonly blob: Uint8Array
}

/** All that becomes durable with one epoch. */
export interface EpochWrite {
  readonly epoch: number
  readonly chunks: readonly SnapshotChunk[]
  /**
   * Ids of chunks whose entries are all superseded as of this epoch. They stay loadable until no restorable epoch needs them. The store holds back
   * a chunk with discards while an older chunk of its step lives whose key groups overlap: the discards must outlive what they discard.
   */
  readonly droppedChunks: readonly number[]
  /** True for the last epoch of a run whose input has ended. */
  readonly isComplete: boolean
}

/** A chunk as loaded. */
export interface StoredChunk {
  readonly id: number
  readonly stepId: string
  readonly epoch: number
  readonly entryCount: number
  readonly firstGroup: number
  readonly lastGroup: number
  readonly blob: Uint8Array
}

/** What the store knows about the point to resume at. */
export interface ResumePoint {
  /** Number of this execution: 0 in a new store, one more for each. */
  readonly execution: number
  /** Last committed epoch, 0 in a new store. This execution starts with the epoch after it. */
  readonly committedEpoch: number
  /** Whether the run that committed it had come to the end of its input. */
  readonly isComplete: boolean
}

/** A store in use by one run, under its lock. Order of calls: `load` any number of times, `begin` once, `write` any number of times, `close`. */
export interface RecoverySession {
  readonly resumePoint: ResumePoint
  /** Above the id of any chunk ever written. */
  readonly nextChunkId: number
  /** Ids of all steps with live chunks. */
  readonly stepIds: readonly string[]

  /** Reads the live chunks of a step at the resume point, newest (highest id) first. Fails with `STORE_CORRUPT` on a damaged one. */
  load(stepId: string): AsyncIterable<StoredChunk>

  /**
   * Starts the execution: durably deletes all that lies above the resume point, drops the chunks of `droppedSteps`, renames steps and records the
   * execution number. Resolves when that is durable.
   */
  begin(changes?: { readonly droppedSteps?: readonly string[]; readonly renamedSteps?: ReadonlyMap<string, string> }): Promise<void>

  /** Writes an epoch. Resolves when it is durable in every file: the epoch is committed. Epochs ascend; one call at a time. */
  write(epoch: EpochWrite): Promise<void>

  /** Gives up the lock. Never fails; may be called after a failed `write`. */
  close(): Promise<void>
}

export interface OpenRequest {
  readonly flowId: string
  /** Every epoch committed within this time stays restorable. 0: only the last one. */
  readonly backupIntervalMs: number
}

/** Keeps the state of one dataflow between executions. */
export interface RecoveryStore {
  /** Says where the store is, for messages. */
  readonly location: string
  /**
   * Takes the lock, creates the store on first use, checks it and calculates the resume point.
   *
   * Fails with `STORE_IN_USE`, `STORE_FILE_MISSING`, `STORE_STALE`, `STORE_OTHER_FLOW`, `STORE_CORRUPT`, `STORE_VERSION` or `STORE_UNWRITABLE`.
   */
  open(request: OpenRequest): Promise<RecoverySession>
}

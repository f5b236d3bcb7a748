/**
 * Owns the progress of epochs on one worker: which epoch items enter, which are being collected, written, committed. At most one epoch is collected
 * (nodes working on their part of it) while at most one other is written. The decision whether an epoch is committed is the `commit` function's.
 */

import type { EpochWrite, SnapshotChunk } from '../recovery/store.ts'

/** What is known of an epoch between its barrier and its commit. */
interface OpenEpoch {
  readonly epoch: number
  readonly isFinal: boolean
  readonly isComplete: boolean
  nodesMissing: number
  readonly chunks: SnapshotChunk[]
  readonly droppedChunks: number[]
  readonly afterCommit: (() => void | Promise<void>)[]
}

/** Makes an epoch durable. `undefined`: it was, at once. */
export type Commit = (write: EpochWrite) => Promise<void> | undefined

export class Epochs {
  /** The epoch that items enter now. */
  current: number
  /** The last epoch that is durable. */
  committed: number
  committedCount = 0
  /** Whether something entered or moved since the last barrier. */
  isDirty = false
  /** When the current epoch began and when the oldest uncommitted one did, by the monotonic clock. */
  startedAtMs: number
  uncommittedSinceMs: number
  /** Whether the last epoch of the execution has ended, and whether it is committed. */
  isFinalEnded = false
  isFinalCommitted = false
  readonly #nodeCount: number
  readonly #commit: Commit
  readonly #onCommit: () => void
  readonly #fail: (error: unknown) => void
  #collecting: OpenEpoch | undefined
  #writing: OpenEpoch | undefined

  constructor(options: {
    firstEpoch: number
    nodeCount: number
    nowMs: number
    commit: Commit
    onCommit: () => void
    fail: (error: unknown) => void
  }) {
    this.current = options.firstEpoch
    this.committed = options.firstEpoch - 1
    this.startedAtMs = options.nowMs
    this.uncommittedSinceMs = options.nowMs
    this.#nodeCount = options.nodeCount
    this.#commit = options.commit
    this.#onCommit = options.onCommit
    this.#fail = options.fail
  }

  /** Whether no epoch is between its barrier and its commit. */
  get isSettled(): boolean {
    return this.#collecting === undefined && this.#writing === undefined
  }

  /** Whether the current epoch may end: nodes work on one epoch at a time. */
  get canEnd(): boolean {
    return this.#collecting === undefined
  }

  /** Ends the current epoch and gives its number, which goes through the graph as a barrier. */
  end(nowMs: number, last: { isFinal: boolean; isComplete: boolean }): number {
    const epoch = this.current++
    this.#collecting = { epoch, ...last, nodesMissing: this.#nodeCount, chunks: [], droppedChunks: [], afterCommit: [] }
    this.startedAtMs = nowMs
    this.isDirty = false
    this.isFinalEnded = last.isFinal
    return epoch
  }

  /** Adds a chunk of state to an epoch that is collected. */
  addChunk(epoch: number, chunk: SnapshotChunk): void {
    this.#open(epoch).chunks.push(chunk)
  }

  /** Adds ids of chunks that hold nothing any more as of this epoch. */
  dropChunks(epoch: number, ids: readonly number[]): void {
    this.#open(epoch).droppedChunks.push(...ids)
  }

  /** Calls back once the epoch is committed. */
  afterCommit(epoch: number, callback: () => void | Promise<void>): void {
    this.#open(epoch).afterCommit.push(callback)
  }

  /** A node has done its part of an epoch: called once per node and epoch. */
  nodeDone(epoch: number): void {
    const open = this.#open(epoch)
    if (--open.nodesMissing > 0) return
    if (this.#writing === undefined) this.#write(open)
  }

  #open(epoch: number): OpenEpoch {
    const open = this.#collecting
    if (open?.epoch !== epoch) throw new Error(`internal: epoch ${epoch} is not being collected`)
    return open
  }

  #write(open: OpenEpoch): void {
    this.#collecting = undefined
    this.#writing = open
    const { epoch, chunks, droppedChunks, isComplete } = open
    const done = this.#commit({ epoch, chunks, droppedChunks, isComplete })
    if (done === undefined && open.afterCommit.length === 0) this.#committed(open)
    else void this.#finish(open, done).catch(this.#fail)
  }

  async #finish(open: OpenEpoch, done: Promise<void> | undefined): Promise<void> {
    await done
    for (const callback of open.afterCommit) await callback()
    this.#committed(open)
  }

  #committed(open: OpenEpoch): void {
    this.#writing = undefined
    this.committed = open.epoch
    this.committedCount += 1
    this.uncommittedSinceMs = this.startedAtMs
    this.isFinalCommitted = open.isFinal
    const waiting = this.#collecting
    if (waiting !== undefined && waiting.nodesMissing === 0) this.#write(waiting)
    this.#onCommit()
  }
}

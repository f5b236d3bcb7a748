/**
 * Owns the checksums that tie the rows of a file together. A chunk's blob has its own (`codec.ts`); what is checked here is that a file, at the epoch
 * to resume at, holds exactly the chunks it held when that epoch was committed: none is missing, none is back from the dead, none is altered.
 * Pages of two moments in one file (its WAL was lost) show here, where the database by itself looks sound.
 */

import { crc32 } from 'node:zlib'

/** What a file knows of a chunk, its blob aside. */
export interface ChunkInfo {
  readonly id: number
  readonly stepId: string
  readonly epoch: number
  readonly entryCount: number
  readonly discardCount: number
  readonly firstGroup: number
  readonly lastGroup: number
}

/** What a file knows of a commit. */
export interface CommitInfo {
  readonly epoch: number
  readonly execution: number
  readonly committedAtMs: number
  readonly isComplete: boolean
}

/** Sums up a set of chunks, in any order, so that adding and taking away are cheap. */
export class ChunkSum {
  #count = 0
  #sum = 0

  add(chunk: ChunkInfo): void {
    this.#count += 1
    this.#sum = (this.#sum + hash(chunk)) >>> 0
  }

  remove(chunk: ChunkInfo): void {
    this.#count -= 1
    this.#sum = (this.#sum - hash(chunk)) >>> 0
  }

  /** The checksum to store with a commit after which the file holds these chunks. */
  seal(commit: CommitInfo): number {
    const { epoch, execution, committedAtMs, isComplete } = commit
    return crc32(JSON.stringify([epoch, execution, committedAtMs, isComplete, this.#count, this.#sum]))
  }
}

function hash(chunk: ChunkInfo): number {
  const { id, stepId, epoch, entryCount, discardCount, firstGroup, lastGroup } = chunk
  return crc32(JSON.stringify([id, stepId, epoch, entryCount, discardCount, firstGroup, lastGroup]))
}

/** Owns a recovery store in memory that tells what it does and can be told to wait or to fail: what the proofs of the output contract look at. */

import type { EpochWrite, RecoverySession, RecoveryStore, ResumePoint, StoredChunk } from '../../src/recovery/store.ts'

export interface MemoryStoreHooks {
  /** Called before an epoch becomes durable and after it has; may wait or throw. */
  readonly before?: (epoch: number) => void | Promise<void>
  readonly after?: (epoch: number) => void | Promise<void>
}

/** Keeps committed epochs; `hooks` may be changed between executions. */
export class MemoryStore implements RecoveryStore {
  readonly location = 'memory'
  hooks: MemoryStoreHooks
  chunks: StoredChunk[] = []
  committedEpoch = 0
  isComplete = false
  executionCount = 0

  constructor(hooks: MemoryStoreHooks = {}) {
    this.hooks = hooks
  }

  async open(): Promise<RecoverySession> {
    return new MemorySession(this)
  }
}

class MemorySession implements RecoverySession {
  readonly resumePoint: ResumePoint
  readonly nextChunkId: number
  readonly #store: MemoryStore

  constructor(store: MemoryStore) {
    this.#store = store
    this.resumePoint = { execution: store.executionCount, committedEpoch: store.committedEpoch, isComplete: store.isComplete }
    this.nextChunkId = 1 + Math.max(-1, ...store.chunks.map(({ id }) => id))
  }

  get stepIds(): string[] {
    return [...new Set(this.#store.chunks.map(({ stepId }) => stepId))]
  }

  async *load(stepId: string): AsyncIterable<StoredChunk> {
    yield* this.#store.chunks.filter((chunk) => chunk.stepId === stepId).sort((left, right) => right.id - left.id)
  }

  async begin(): Promise<void> {
    this.#store.executionCount += 1
  }

  async write({ epoch, chunks, droppedChunks, isComplete }: EpochWrite): Promise<void> {
    const store = this.#store
    await store.hooks.before?.(epoch)
    store.chunks = [...store.chunks.filter(({ id }) => !droppedChunks.includes(id)), ...chunks.map((chunk) => ({ ...chunk, epoch }))]
    store.committedEpoch = epoch
    store.isComplete = isComplete
    await store.hooks.after?.(epoch)
  }

  async close(): Promise<void> {}
}

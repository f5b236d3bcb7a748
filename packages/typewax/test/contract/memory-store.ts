/** Owns a recovery store in memory that tells what it does, and can be told to wait or to fail: what the proofs of the output contract look at. */

import { MemoryRecoveryStore } from '../../src/recovery/memory-store.ts'
import type { OpenRequest, RecoverySession, RecoveryStore } from '../../src/recovery/store.ts'

export interface MemoryStoreHooks {
  /** Called before an epoch becomes durable and after it has; may wait or throw. */
  readonly before?: (epoch: number) => void | Promise<void>
  readonly after?: (epoch: number) => void | Promise<void>
}

/** `hooks` may be changed between executions. */
export class MemoryStore implements RecoveryStore {
  readonly location = 'memory'
  hooks: MemoryStoreHooks
  /** Steps that had something stored when the last execution began. */
  stepIds: readonly string[] = []
  readonly #inner = new MemoryRecoveryStore({ now: () => 0 })

  constructor(hooks: MemoryStoreHooks = {}) {
    this.hooks = hooks
  }

  /** The last epoch that is durable; 0 if none is. */
  get committedEpoch(): number {
    return this.#inner.restorableEpochs.at(-1) ?? 0
  }

  async open(request: OpenRequest): Promise<RecoverySession> {
    const session = await this.#inner.open(request)
    this.stepIds = session.stepIds
    return {
      resumePoint: session.resumePoint,
      nextChunkId: session.nextChunkId,
      stepIds: session.stepIds,
      load: (stepId) => session.load(stepId),
      begin: async (changes) => await session.begin(changes),
      write: async (write) => {
        await this.hooks.before?.(write.epoch)
        await session.write(write)
        await this.hooks.after?.(write.epoch)
      },
      close: async () => await session.close(),
    }
  }
}

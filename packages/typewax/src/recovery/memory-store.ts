/**
 * Owns a store in memory, for tests of flows and of the runtime: it keeps what `SqliteRecoveryStore` keeps, and it can fail and crash on demand.
 * Crash it between two runs, and the next one resumes from what was durable.
 */

import { quote, TypewaxError } from '../errors.ts'
import { now as systemNow } from '../time.ts'
import type { ChunkInfo, CommitInfo } from './checksum.ts'
import { ChunkLog, oldestRestorable } from './chunk-log.ts'
import { verifyChunk } from './codec.ts'
import { effectiveChanges } from './step-changes.ts'
import type { EpochWrite, OpenRequest, RecoverySession, RecoveryStore, ResumePoint, StoredChunk } from './store.ts'

interface MemoryChunk extends ChunkInfo {
  readonly blob: Uint8Array
  /** Epoch in which it was dropped. */
  droppedEpoch: number | undefined
}

/** What a crash leaves. */
interface Durable {
  flowId: string | undefined
  executions: number
  lastChunkId: number
  commits: CommitInfo[]
  chunks: Map<number, MemoryChunk>
}

export class MemoryRecoveryStore implements RecoveryStore {
  readonly location: string = 'memory'
  /** Called before an epoch becomes durable, and waited for: the place to delay or to fail a write. */
  beforeWrite: ((epoch: EpochWrite) => void | Promise<void>) | undefined
  readonly #now: () => number
  readonly #durable: Durable = { flowId: undefined, executions: 0, lastChunkId: -1, commits: [], chunks: new Map() }
  #session: MemorySession | undefined

  constructor(options: { readonly now?: () => number } = {}) {
    this.#now = options.now ?? systemNow
  }

  /** Epochs that are restorable, ascending. */
  get restorableEpochs(): number[] {
    return this.#durable.commits.map(({ epoch }) => epoch)
  }

  /** Chunks that are kept, dropped ones included that a restorable epoch needs. */
  get chunkCount(): number {
    return this.#durable.chunks.size
  }

  async open(request: OpenRequest): Promise<RecoverySession> {
    if (this.#session?.isOpen) {
      throw new TypewaxError('STORE_IN_USE', 'the recovery store in memory is in use by another run; wait until it has ended', { domain: 'external' })
    }
    const stored = this.#durable.flowId
    if (stored !== undefined && stored !== request.flowId) {
      throw new TypewaxError(
        'STORE_OTHER_FLOW',
        `the recovery store belongs to flow ${quote(stored)}, not ${quote(request.flowId)}; use another store`,
      )
    }
    this.#session = new MemorySession(this.#durable, request, this.#now, (epoch) => this.beforeWrite?.(epoch))
    return this.#session
  }

  /** Ends the session as if its process had died: what is not durable never will be, its writes fail, and the store is free for the next. */
  crash(): void {
    this.#session?.crash()
  }
}

class MemorySession implements RecoverySession {
  readonly resumePoint: ResumePoint
  readonly nextChunkId: number
  /** What keeps the store to itself, until it is closed or has crashed. */
  isOpen = true
  readonly #durable: Durable
  readonly #request: OpenRequest
  readonly #now: () => number
  readonly #beforeWrite: (epoch: EpochWrite) => void | Promise<void>
  #log: ChunkLog<MemoryChunk>
  #hasBegun = false
  #writing: Promise<void> | undefined
  #hasFailed = false

  constructor(durable: Durable, request: OpenRequest, now: () => number, beforeWrite: (epoch: EpochWrite) => void | Promise<void>) {
    this.#durable = durable
    this.#request = request
    this.#now = now
    this.#beforeWrite = beforeWrite
    const last = durable.commits.at(-1)
    this.resumePoint = { execution: durable.executions, committedEpoch: last?.epoch ?? 0, isComplete: last?.isComplete ?? false }
    this.nextChunkId = durable.lastChunkId + 1
    this.#log = this.#liveLog()
  }

  get stepIds(): readonly string[] {
    return this.#log.stepIds
  }

  async *load(stepId: string): AsyncGenerator<StoredChunk, void> {
    for (const chunk of this.#log.newestFirst(stepId)) {
      verifyChunk(chunk.blob, `chunk ${chunk.id} of step "${stepId}"`)
      const { id, epoch, entryCount, firstGroup, lastGroup, blob } = chunk
      yield { id, stepId, epoch, entryCount, firstGroup, lastGroup, blob }
    }
  }

  async begin(changes?: Parameters<RecoverySession['begin']>[0]): Promise<void> {
    this.#check(!this.#hasBegun, '`begin` was called twice')
    this.#hasBegun = true
    const durable = this.#durable
    const { dropped, renamed } = effectiveChanges(changes, this.stepIds)
    const names = new Map(renamed)
    for (const [id, chunk] of durable.chunks) {
      if (dropped.includes(chunk.stepId)) durable.chunks.delete(id)
      else if (names.has(chunk.stepId)) durable.chunks.set(id, { ...chunk, stepId: names.get(chunk.stepId) as string })
    }
    if (dropped.length + renamed.length > 0) durable.commits = durable.commits.slice(-1)
    durable.flowId = this.#request.flowId
    durable.executions += 1
    this.#log = this.#liveLog()
  }

  async write(epoch: EpochWrite): Promise<void> {
    this.#check(this.#hasBegun, '`write` was called before `begin`')
    this.#check(this.#writing === undefined, '`write` was called while another write was under way')
    this.#check(!this.#hasFailed, '`write` was called after one that failed')
    const last = this.#durable.commits.at(-1)?.epoch ?? 0
    this.#check(epoch.epoch > last, `epoch ${epoch.epoch} was written after epoch ${last}`)
    this.#hasFailed = true
    this.#writing = this.#write(epoch)
    try {
      await this.#writing
      this.#hasFailed = false
    } finally {
      this.#writing = undefined
    }
  }

  async close(): Promise<void> {
    await this.#writing?.catch(() => {})
    this.isOpen = false
  }

  crash(): void {
    this.isOpen = false
  }

  async #write(epoch: EpochWrite): Promise<void> {
    await this.#beforeWrite(epoch)
    this.#check(this.isOpen, 'the store crashed')
    this.#commit(epoch)
  }

  #commit({ epoch, chunks, droppedChunks, isComplete }: EpochWrite): void {
    const durable = this.#durable
    const nowMs = this.#now()
    const oldestEpoch = oldestRestorable(durable.commits, nowMs, this.#request.backupIntervalMs)
    for (const chunk of chunks) this.#append({ ...chunk, epoch, blob: new Uint8Array(chunk.blob), droppedEpoch: undefined })
    for (const chunk of this.#log.drop(droppedChunks)) chunk.droppedEpoch = epoch
    for (const [id, { droppedEpoch }] of durable.chunks) if (droppedEpoch !== undefined && droppedEpoch <= oldestEpoch) durable.chunks.delete(id)
    const commit: CommitInfo = { epoch, execution: this.resumePoint.execution, committedAtMs: nowMs, isComplete }
    durable.commits = [...durable.commits.filter((other) => other.epoch >= oldestEpoch), commit]
  }

  #append(chunk: MemoryChunk): void {
    this.#durable.chunks.set(chunk.id, chunk)
    this.#durable.lastChunkId = Math.max(this.#durable.lastChunkId, chunk.id)
    this.#log.add(chunk)
  }

  #liveLog(): ChunkLog<MemoryChunk> {
    return new ChunkLog([...this.#durable.chunks.values()].filter(({ droppedEpoch }) => droppedEpoch === undefined))
  }

  #check(isRight: boolean, what: string): void {
    if (isRight && this.isOpen) return
    const message = `recovery session: ${this.isOpen ? what : 'it is closed'}; the order is load, begin, write, close`
    throw new TypewaxError('INVALID_ARGUMENT', message, { domain: 'internal' })
  }
}

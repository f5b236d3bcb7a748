/**
 * Owns a run's use of a store of SQLite files: loads, begins the execution, plans what each epoch writes to each file. Writing itself is
 * `part-writer.ts`, here before the first poll, then in the writer thread.
 */

import { randomUUID } from 'node:crypto'
import { TypewaxError } from '../../errors.ts'
import { type ChunkInfo, ChunkSum, type CommitInfo } from '../checksum.ts'
import { ChunkLog, oldestRestorable } from '../chunk-log.ts'
import { applyTo, effectiveChanges, hasChanges } from '../step-changes.ts'
import type { EpochWrite, OpenRequest, RecoverySession, ResumePoint, StoredChunk } from '../store.ts'
import type { ExecutionInfo } from './part-file.ts'
import { beginPart, type PartEpoch, writePart } from './part-writer.ts'
import type { StoreLock } from './store-lock.ts'
import { lastExecution, type StoreView } from './store-view.ts'
import { WriterClient } from './writer-client.ts'

/** The last epoch of a short run is written where it is, up to this size: nothing is held up by it, and a thread takes longer to start. */
const MAX_INLINE_BYTES = 1024 * 1024

export class SqliteSession implements RecoverySession {
  readonly resumePoint: ResumePoint
  readonly nextChunkId: number
  readonly #view: StoreView
  readonly #lock: StoreLock
  readonly #request: OpenRequest
  readonly #now: () => number
  readonly #writer: WriterClient
  #log: ChunkLog<ChunkInfo>
  /** What each file holds. */
  readonly #sums: ChunkSum[] = []
  /** Restorable commits, ascending. */
  #commits: CommitInfo[]
  #hasBegun = false
  #writing: Promise<void> | undefined
  /** A write that failed: some files may have its epoch. Nothing can be written after it. */
  #failure: { readonly error: unknown } | undefined
  #closing: Promise<void> | undefined

  constructor(view: StoreView, lock: StoreLock, request: OpenRequest, now: () => number) {
    this.#view = view
    this.#lock = lock
    this.#request = request
    this.#now = now
    this.#writer = new WriterClient(view.parts.map(({ path }) => path))
    this.#log = new ChunkLog(view.chunks())
    this.#commits = view.commits
    const isComplete = this.#commits.at(-1)?.isComplete ?? false
    this.resumePoint = { execution: view.lastExecution + 1, committedEpoch: view.resumeEpoch, isComplete }
    this.nextChunkId = 1 + Math.max(...view.parts.map(({ header, chunks }) => Math.max(header.lastChunkId, chunks.at(-1)?.id ?? -1)))
  }

  get stepIds(): readonly string[] {
    return this.#log.stepIds
  }

  async *load(stepId: string): AsyncGenerator<StoredChunk, void> {
    for (const chunk of this.#log.newestFirst(stepId)) yield { ...chunk, blob: this.#view.readBlob(chunk) }
  }

  async begin(changes?: Parameters<RecoverySession['begin']>[0]): Promise<void> {
    if (this.#hasBegun) throw misuse('`begin` was called twice')
    this.#hasBegun = true
    const own = effectiveChanges(changes, this.stepIds)
    const { execution: number, committedEpoch: resumeEpoch } = this.resumePoint
    const execution: ExecutionInfo = { number, id: randomUUID(), resumeEpoch, changes: own }
    for (const index of this.#view.parts.keys()) this.#beginPart(index, execution)
    if (hasChanges(own)) this.#log = new ChunkLog(applyTo(this.#view.chunks(), own))
    if (hasChanges(own) || this.#view.parts.some(({ pendingChanges }) => pendingChanges.length > 0)) this.#commits = this.#commits.slice(-1)
  }

  async write(epoch: EpochWrite): Promise<void> {
    if (!this.#hasBegun) throw misuse('`write` was called before `begin`')
    if (this.#closing !== undefined) throw misuse('`write` was called after `close`')
    if (this.#writing !== undefined) throw misuse('`write` was called while another write was under way')
    if (this.#failure !== undefined) throw this.#failure.error
    const last = this.#commits.at(-1)?.epoch ?? 0
    if (epoch.epoch <= last) throw misuse(`epoch ${epoch.epoch} was written after epoch ${last}`)
    this.#writing = this.#writeParts(epoch)
    try {
      await this.#writing
    } catch (error) {
      this.#failure = { error }
      throw error
    } finally {
      this.#writing = undefined
    }
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  #beginPart(index: number, execution: ExecutionInfo): void {
    const { database, path, pendingChanges, chunks } = this.#view.parts[index] as StoreView['parts'][number]
    const changes = [...pendingChanges, ...(hasChanges(execution.changes) ? [execution.changes] : [])]
    const sum = new ChunkSum()
    for (const chunk of applyTo([...chunks], execution.changes)) sum.add(chunk)
    this.#sums[index] = sum
    const commit = this.#commits.at(-1)
    const checksum = changes.length > 0 && commit !== undefined ? sum.seal(commit) : undefined
    beginPart(database, path, { execution, flowId: this.#request.flowId, changes, checksum, oldestExecution: this.#oldestExecution() })
  }

  /** What is older, all files have heard of, and no commit refers to. */
  #oldestExecution(): number {
    const heard = this.#view.parts.map(({ header }) => lastExecution(header))
    const committed = this.#view.parts.map(({ header }) => header.commits[0]?.execution ?? Number.POSITIVE_INFINITY)
    return Math.min(...heard, ...committed)
  }

  async #writeParts(epoch: EpochWrite): Promise<void> {
    const parts = this.#plan(epoch)
    if (!this.#writer.isStarted && epoch.isComplete && sizeOf(epoch) <= MAX_INLINE_BYTES) this.#writeHere(parts)
    else await this.#writer.write(parts)
  }

  #writeHere(parts: readonly PartEpoch[]): void {
    for (const [index, part] of parts.entries()) {
      const { database, path } = this.#view.parts[index] as StoreView['parts'][number]
      writePart(database, path, part)
    }
  }

  /** Says what goes into which file. */
  #plan({ epoch, chunks, droppedChunks, isComplete }: EpochWrite): PartEpoch[] {
    const committedAtMs = Math.trunc(this.#now())
    const commit: CommitInfo = { epoch, execution: this.resumePoint.execution, committedAtMs, isComplete }
    const oldestEpoch = oldestRestorable(this.#commits, committedAtMs, this.#request.backupIntervalMs)
    this.#commits = [...this.#commits.filter((other) => other.epoch >= oldestEpoch), commit]
    for (const chunk of chunks) {
      const info = infoOf(chunk, epoch)
      this.#log.add(info)
      this.#sums[this.#indexOf(chunk.id)]?.add(info)
    }
    const dropped = this.#log.drop(droppedChunks)
    for (const chunk of dropped) this.#sums[this.#indexOf(chunk.id)]?.remove(chunk)
    return this.#view.parts.map((_, index) => ({
      commit,
      checksum: this.#sums[index]?.seal(commit) ?? 0,
      chunks: chunks.filter(({ id }) => this.#indexOf(id) === index),
      dropped: dropped.flatMap(({ id }) => (this.#indexOf(id) === index ? id : [])),
      oldestEpoch,
    }))
  }

  #indexOf(chunkId: number): number {
    return chunkId % this.#view.parts.length
  }

  async #close(): Promise<void> {
    await this.#writing?.catch(() => {})
    await this.#writer.close()
    try {
      this.#view.close()
    } finally {
      this.#lock.release()
    }
  }
}

function infoOf(chunk: EpochWrite['chunks'][number], epoch: number): ChunkInfo {
  const { id, stepId, entryCount, discardCount, firstGroup, lastGroup } = chunk
  return { id, stepId, epoch, entryCount, discardCount, firstGroup, lastGroup }
}

function sizeOf(epoch: EpochWrite): number {
  return epoch.chunks.reduce((sum, { blob }) => sum + blob.byteLength, 0)
}

function misuse(what: string): TypewaxError {
  return new TypewaxError('INVALID_ARGUMENT', `recovery session: ${what}; the order is load, begin, write, close`, { domain: 'internal' })
}

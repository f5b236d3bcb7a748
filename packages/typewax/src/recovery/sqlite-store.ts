/**
 * Owns `SqliteRecoveryStore`: a directory with one or more SQLite files and a lock. Opening, loading and beginning happen in the caller's thread, before
 * the flow runs; epochs are written by a thread of their own.
 */

import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, quote, TypewaxError } from '../errors.ts'
import { now as systemNow } from '../time.ts'
import { verifyChunk } from './codec.ts'
import { StoreLock } from './lock.ts'
import { resumePointOf } from './resume-point.ts'
import type { EpochWrite, OpenRequest, RecoverySession, RecoveryStore, ResumePoint, StoredChunk } from './store.ts'
import { type FileWrite, StoreFile } from './store-file.ts'
import { Writer } from './writer.ts'

const FILE_NAME = /^part-\d+\.sqlite3$/

export interface SqliteStoreOptions {
  /** Time of day. Default: the machine's. */
  readonly now?: () => number
}

/** Keeps the state of one dataflow in a directory. Made on first use, with one file; `initRecovery` makes more. */
export class SqliteRecoveryStore implements RecoveryStore {
  readonly location: string
  readonly #now: () => number

  constructor(dir: string, options: SqliteStoreOptions = {}) {
    this.location = dir
    this.#now = options.now ?? systemNow
  }

  async open(request: OpenRequest): Promise<RecoverySession> {
    makeDirectory(this.location)
    const lock = StoreLock.take(this.location)
    const files: StoreFile[] = []
    try {
      if (storePaths(this.location).length === 0) createFiles(this.location, request.flowId, 1)
      for (const path of storePaths(this.location)) files.push(new StoreFile(path))
      const [first] = files as [StoreFile]
      if (files.length === 1 && first.isEmpty) first.create(request.flowId, 0, 1)
      for (const file of files) file.claim(request.flowId)
      const resumePoint = resumePointOf(
        files.map((file) => file.progress()),
        request.flowId,
        this.location,
      )
      return new SqliteSession(files, lock, resumePoint, request, this.#now)
    } catch (error) {
      for (const file of files) file.close()
      lock.release()
      throw error
    }
  }
}

/**
 * Initialises a store with a number of files; more files can be written in parallel by more disks. It is fixed for the life of the store.
 *
 * @throws `STORE_EXISTS`, `STORE_UNWRITABLE`
 */
export function initRecovery(dir: string, partitions: number): void {
  if (!Number.isSafeInteger(partitions) || partitions < 1) {
    throw new TypewaxError('INVALID_ARGUMENT', `a store has a whole number of files, at least 1; got ${quote(partitions)}`)
  }
  makeDirectory(dir)
  if (storePaths(dir).length > 0) throw new TypewaxError('STORE_EXISTS', `there is a store in ${dir} already; delete it to start over`)
  createFiles(dir, '', partitions)
}

/** Paths of the files of a store, in order. */
export function storePaths(dir: string): string[] {
  if (!existsSync(dir)) return []
  const names = readdirSync(dir).filter((name) => FILE_NAME.test(name))
  return names.sort((a, b) => Number.parseInt(a.slice(5), 10) - Number.parseInt(b.slice(5), 10)).map((name) => join(dir, name))
}

function makeDirectory(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true })
  } catch (cause) {
    throw new TypewaxError('STORE_UNWRITABLE', `the directory ${dir} for the store can't be made: ${messageOf(cause)}`, { domain: 'external', cause })
  }
}

function createFiles(dir: string, flowId: string, fileCount: number): void {
  for (let index = 0; index < fileCount; index++) {
    const file = new StoreFile(join(dir, `part-${index}.sqlite3`))
    file.create(flowId, index, fileCount)
    file.close()
  }
}

class SqliteSession implements RecoverySession {
  readonly resumePoint: ResumePoint
  readonly nextChunkId: number
  readonly stepIds: readonly string[]
  readonly #files: readonly StoreFile[]
  readonly #lock: StoreLock
  readonly #writer = new Writer()
  readonly #now: () => number
  readonly #backupIntervalMs: number
  /** By step: ids of live chunks, newest first, and the file that has them. */
  readonly #chunks = new Map<string, { id: number; file: StoreFile }[]>()
  #isClosed = false

  constructor(files: readonly StoreFile[], lock: StoreLock, resumePoint: ResumePoint, request: OpenRequest, now: () => number) {
    this.#files = files
    this.#lock = lock
    this.#now = now
    this.#backupIntervalMs = request.backupIntervalMs
    this.resumePoint = resumePoint
    this.nextChunkId = Math.max(...files.map((file) => file.maxChunkId())) + 1
    const chunks = files.flatMap((file) => file.liveChunks(resumePoint.committedEpoch).map((chunk) => ({ ...chunk, file })))
    for (const { id, stepId, file } of chunks.sort((a, b) => b.id - a.id)) {
      const ofStep = this.#chunks.get(stepId)
      if (ofStep === undefined) this.#chunks.set(stepId, [{ id, file }])
      else ofStep.push({ id, file })
    }
    this.stepIds = [...this.#chunks.keys()]
  }

  async *load(stepId: string): AsyncGenerator<StoredChunk> {
    for (const { id, file } of this.#chunks.get(stepId) ?? []) {
      const chunk = file.chunk(id)
      verifyChunk(chunk.blob, `chunk ${id} of step ${quote(stepId)} in ${file.path}`)
      yield chunk
    }
  }

  async begin(changes: { readonly droppedSteps?: readonly string[]; readonly renamedSteps?: ReadonlyMap<string, string> } = {}): Promise<void> {
    const { committedEpoch, execution } = this.resumePoint
    for (const file of this.#files) file.begin(committedEpoch, execution, this.#now(), changes.droppedSteps ?? [], changes.renamedSteps ?? new Map())
  }

  async write(epoch: EpochWrite): Promise<void> {
    const nowMs = this.#now()
    const keepSinceMs = this.#backupIntervalMs === 0 ? Number.MAX_SAFE_INTEGER : nowMs - this.#backupIntervalMs
    const writes = this.#files.map((file, index) => ({
      path: file.path,
      write: {
        epoch: epoch.epoch,
        execution: this.resumePoint.execution,
        nowMs,
        isComplete: epoch.isComplete,
        chunks: epoch.chunks.filter((chunk) => this.#fileOf(chunk.id) === index),
        droppedChunks: epoch.droppedChunks.filter((id) => this.#fileOf(id) === index),
        keepSinceMs,
      } satisfies FileWrite,
    }))
    await this.#writer.write({ writes })
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#writer.close()
    for (const file of this.#files) file.close()
    this.#lock.release()
  }

  /** Chunks are spread over the files by their ids. */
  #fileOf(chunkId: number): number {
    return chunkId % this.#files.length
  }
}

/**
 * Owns reading a store as a whole: opens all its files, checks them against each other, finds the epoch to resume at and the chunks that live there.
 * Changes nothing. Steps that an execution dropped or renamed in some files before it crashed count as dropped and renamed in all: an execution has
 * begun once its first file says so.
 */

import type { DatabaseSync } from 'node:sqlite'
import { TypewaxError } from '../../errors.ts'
import { type ChunkInfo, ChunkSum } from '../checksum.ts'
import { applyTo, hasChanges, type StepChanges } from '../step-changes.ts'
import {
  checkStructure,
  type ExecutionInfo,
  openPart,
  type PartHeader,
  readBlob,
  readHeader,
  readLiveChunks,
  type StoredCommit,
} from './part-file.ts'
import { findResumeEpoch } from './resume.ts'
import { checkIdentities, listParts, partPath } from './store-directory.ts'
import { corrupt } from './store-errors.ts'

/** A file, open, and what it says. */
export interface PartView {
  readonly path: string
  readonly database: DatabaseSync
  readonly header: PartHeader
  /** Changes that earlier executions decided and this file has not seen. */
  readonly pendingChanges: readonly StepChanges[]
  /** Chunks that live at the resume epoch, by ascending id, changes applied. */
  readonly chunks: readonly ChunkInfo[]
}

export class StoreView {
  readonly parts: readonly PartView[]
  readonly resumeEpoch: number

  private constructor(parts: readonly PartView[], resumeEpoch: number) {
    this.parts = parts
    this.resumeEpoch = resumeEpoch
  }

  /**
   * Opens the files. A view for reading sees them as they are now, whatever is written meanwhile.
   *
   * @throws `STORE_NOT_FOUND`, `STORE_FILE_MISSING`, `STORE_STALE`, `STORE_CORRUPT`, `STORE_VERSION`, `STORE_UNWRITABLE`
   */
  static open(dir: string, access: 'read' | 'write'): StoreView {
    const present = listParts(dir)
    const databases: DatabaseSync[] = []
    try {
      for (const index of present) databases.push(openPart(partPath(dir, index), access))
      if (access === 'read') for (const database of databases) pin(database)
      const headers = databases.map((database, position) => readHeader(database, partPath(dir, present[position] as number)))
      checkIdentities(dir, headers, present)
      if (access === 'write') for (const [position, header] of headers.entries()) checkStructure(databases[position] as DatabaseSync, header.path)
      const resumeEpoch = findResumeEpoch(headers)
      return new StoreView(viewParts(databases, headers, resumeEpoch), resumeEpoch)
    } catch (error) {
      for (const database of databases) database.close()
      throw error
    }
  }

  /** The flow it belongs to; absent before the first execution. */
  get flowId(): string | undefined {
    return this.parts.find(({ header }) => header.flowId !== undefined)?.header.flowId
  }

  /** Number of the last execution that began, -1 for none. */
  get lastExecution(): number {
    return Math.max(-1, ...this.parts.map(({ header }) => lastExecution(header)))
  }

  /** Commits that can be restored, ascending, up to the resume epoch. */
  get commits(): StoredCommit[] {
    const oldestEpoch = Math.max(...this.parts.map(({ header }) => header.oldestEpoch))
    const commits = this.parts[0]?.header.commits ?? []
    return commits.filter(({ epoch }) => epoch >= oldestEpoch && epoch <= this.resumeEpoch)
  }

  /** The part that holds a chunk. */
  partOf(chunkId: number): PartView {
    return this.parts[chunkId % this.parts.length] as PartView
  }

  /** All chunks that live, by ascending id. */
  chunks(): ChunkInfo[] {
    return this.parts.flatMap(({ chunks }) => chunks).sort((a, b) => a.id - b.id)
  }

  readBlob(chunk: ChunkInfo): Uint8Array {
    const { database, path } = this.partOf(chunk.id)
    return readBlob(database, path, chunk)
  }

  close(): void {
    for (const { database } of this.parts) if (database.isOpen) database.close()
  }
}

export function lastExecution(header: PartHeader): number {
  return header.executions.at(-1)?.number ?? -1
}

/** @throws `STORE_OTHER_FLOW` if the store holds the state of another flow */
export function checkFlow(view: StoreView, dir: string, flowId: string): void {
  const stored = view.parts.find(({ header }) => (header.flowId ?? flowId) !== flowId)?.header.flowId
  if (stored === undefined) return
  const message = `the recovery store "${dir}" belongs to flow "${stored}", not "${flowId}"; give each flow a store of its own, or delete this one if the flow got another name and may start over`
  throw new TypewaxError('STORE_OTHER_FLOW', message)
}

/** Begins a read transaction: from the first read on, the connection sees the file as it is now. */
function pin(database: DatabaseSync): void {
  database.exec('BEGIN; SELECT store_id FROM store')
}

function viewParts(databases: readonly DatabaseSync[], headers: readonly PartHeader[], resumeEpoch: number): PartView[] {
  return headers.map((header, position) => {
    const database = databases[position] as DatabaseSync
    const stored = readLiveChunks(database, header.path, resumeEpoch)
    checkSum(header, stored, resumeEpoch)
    checkPlaces(header, stored)
    const pendingChanges = changesUnseenBy(header, headers)
    return { path: header.path, database, header, pendingChanges, chunks: pendingChanges.reduce(applyTo<ChunkInfo>, stored) }
  })
}

function checkSum(header: PartHeader, chunks: readonly ChunkInfo[], resumeEpoch: number): void {
  const commit = header.commits.find(({ epoch }) => epoch === resumeEpoch)
  const sum = new ChunkSum()
  for (const chunk of chunks) sum.add(chunk)
  if (commit === undefined ? chunks.length === 0 : sum.seal(commit) === commit.checksum) return
  const hint = '(its contents were altered, or it was moved without the -wal file beside it)'
  throw corrupt(header.path, `does not hold what it held when epoch ${resumeEpoch} was committed ${hint}`)
}

function checkPlaces(header: PartHeader, chunks: readonly ChunkInfo[]): void {
  const lost = chunks.find(({ id }) => id % header.count !== header.index)
  if (lost !== undefined) throw corrupt(header.path, `holds chunk ${lost.id}, which belongs into another file of the store`)
}

function changesUnseenBy(header: PartHeader, headers: readonly PartHeader[]): StepChanges[] {
  const seen = lastExecution(header)
  const unseen = new Map<number, ExecutionInfo>()
  for (const { executions } of headers) for (const execution of executions) if (execution.number > seen) unseen.set(execution.number, execution)
  const ascending = [...unseen.values()].sort((a, b) => a.number - b.number)
  return ascending.map(({ changes }) => changes).filter(hasChanges)
}

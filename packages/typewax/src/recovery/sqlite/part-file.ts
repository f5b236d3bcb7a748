/**
 * Owns the format of one file of a store: its tables, how it is made, opened, checked and read. A file is made under another name and then renamed,
 * so that an empty or half-made one under its own name is always a damaged one.
 *
 * `drops` is a table of its own because marking a row of `chunks` would write its blob again.
 */

import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { TypewaxError } from '../../errors.ts'
import type { ChunkInfo, CommitInfo } from '../checksum.ts'
import { verifyChunk } from '../codec.ts'
import type { StepChanges } from '../step-changes.ts'
import type { PartProgress } from './resume.ts'
import { corrupt, guarded } from './store-errors.ts'

/** "twrx", in the header of every file. */
const APPLICATION_ID = 0x74_77_72_78
const FORMAT_VERSION = 1

const SCHEMA = `
  CREATE TABLE store (
    store_id TEXT NOT NULL, part_index INTEGER NOT NULL, part_count INTEGER NOT NULL,
    flow_id TEXT, oldest_epoch INTEGER NOT NULL, last_chunk_id INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE executions (number INTEGER PRIMARY KEY, id TEXT NOT NULL, resume_epoch INTEGER NOT NULL, changes TEXT NOT NULL) STRICT;
  CREATE TABLE commits (
    epoch INTEGER PRIMARY KEY, execution INTEGER NOT NULL, committed_at_ms INTEGER NOT NULL, is_complete INTEGER NOT NULL, checksum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, execution INTEGER NOT NULL, step_id TEXT NOT NULL, entry_count INTEGER NOT NULL,
    discard_count INTEGER NOT NULL, first_group INTEGER NOT NULL, last_group INTEGER NOT NULL, blob BLOB NOT NULL
  ) STRICT;
  CREATE TABLE drops (chunk_id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL) STRICT;
`

/** A write waits this long for another program that has the file open, such as an SQLite shell. */
const BUSY_TIMEOUT_MS = 5_000
/** The WAL is cut back to this after a large epoch. SQLite checkpoints it every 1,000 pages. */
const WAL_LIMIT_BYTES = 16 * 1024 * 1024

/** Which file of which store. */
export interface PartIdentity {
  readonly storeId: string
  readonly index: number
  readonly count: number
}

export interface ExecutionInfo {
  readonly number: number
  readonly id: string
  readonly resumeEpoch: number
  readonly changes: StepChanges
}

export interface StoredCommit extends CommitInfo {
  readonly checksum: number
}

/** What a file says of itself. */
export interface PartHeader extends PartIdentity, PartProgress {
  /** Absent before the first execution began. */
  readonly flowId: string | undefined
  /** Highest chunk id ever written here, -1 for none. */
  readonly lastChunkId: number
  readonly executions: readonly ExecutionInfo[]
  readonly commits: readonly StoredCommit[]
}

/** Makes an empty file. It exists as a whole, durably, or not at all. */
export function createPart(path: string, identity: PartIdentity): void {
  guarded(path, () => {
    const draft = `${path}.new`
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${draft}${suffix}`, { force: true })
    const database = new DatabaseSync(draft)
    try {
      database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; ${SCHEMA}`)
      const { storeId, index, count } = identity
      database.prepare('INSERT INTO store VALUES (?, ?, ?, NULL, 0, -1)').run(storeId, index, count)
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION}; COMMIT; PRAGMA journal_mode = WAL`)
    } finally {
      database.close()
    }
    syncPath(draft)
    renameSync(draft, path)
    syncDirectory(dirname(path))
  })
}

/** Opens a file and checks that it is one of ours. */
export function openPart(path: string, access: 'read' | 'write'): DatabaseSync {
  return guarded(path, () => {
    // Opening a missing file for writing would make it. (Never open a file of a store without SQLite: closing it would give up SQLite's locks on it.)
    statSync(path)
    const database = new DatabaseSync(path, { readOnly: access === 'read', timeout: BUSY_TIMEOUT_MS })
    try {
      checkFormat(database, path)
      if (access === 'write') {
        database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES}`)
      }
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/** Checks that all pages of a file hang together. Reads the whole file, at the speed of the disk. */
export function checkStructure(database: DatabaseSync, path: string): void {
  guarded(path, () => {
    const verdict = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string }
    if (verdict.quick_check !== 'ok') throw corrupt(path, `is damaged (${verdict.quick_check})`)
  })
}

function checkFormat(database: DatabaseSync, path: string): void {
  const { application_id } = database.prepare('PRAGMA application_id').get() as { application_id: number }
  if (application_id !== APPLICATION_ID) throw corrupt(path, 'is not a recovery store')
  const { user_version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (user_version === FORMAT_VERSION) return
  const message = `${path} has store format ${user_version}; this version of typewax reads format ${FORMAT_VERSION}; use the version that wrote it, or delete the store to start over`
  throw new TypewaxError('STORE_VERSION', message, { domain: 'external' })
}

interface HeaderRow {
  store_id: string
  part_index: number
  part_count: number
  flow_id: string | null
  oldest_epoch: number
  last_chunk_id: number
}

/** Reads what a file says of itself. */
export function readHeader(database: DatabaseSync, path: string): PartHeader {
  return guarded(path, () => {
    const row = database.prepare('SELECT * FROM store').get() as unknown as HeaderRow | undefined
    if (row === undefined) throw corrupt(path, 'has no row in table "store"')
    const executions = database.prepare('SELECT number, id, resume_epoch, changes FROM executions ORDER BY number').all()
    const commits = database.prepare('SELECT * FROM commits ORDER BY epoch').all()
    return {
      path,
      storeId: row.store_id,
      index: row.part_index,
      count: row.part_count,
      flowId: row.flow_id ?? undefined,
      oldestEpoch: row.oldest_epoch,
      lastChunkId: row.last_chunk_id,
      executions: executions.map(toExecution),
      commits: commits.map(toCommit),
    }
  })
}

type Row = Record<string, unknown>

function toExecution(row: Row): ExecutionInfo {
  const changes = JSON.parse(row.changes as string) as StepChanges
  return { number: row.number as number, id: row.id as string, resumeEpoch: row.resume_epoch as number, changes }
}

function toCommit(row: Row): StoredCommit {
  return {
    epoch: row.epoch as number,
    execution: row.execution as number,
    committedAtMs: row.committed_at_ms as number,
    isComplete: row.is_complete === 1,
    checksum: row.checksum as number,
  }
}

/** Lists the chunks that lived after an epoch, by ascending id. */
export function readLiveChunks(database: DatabaseSync, path: string, epoch: number): ChunkInfo[] {
  return guarded(path, () => {
    const query = `
      SELECT c.id, c.epoch, c.step_id, c.entry_count, c.discard_count, c.first_group, c.last_group
      FROM chunks c LEFT JOIN drops d ON d.chunk_id = c.id
      WHERE c.epoch <= ? AND (d.epoch IS NULL OR d.epoch > ?) ORDER BY c.id`
    // Twice: Node 22 does not bind a numbered parameter that is used twice.
    return database.prepare(query).all(epoch, epoch).map(toChunk)
  })
}

function toChunk(row: Row): ChunkInfo {
  return {
    id: row.id as number,
    stepId: row.step_id as string,
    epoch: row.epoch as number,
    entryCount: row.entry_count as number,
    discardCount: row.discard_count as number,
    firstGroup: row.first_group as number,
    lastGroup: row.last_group as number,
  }
}

/** Reads the blob of a chunk and checks it. */
export function readBlob(database: DatabaseSync, path: string, chunk: ChunkInfo): Uint8Array {
  const row = guarded(path, () => database.prepare('SELECT blob FROM chunks WHERE id = ?').get(chunk.id)) as { blob: unknown } | undefined
  const where = `chunk ${chunk.id} of step "${chunk.stepId}" (epoch ${chunk.epoch}) in ${path}`
  if (!(row?.blob instanceof Uint8Array)) throw corrupt(path, `has no contents for chunk ${chunk.id} of step "${chunk.stepId}"`)
  verifyChunk(row.blob, where)
  return row.blob
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes new names in a directory durable. Windows has no such call and needs none. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

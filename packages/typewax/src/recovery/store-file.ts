/**
 * Owns one SQLite file of a store: its tables and every statement on them. Synchronous; used by the writer thread for epochs and by the caller's thread
 * for opening and loading.
 */

import { existsSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { messageOf, quote, TypewaxError } from '../errors.ts'
import type { FileProgress } from './resume-point.ts'
import type { SnapshotChunk, StoredChunk } from './store.ts'

/** Version of the tables below. */
export const STORE_VERSION = 1

const TABLES = `
CREATE TABLE IF NOT EXISTS meta (
  id INTEGER PRIMARY KEY CHECK (id = 0),
  version INTEGER NOT NULL,
  flow_id TEXT NOT NULL,
  file_index INTEGER NOT NULL,
  file_count INTEGER NOT NULL,
  oldest_epoch INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS executions (
  execution INTEGER PRIMARY KEY,
  after_epoch INTEGER NOT NULL,
  started_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS commits (
  epoch INTEGER PRIMARY KEY,
  execution INTEGER NOT NULL,
  committed_at_ms INTEGER NOT NULL,
  is_complete INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS chunks (
  id INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  step_id TEXT NOT NULL,
  entry_count INTEGER NOT NULL,
  discard_count INTEGER NOT NULL,
  first_group INTEGER NOT NULL,
  last_group INTEGER NOT NULL,
  dropped_epoch INTEGER,
  blob BLOB NOT NULL
) STRICT;
`

/** What an epoch writes into one file. */
export interface FileWrite {
  readonly epoch: number
  readonly execution: number
  readonly nowMs: number
  readonly isComplete: boolean
  readonly chunks: readonly SnapshotChunk[]
  readonly droppedChunks: readonly number[]
  /** Commits before this time need not be restorable, but for the newest. */
  readonly keepSinceMs: number
}

export class StoreFile {
  readonly path: string
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /** Opens a file; `isReadOnly` for looking while a run holds the lock. */
  constructor(path: string, isReadOnly = false) {
    this.path = path
    if (isReadOnly && !existsSync(path)) throw new TypewaxError('STORE_NOT_FOUND', `there is no ${path}`, { domain: 'external' })
    this.#db = this.#guard(() => new DatabaseSync(path, { readOnly: isReadOnly, timeout: 5_000 }))
    this.#guard(() => {
      if (!isReadOnly) this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000')
    })
  }

  /** Makes the tables and says whose they are. */
  create(flowId: string, fileIndex: number, fileCount: number): void {
    this.#transaction(() => {
      this.#db.exec(TABLES)
      this.#run('INSERT OR IGNORE INTO meta VALUES (0, ?, ?, ?, ?, 0)', STORE_VERSION, flowId, fileIndex, fileCount)
    })
  }

  /** Whether nothing was ever made in it: what a crash within the first moments of a store leaves. */
  get isEmpty(): boolean {
    return this.#guard(() => (this.#get('SELECT count(*) AS count FROM sqlite_master') as { count: number }).count === 0)
  }

  /** Names the flow of a store that was initialised without one. */
  claim(flowId: string): void {
    this.#guard(() => this.#run("UPDATE meta SET flow_id = ? WHERE flow_id = ''", flowId))
  }

  progress(): FileProgress {
    return this.#guard(() => {
      const meta = this.#get('SELECT * FROM meta') as
        | { version: number; flow_id: string; file_index: number; file_count: number; oldest_epoch: number }
        | undefined
      if (meta === undefined) throw corrupt(this.path, 'it says nothing of itself')
      if (meta.version !== STORE_VERSION) {
        throw new TypewaxError('STORE_VERSION', `${this.path} has version ${meta.version}; this version of typewax reads version ${STORE_VERSION}`, {
          domain: 'external',
        })
      }
      const commit = this.#get('SELECT * FROM commits ORDER BY epoch DESC LIMIT 1') as
        | { epoch: number; execution: number; is_complete: number }
        | undefined
      const execution = this.#get('SELECT max(execution) AS last FROM executions') as { last: number | null }
      return {
        path: this.path,
        flowId: meta.flow_id,
        fileIndex: meta.file_index,
        fileCount: meta.file_count,
        execution: execution.last ?? -1,
        committedEpoch: commit?.epoch ?? 0,
        committedBy: commit?.execution ?? -1,
        isComplete: commit?.is_complete === 1,
        oldestEpoch: meta.oldest_epoch,
      }
    })
  }

  /** Ids of chunks that live at an epoch, newest first, with their steps. */
  liveChunks(epoch: number): { id: number; stepId: string }[] {
    return this.#guard(() => {
      const rows = this.#all(
        'SELECT id, step_id FROM chunks WHERE epoch <= ?1 AND (dropped_epoch IS NULL OR dropped_epoch > ?1) ORDER BY id DESC',
        epoch,
      )
      return rows.map((row) => ({ id: row['id'] as number, stepId: row['step_id'] as string }))
    })
  }

  maxChunkId(): number {
    return this.#guard(() => (this.#get('SELECT max(id) AS id FROM chunks') as { id: number | null }).id ?? -1)
  }

  chunk(id: number): StoredChunk {
    return this.#guard(() => {
      const row = this.#get('SELECT * FROM chunks WHERE id = ?', id)
      if (row === undefined) throw corrupt(this.path, `chunk ${id} is gone`)
      return {
        id,
        stepId: row['step_id'] as string,
        epoch: row['epoch'] as number,
        entryCount: row['entry_count'] as number,
        firstGroup: row['first_group'] as number,
        lastGroup: row['last_group'] as number,
        blob: row['blob'] as Uint8Array,
      }
    })
  }

  /** Rows for people who look: commits and executions, oldest first. */
  history(): { commits: Record<string, unknown>[]; executions: Record<string, unknown>[] } {
    return this.#guard(() => ({
      commits: this.#all('SELECT * FROM commits ORDER BY epoch'),
      executions: this.#all('SELECT * FROM executions ORDER BY execution'),
    }))
  }

  /** Forgets everything above an epoch and records that an execution starts behind it. One transaction. */
  begin(afterEpoch: number, execution: number, nowMs: number, droppedSteps: readonly string[], renamedSteps: ReadonlyMap<string, string>): void {
    this.#transaction(() => {
      this.#run('DELETE FROM chunks WHERE epoch > ?', afterEpoch)
      this.#run('UPDATE chunks SET dropped_epoch = NULL WHERE dropped_epoch > ?', afterEpoch)
      this.#run('DELETE FROM commits WHERE epoch > ?', afterEpoch)
      for (const stepId of droppedSteps) this.#run('DELETE FROM chunks WHERE step_id = ?', stepId)
      for (const [from, to] of renamedSteps) this.#run('UPDATE chunks SET step_id = ? WHERE step_id = ?', to, from)
      this.#run('INSERT OR REPLACE INTO executions VALUES (?, ?, ?)', execution, afterEpoch, nowMs)
    })
  }

  /** Writes an epoch's part of this file, its marker, and deletes what no restorable epoch needs. One transaction. */
  write(write: FileWrite): void {
    this.#transaction(() => {
      for (const { id, stepId, entryCount, discardCount, firstGroup, lastGroup, blob } of write.chunks) {
        const values = [id, write.epoch, stepId, entryCount, discardCount, firstGroup, lastGroup, blob] as const
        this.#run('INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)', ...values)
      }
      for (const id of write.droppedChunks) this.#run('UPDATE chunks SET dropped_epoch = ? WHERE id = ?', write.epoch, id)
      this.#collect(write)
      this.#run('INSERT INTO commits VALUES (?, ?, ?, ?)', write.epoch, write.execution, write.nowMs, write.isComplete ? 1 : 0)
    })
  }

  /** The epoch before this one is durable everywhere, or it would not be written: what only older ones need can go. */
  #collect(write: FileWrite): void {
    const oldest = this.#get('SELECT min(epoch) AS epoch FROM commits WHERE committed_at_ms >= ?', write.keepSinceMs) as { epoch: number | null }
    const newest = this.#get('SELECT max(epoch) AS epoch FROM commits') as { epoch: number | null }
    const keep = oldest.epoch ?? newest.epoch
    if (keep === null) return
    const { changes } = this.#run('DELETE FROM chunks WHERE dropped_epoch <= ?', keep)
    if (changes > 0) this.#run('UPDATE meta SET oldest_epoch = max(oldest_epoch, ?)', keep)
    this.#run('DELETE FROM commits WHERE epoch < ?', keep)
  }

  /** Copies this file, consistently, while it is in use. */
  copyTo(path: string): void {
    this.#guard(() => this.#run('VACUUM INTO ?', path))
  }

  close(): void {
    try {
      this.#statements.clear()
      this.#db.close()
    } catch {
      // Closed already, or a connection that never worked: there is nothing left to give up.
    }
  }

  #transaction(work: () => void): void {
    this.#guard(() => {
      this.#db.exec('BEGIN IMMEDIATE')
      try {
        work()
        this.#db.exec('COMMIT')
      } catch (error) {
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
        throw error
      }
    })
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #run(sql: string, ...values: readonly (string | number | Uint8Array)[]): { changes: number } {
    return { changes: Number(this.#statement(sql).run(...values).changes) }
  }

  #get(sql: string, ...values: readonly (string | number)[]): Record<string, unknown> | undefined {
    return this.#statement(sql).get(...values)
  }

  #all(sql: string, ...values: readonly (string | number)[]): Record<string, unknown>[] {
    return this.#statement(sql).all(...values)
  }

  #guard<R>(work: () => R): R {
    try {
      return work()
    } catch (error) {
      throw error instanceof TypewaxError ? error : storeFailure(this.path, error)
    }
  }
}

const SQLITE_CORRUPT = 11
const SQLITE_NOT_A_DATABASE = 26
const SQLITE_ERROR = 1

/** Says what an error of SQLite means for the store. */
export function storeFailure(path: string, error: unknown): TypewaxError {
  const code = (error as { errcode?: unknown }).errcode
  const primary = typeof code === 'number' ? code & 0xff : undefined
  if (
    primary === SQLITE_CORRUPT ||
    primary === SQLITE_NOT_A_DATABASE ||
    (primary === SQLITE_ERROR && /no such (table|column)/.test(messageOf(error)))
  ) {
    return corrupt(path, messageOf(error), error)
  }
  const message = `the store file ${path} can't be used: ${messageOf(error)}; check that the directory is writable and the disk is not full`
  return new TypewaxError('STORE_UNWRITABLE', message, { domain: 'external', cause: error })
}

function corrupt(path: string, what: string, cause?: unknown): TypewaxError {
  return new TypewaxError(
    'STORE_CORRUPT',
    `the store file ${quote(path)} is damaged: ${what}; restore the store from a backup, or delete it to start over`,
    { domain: 'external', cause },
  )
}

/**
 * Owns the two transactions that change a file: the beginning of an execution and an epoch. Each is all or nothing, and durable when the function
 * returns. Synchronous: it runs in the writer thread, and in the thread of the run where nothing is held up by it.
 */

import type { DatabaseSync } from 'node:sqlite'
import type { CommitInfo } from '../checksum.ts'
import type { StepChanges } from '../step-changes.ts'
import type { SnapshotChunk } from '../store.ts'
import type { ExecutionInfo } from './part-file.ts'
import { guarded } from './store-errors.ts'

/** What the beginning of an execution does to a file. */
export interface PartBegin {
  readonly execution: ExecutionInfo
  readonly flowId: string
  /** Changes of this execution, and before them those of earlier ones that crashed before they reached this file. */
  readonly changes: readonly StepChanges[]
  /** With changes: the checksum of the last commit, now that the chunks are others. */
  readonly checksum: number | undefined
  /** Executions below this number may be forgotten. */
  readonly oldestExecution: number
}

/** What an epoch does to a file. */
export interface PartEpoch {
  readonly commit: CommitInfo
  readonly checksum: number
  readonly chunks: readonly SnapshotChunk[]
  readonly dropped: readonly number[]
  /** Oldest epoch that must stay restorable; durable in every file. What was dropped up to it is deleted. */
  readonly oldestEpoch: number
}

/** Deletes what lies above the resume point, applies the changes, and records the execution. */
export function beginPart(database: DatabaseSync, path: string, begin: PartBegin): void {
  const { execution, flowId, checksum } = begin
  const { number, id, resumeEpoch, changes } = execution
  transaction(database, path, () => {
    for (const table of ['chunks', 'drops', 'commits']) database.prepare(`DELETE FROM ${table} WHERE epoch > ?`).run(resumeEpoch)
    for (const change of begin.changes) applyChanges(database, change)
    if (checksum !== undefined) {
      // Older epochs had other steps: they can't be restored any more.
      database.prepare('DELETE FROM commits WHERE epoch < ?').run(resumeEpoch)
      database.prepare('UPDATE commits SET checksum = ? WHERE epoch = ?').run(checksum, resumeEpoch)
      database.prepare('UPDATE store SET oldest_epoch = ?').run(resumeEpoch)
    }
    database.prepare('DELETE FROM executions WHERE number < ?').run(begin.oldestExecution)
    database.prepare('INSERT INTO executions VALUES (?, ?, ?, ?)').run(number, id, resumeEpoch, JSON.stringify(changes))
    database.prepare('UPDATE store SET flow_id = ?').run(flowId)
  })
}

/** Appends the chunks of an epoch, marks what it drops, deletes what no restorable epoch needs, and leaves the marker of the commit. */
export function writePart(database: DatabaseSync, path: string, write: PartEpoch): void {
  const { epoch, execution, committedAtMs, isComplete } = write.commit
  transaction(database, path, () => {
    insertChunks(database, write)
    const drop = database.prepare('INSERT INTO drops VALUES (?, ?)')
    for (const id of write.dropped) drop.run(id, epoch)
    database.prepare('DELETE FROM chunks WHERE id IN (SELECT chunk_id FROM drops WHERE epoch <= ?)').run(write.oldestEpoch)
    database.prepare('DELETE FROM drops WHERE epoch <= ?').run(write.oldestEpoch)
    database.prepare('DELETE FROM commits WHERE epoch < ?').run(write.oldestEpoch)
    database.prepare('INSERT INTO commits VALUES (?, ?, ?, ?, ?)').run(epoch, execution, committedAtMs, isComplete ? 1 : 0, write.checksum)
    const lastChunkId = write.chunks.reduce((last, { id }) => Math.max(last, id), -1)
    database.prepare('UPDATE store SET oldest_epoch = ?, last_chunk_id = max(last_chunk_id, ?)').run(write.oldestEpoch, lastChunkId)
  })
}

function insertChunks(database: DatabaseSync, { commit, chunks }: PartEpoch): void {
  const insert = database.prepare('INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  for (const { id, stepId, entryCount, discardCount, firstGroup, lastGroup, blob } of chunks) {
    insert.run(id, commit.epoch, commit.execution, stepId, entryCount, discardCount, firstGroup, lastGroup, blob)
  }
}

function applyChanges(database: DatabaseSync, { dropped, renamed }: StepChanges): void {
  for (const stepId of dropped) {
    database.prepare('DELETE FROM drops WHERE chunk_id IN (SELECT id FROM chunks WHERE step_id = ?)').run(stepId)
    database.prepare('DELETE FROM chunks WHERE step_id = ?').run(stepId)
  }
  // All at once, so that two steps can swap their names.
  const ids = database.prepare('SELECT id FROM chunks WHERE step_id = ?')
  const moves = renamed.flatMap(([from, to]) => ids.all(from).map(({ id }) => [id as number, to] as const))
  const rename = database.prepare('UPDATE chunks SET step_id = ? WHERE id = ?')
  for (const [id, to] of moves) rename.run(to, id)
}

function transaction(database: DatabaseSync, path: string, action: () => void): void {
  guarded(path, () => {
    database.exec('BEGIN IMMEDIATE')
    try {
      action()
      database.exec('COMMIT')
    } catch (error) {
      rollBack(database)
      throw error
    }
  })
}

/** SQLite rolls back by itself after some errors, a full disk among them. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // There was nothing left to roll back.
  }
}

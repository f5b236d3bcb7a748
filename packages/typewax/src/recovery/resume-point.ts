/**
 * Owns the calculation of the resume point: from what each file of a store says to where the next execution starts, or why it can't. Pure.
 *
 * Files are written one after the other, the marker of an epoch in the same transaction as its chunks, and no epoch is begun before the last one is
 * in all files. So a crash leaves files at most one epoch apart, and the newest epoch that all have is complete.
 */

import { quote, TypewaxError } from '../errors.ts'
import type { ResumePoint } from './store.ts'

/** What a file of the store says of itself. */
export interface FileProgress {
  readonly path: string
  readonly flowId: string
  readonly fileIndex: number
  readonly fileCount: number
  /** Number of the last execution that began; -1 if none did. */
  readonly execution: number
  /** Newest committed epoch, 0 if none is; and the execution that committed it, -1 if none did. */
  readonly committedEpoch: number
  readonly committedBy: number
  readonly isComplete: boolean
  /** Oldest epoch that can still be restored: chunks that only older ones needed are gone. */
  readonly oldestEpoch: number
}

/**
 * Calculates where to resume.
 *
 * @throws `STORE_FILE_MISSING`, `STORE_OTHER_FLOW`, `STORE_STALE`, `STORE_CORRUPT`
 */
export function resumePointOf(files: readonly FileProgress[], flowId: string | undefined, location: string): ResumePoint {
  checkFiles(files, location)
  const [first] = files as [FileProgress]
  if (flowId !== undefined && first.flowId !== flowId) {
    const message = `the store in ${location} belongs to dataflow ${quote(first.flowId)}, not to ${quote(flowId)}; give each dataflow a directory of its own`
    throw new TypewaxError('STORE_OTHER_FLOW', message)
  }
  const committedEpoch = Math.min(...files.map((file) => file.committedEpoch))
  checkStale(files, committedEpoch)
  const isComplete = files.every((file) => file.committedEpoch === committedEpoch && file.isComplete)
  return { execution: Math.max(...files.map((file) => file.execution)) + 1, committedEpoch, isComplete }
}

function checkFiles(files: readonly FileProgress[], location: string): void {
  const fileCount = files[0]?.fileCount ?? 0
  const odd = files.find((file) => file.fileCount !== fileCount || file.flowId !== files[0]?.flowId)
  if (odd !== undefined)
    throw new TypewaxError('STORE_CORRUPT', `${odd.path} belongs to another store than the other files in ${location}`, { domain: 'external' })
  const present = new Set(files.map((file) => file.fileIndex))
  const missing = Array.from({ length: fileCount }, (_, index) => index).filter((index) => !present.has(index))
  if (missing.length === 0 && present.size === files.length) return
  const names = missing.map((index) => `part-${index}.sqlite3`).join(', ')
  const message = `the store in ${location} has ${fileCount} files, but ${names} is missing; put it back, or restore all files from a backup`
  throw new TypewaxError('STORE_FILE_MISSING', message, { domain: 'external' })
}

/** An old copy among newer files: it lacks an epoch that the others can't go back behind, or a whole execution that committed something. */
function checkStale(files: readonly FileProgress[], committedEpoch: number): void {
  const needed = Math.max(...files.map((file) => file.oldestEpoch))
  const newestCommitter = Math.max(...files.map((file) => file.committedBy))
  const stale = files.find((file) => (file.committedEpoch === committedEpoch && committedEpoch < needed) || file.execution < newestCommitter)
  if (stale === undefined) return
  const message = `${stale.path} is an old copy: it ends at epoch ${stale.committedEpoch}, the other files need epoch ${needed} or later; restore all files from one backup`
  throw new TypewaxError('STORE_STALE', message, { domain: 'external' })
}

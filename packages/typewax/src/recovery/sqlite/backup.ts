/**
 * Owns copying a store, also while a run writes it. All files are held at one moment, in a read transaction each, before the first is copied; the
 * copy is then checked to the last blob, so that it is known to be good before it is needed.
 */

import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { backup } from 'node:sqlite'
import { quote, TypewaxError } from '../../errors.ts'
import { openForReading } from './inspect.ts'
import { partPath } from './store-directory.ts'
import { asStoreError, guarded } from './store-errors.ts'
import { StoreView } from './store-view.ts'

export interface BackupReport {
  /** Where the copy is: a store like any other. */
  readonly location: string
  readonly fileCount: number
  /** A run on the copy resumes after this epoch, 0 if none was committed. */
  readonly epoch: number
}

/** Pages copied before the next turn of another thread. */
const PAGES_A_STEP = 1_000

/**
 * Copies the store in `dir` to `target`, which must be empty or missing.
 *
 * @throws `STORE_EXISTS` if `target` is not empty, `STORE_UNWRITABLE`, and what `inspectRecovery` throws
 */
export async function backupRecovery(dir: string, target: string): Promise<BackupReport> {
  const view = openForReading(dir)
  try {
    makeTarget(target)
    await copy(view, target)
    check(target, view.resumeEpoch)
    return { location: target, fileCount: view.parts.length, epoch: view.resumeEpoch }
  } finally {
    view.close()
  }
}

function makeTarget(target: string): void {
  const names = guarded(target, () => {
    mkdirSync(target, { recursive: true })
    return readdirSync(target)
  })
  if (names.length === 0) return
  throw new TypewaxError('STORE_EXISTS', `the target ${quote(target)} of the backup is not empty (it has ${quote(names[0])}); choose a new directory`)
}

async function copy(view: StoreView, target: string): Promise<void> {
  for (const [index, { database }] of view.parts.entries()) {
    const path = partPath(target, index)
    try {
      await backup(database, path, { rate: PAGES_A_STEP })
    } catch (error) {
      // Half a store must not look like one.
      for (let made = 0; made <= index; made++) rmSync(partPath(target, made), { force: true })
      throw asStoreError(error, path)
    }
  }
}

/** Opens the copy as a run would, and reads all of it. */
function check(target: string, epoch: number): void {
  const copied = StoreView.open(target, 'write')
  try {
    for (const chunk of copied.chunks()) copied.readBlob(chunk)
    if (copied.resumeEpoch !== epoch) throw new Error(`internal: the backup resumes after epoch ${copied.resumeEpoch}, its original after ${epoch}`)
  } finally {
    copied.close()
  }
}

/** Owns the built-in store: a directory of SQLite files, made on first use. */

import { now as systemNow } from '../../time.ts'
import type { OpenRequest, RecoverySession, RecoveryStore } from '../store.ts'
import { SqliteSession } from './sqlite-session.ts'
import { checkPartitions, ensureDirectory, ensureParts } from './store-directory.ts'
import { StoreLock } from './store-lock.ts'
import { checkFlow, StoreView } from './store-view.ts'

export interface SqliteStoreOptions {
  /** Number of files, used when the store is made; a store that exists keeps its number. Default 1. */
  readonly partitions?: number
  /** Tells the time of commits, in milliseconds since the epoch. */
  readonly now?: () => number
}

export class SqliteRecoveryStore implements RecoveryStore {
  readonly location: string
  readonly #partitions: number
  readonly #now: () => number

  /**
   * @param dir Directory of the store, on a local disk. Missing directories are made.
   * @throws `INVALID_ARGUMENT` if `partitions` is not a whole number from 1
   */
  constructor(dir: string, options: SqliteStoreOptions = {}) {
    const { partitions = 1, now = systemNow } = options
    checkPartitions(partitions)
    this.location = dir
    this.#partitions = partitions
    this.#now = now
  }

  async open(request: OpenRequest): Promise<RecoverySession> {
    const dir = this.location
    ensureDirectory(dir)
    const lock = StoreLock.take(dir)
    try {
      ensureParts(dir, this.#partitions)
      const view = StoreView.open(dir, 'write')
      try {
        checkFlow(view, dir, request.flowId)
        return new SqliteSession(view, lock, request, this.#now)
      } catch (error) {
        view.close()
        throw error
      }
    } catch (error) {
      lock.release()
      throw error
    }
  }
}

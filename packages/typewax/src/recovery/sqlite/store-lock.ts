/**
 * Owns the lock of a store: an exclusive transaction on `lock.sqlite3`, held for a whole run. The system frees it when the process ends, however it
 * ends. It refuses other processes and other sessions in this one. `lock.pid` is only for messages: it says who holds the lock.
 */

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { quote, TypewaxError } from '../../errors.ts'
import { asStoreError, guarded } from './store-errors.ts'

/** Two processes that try at the same moment see each other's attempt for an instant; one of them gets the lock when it tries again. */
const RETRY_MS = 100

export class StoreLock {
  readonly #database: DatabaseSync
  readonly #pidPath: string

  private constructor(database: DatabaseSync, pidPath: string) {
    this.#database = database
    this.#pidPath = pidPath
  }

  /**
   * Takes the lock of the store in `dir`, which must exist.
   *
   * @throws `STORE_IN_USE` if somebody has it, `STORE_UNWRITABLE` if the directory can't be written
   */
  static take(dir: string): StoreLock {
    const path = join(dir, 'lock.sqlite3')
    const pidPath = join(dir, 'lock.pid')
    const database = guarded(path, () => new DatabaseSync(path, { timeout: RETRY_MS }))
    try {
      database.exec('BEGIN EXCLUSIVE')
      writeFileSync(pidPath, `${process.pid}\n`)
      return new StoreLock(database, pidPath)
    } catch (error) {
      database.close()
      const storeError = asStoreError(error, path)
      throw storeError.code === 'STORE_IN_USE' ? inUse(dir, pidPath, error) : storeError
    }
  }

  /** Gives the lock up. Never fails. */
  release(): void {
    try {
      rmSync(this.#pidPath, { force: true })
    } catch {
      // The name of the last holder stays; whoever takes the lock next overwrites it.
    }
    this.#database.close()
  }
}

function inUse(dir: string, pidPath: string, cause: unknown): TypewaxError {
  const message = `the recovery store ${quote(dir)} is in use by ${holder(pidPath)}; wait until it has ended or stop it; a store belongs to one run at a time`
  return new TypewaxError('STORE_IN_USE', message, { domain: 'external', cause })
}

function holder(pidPath: string): string {
  try {
    const pid = Number.parseInt(readFileSync(pidPath, 'utf8'), 10)
    if (pid === process.pid) return `another run in this process (${pid})`
    return Number.isNaN(pid) ? 'another process' : `process ${pid}`
  } catch {
    return 'another process'
  }
}

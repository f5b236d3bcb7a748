/**
 * Owns the lock of a store: an exclusive transaction on a database of its own, held for the whole run. The operating system gives it up with the
 * process, however that ends. Who holds it stands in a file beside it, for the message only.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { TypewaxError } from '../errors.ts'
import { storeFailure } from './store-file.ts'

const SQLITE_BUSY = 5

export class StoreLock {
  readonly #db: DatabaseSync

  private constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Takes the lock of a directory, or fails with `STORE_IN_USE`. */
  static take(dir: string): StoreLock {
    const path = join(dir, 'lock.sqlite3')
    let db: DatabaseSync | undefined
    try {
      db = new DatabaseSync(path, { timeout: 0 })
      db.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
      writeFileSync(holderFile(dir), `${process.pid}\n`)
      return new StoreLock(db)
    } catch (error) {
      closeQuietly(db)
      if (((error as { errcode?: number }).errcode ?? 0) % 256 !== SQLITE_BUSY) throw storeFailure(path, error)
      const message = `the store in ${dir} is in use by process ${holder(dir)}; stop that run first, or give this one a directory of its own`
      throw new TypewaxError('STORE_IN_USE', message, { domain: 'external', cause: error })
    }
  }

  release(): void {
    closeQuietly(this.#db)
  }
}

function holderFile(dir: string): string {
  return join(dir, 'lock.pid')
}

function holder(dir: string): string {
  try {
    return readFileSync(holderFile(dir), 'utf8').trim()
  } catch {
    return 'unknown'
  }
}

function closeQuietly(db: DatabaseSync | undefined): void {
  try {
    db?.close()
  } catch {
    // Not open: nothing is held.
  }
}

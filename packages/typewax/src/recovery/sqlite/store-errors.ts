/** Owns the errors of stores that live in files: each names the store or file, what is wrong with it, and what to do next. */

import { isTypewaxError, messageOf, quote, TypewaxError } from '../../errors.ts'

/** Primary result codes of SQLite (the low byte of `errcode`) that mean more than "it failed". */
const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_NOTADB = 26
/** Extended code: a read came back short, which only a cut-off file does. */
const SQLITE_IOERR_SHORT_READ = 522

/** Codes of SQLite for trouble with the disk, the directory or permissions: readonly, I/O error, full, can't open, permission. */
const UNWRITABLE: ReadonlySet<number> = new Set([3, 8, 10, SQLITE_FULL, 14, 23])

/** A damaged store. `what` is a clause about `path`, such as `has no row "store"`. */
export function corrupt(path: string, what: string, cause?: unknown): TypewaxError {
  const message = `${quote(path)} ${what}; restore the store from a backup, or delete its directory to start over`
  return new TypewaxError('STORE_CORRUPT', message, { domain: 'external', cause })
}

/** A store, or the directory that should hold it, that the system does not let us use. */
function unwritable(path: string, cause: unknown): TypewaxError {
  const hint = isFull(cause) ? 'make room on the disk' : 'check that the directory exists, is writable and is on a healthy local disk'
  const message = `the recovery store can't be used: ${quote(path)}: ${messageOf(cause)}; ${hint}, then run again`
  return new TypewaxError('STORE_UNWRITABLE', message, { domain: 'external', cause })
}

/** An outdated file among newer ones, or a file with another history. `what` says how that shows. */
export function stale(what: string): TypewaxError {
  const message = `${what}; put the newest copy of every file of the store in place, or restore all of them from one backup`
  return new TypewaxError('STORE_STALE', message, { domain: 'external' })
}

/** Turns what SQLite or the file system threw about `path` into an error of this package. */
export function asStoreError(error: unknown, path: string): TypewaxError {
  if (isTypewaxError(error)) return error
  const errcode = sqliteCode(error)
  if (errcode === undefined) return isSystemError(error) ? unwritable(path, error) : corrupt(path, `can't be read (${messageOf(error)})`, error)
  const primary = errcode & 0xff
  if (primary === SQLITE_BUSY || primary === SQLITE_LOCKED) return busy(path, error)
  if (primary === SQLITE_NOTADB) return corrupt(path, 'is not a recovery store (no SQLite database)', error)
  if (primary === SQLITE_CORRUPT || errcode === SQLITE_IOERR_SHORT_READ) return corrupt(path, `is damaged (${messageOf(error)})`, error)
  if (UNWRITABLE.has(primary)) return unwritable(path, error)
  return corrupt(path, `does not take what a recovery store takes (${messageOf(error)})`, error)
}

/** Runs `action` on the file or directory at `path`; what it throws comes out as an error of this package. */
export function guarded<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw asStoreError(error, path)
  }
}

function busy(path: string, cause: unknown): TypewaxError {
  const message = `${quote(path)} is locked by another program (${messageOf(cause)}); close whatever has it open, then run again`
  return new TypewaxError('STORE_IN_USE', message, { domain: 'external', cause })
}

function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode
  return typeof code === 'number' ? code : undefined
}

function isSystemError(error: unknown): boolean {
  return typeof (error as { syscall?: unknown } | null)?.syscall === 'string'
}

function isFull(cause: unknown): boolean {
  return sqliteCode(cause) === SQLITE_FULL || (cause as { code?: unknown } | null)?.code === 'ENOSPC'
}

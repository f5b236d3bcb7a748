/** Owns how a failure of the file system becomes a typed error that names the path and says what to do next. */

import { isTypewaxError, messageOf, quote, TypewaxError } from '../../errors.ts'

/** A file or directory that cannot be read. A typed error passes as it is. */
export function unreadable(path: string, cause: unknown): TypewaxError {
  if (isTypewaxError(cause)) return cause
  const code = errnoOf(cause)
  if (code === 'ENOENT') return new TypewaxError('FILE_NOT_FOUND', `there is no file ${quote(path)}; check the path`, { domain: 'external', cause })
  const hint = READ_HINTS[code] ?? 'check the file and its permissions'
  return new TypewaxError('FILE_UNREADABLE', `cannot read ${quote(path)}: ${messageOf(cause)}; ${hint}`, { domain: 'external', cause })
}

/** A directory where a file to read was expected. */
export function directoryInPlaceOfFile(path: string): TypewaxError {
  return unreadable(path, Object.assign(new Error('is a directory'), { code: 'EISDIR' }))
}

/** A file that cannot be created, written, cut or made durable. A typed error passes as it is. */
export function unwritable(path: string, cause: unknown): TypewaxError {
  if (isTypewaxError(cause)) return cause
  const hint = WRITE_HINTS[errnoOf(cause)] ?? 'check the path and its permissions'
  return new TypewaxError('FILE_UNWRITABLE', `cannot write ${quote(path)}: ${messageOf(cause)}; ${hint}`, { domain: 'external', cause })
}

/** A file that is shorter than the position saved for it. */
export function tooShort(path: string, position: string, size: string): TypewaxError {
  const message = `cannot resume ${quote(path)} at ${position}: it has only ${size}; it was cut or replaced: restore it, or start over with a fresh recovery store`
  return new TypewaxError('FILE_TOO_SHORT', message, { domain: 'external' })
}

const READ_HINTS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory: narrow the pattern, or match the files in it with `**`',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
}

const WRITE_HINTS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory: give the path of a file',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
  ENOENT: 'create its directory first',
  ENOSPC: 'free some space and run again: with a recovery store the run resumes',
}

/** The code of an error of the system, such as `ENOENT`; `''` for any other error. */
export function errnoOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

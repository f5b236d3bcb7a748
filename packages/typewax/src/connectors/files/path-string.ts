/** Owns reading a path argument. */

import { fileURLToPath } from 'node:url'
import { quote, TypewaxError } from '../../errors.ts'

/** Gives a path as a string; `name` is the argument in the message. Throws `INVALID_ARGUMENT`. */
export function pathString(name: string, value: string | URL): string {
  if (typeof value === 'string' && value !== '') return value
  if (value instanceof URL && value.protocol === 'file:') return fileURLToPath(value)
  throw new TypewaxError('INVALID_ARGUMENT', `\`${name}\` must be a path or a file: URL; got ${quote(value instanceof URL ? value.href : value)}`)
}

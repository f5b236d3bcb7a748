/** Owns the checks of arguments that several file connectors share. All of them throw when a source or sink is constructed. */

import { fileURLToPath } from 'node:url'
import { quote, TypewaxError } from '../../errors.ts'

/** Gives `value` back if it is an integer of at least 1. */
export function positiveInteger(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new TypewaxError('INVALID_ARGUMENT', `\`${name}\` must be an integer of at least 1; got ${quote(value)}`)
}

/** Gives a path back as a string. */
export function pathString(name: string, value: string | URL): string {
  if (typeof value === 'string' && value !== '') return value
  if (value instanceof URL && value.protocol === 'file:') return fileURLToPath(value)
  throw new TypewaxError('INVALID_ARGUMENT', `\`${name}\` must be a path or a file: URL; got ${quote(value instanceof URL ? value.href : value)}`)
}

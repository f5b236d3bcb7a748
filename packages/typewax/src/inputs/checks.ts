/** Owns the check of numbers that count something. */

import { quote, TypewaxError } from '../errors.ts'

/** Gives `value` back if it is an integer of at least 1; `name` is the option in the message. Throws `INVALID_ARGUMENT`. */
export function positiveInteger(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new TypewaxError('INVALID_ARGUMENT', `\`${name}\` must be an integer of at least 1; got ${quote(value)}`)
}

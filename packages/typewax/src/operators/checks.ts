/** Owns the checks of arguments that several operators share. All throw `INVALID_ARGUMENT` at the call. */

import { quote, TypewaxError } from '../errors.ts'

/** An argument of an operator, for messages. */
export interface Argument {
  readonly operator: string
  readonly stepId: string
  readonly name: string
}

/** Checks a number of things: an integer, at least 1. */
export function checkCount(argument: Argument, value: unknown): asserts value is number {
  if (typeof value === 'number' && value >= 1 && Number.isInteger(value)) return
  throw invalidArgument(argument, 'a positive integer', value)
}

/** Checks a duration in milliseconds: 0 or more, `Infinity` allowed. */
export function checkDuration(argument: Argument, value: unknown): asserts value is number {
  if (typeof value === 'number' && value >= 0) return
  throw invalidArgument(argument, 'a duration in milliseconds, 0 or more', value)
}

/** Checks a name out of a fixed set. */
export function checkOneOf<const N extends string>(argument: Argument, allowed: readonly N[], value: unknown): asserts value is N {
  if ((allowed as readonly unknown[]).includes(value)) return
  throw invalidArgument(argument, `one of ${allowed.map((name) => quote(name)).join(', ')}`, value)
}

function invalidArgument({ operator, stepId, name }: Argument, expected: string, got: unknown): TypewaxError {
  return new TypewaxError('INVALID_ARGUMENT', `\`${name}\` of ${operator} ${quote(stepId)} must be ${expected}; got ${quote(got)}`, { stepId })
}

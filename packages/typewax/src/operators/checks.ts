/**
 * Owns the checks that several operators share: of arguments, which throw `INVALID_ARGUMENT` at the call, and of what functions with state return. The
 * runtime says at which step and key the latter failed.
 */

import { quote, TypewaxError } from '../errors.ts'
import { isThenable, silence } from '../thenable.ts'

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

/** Checks that options come as an object: a bare value would be taken for options without any. */
export function checkOptions(argument: Argument, value: unknown): void {
  if (typeof value === 'object' && value !== null) return
  throw invalidArgument(argument, 'an object', value)
}

/** Checks that there are no options but these: a misspelt one would be left out in silence. */
export function checkOptionNames(what: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) return
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new TypewaxError(
    'INVALID_ARGUMENT',
    `${what} has no option ${quote(unknown)}; there are ${known.filter((name) => name !== 'isQuiet').join(', ')}`,
  )
}

/** Checks a name out of a fixed set. */
export function checkOneOf<const N extends string>(argument: Argument, allowed: readonly N[], value: unknown): asserts value is N {
  if ((allowed as readonly unknown[]).includes(value)) return
  throw invalidArgument(argument, `one of ${allowed.map((name) => quote(name)).join(', ')}`, value)
}

/** Checks that a function with state gave no promise: it would be emitted, or stored, as it is. Throws `WRONG_RETURN`. */
export function checkNoPromise(callee: string, expected: string, got: unknown): void {
  if (isThenable(got)) throw wrongReturn(callee, expected, got)
}

/**
 * Wraps a function with state: its first result must be no promise. A function that is async gives one at once, and a look at each result would cost
 * every value. `callee` is its name in the message.
 */
export function settled<X, R>(callee: string, fn: (value: X) => R): (value: X) => R
export function settled<X, Y, R>(callee: string, fn: (first: X, second: Y) => R): (first: X, second: Y) => R
export function settled<R>(callee: string, fn: (first: unknown, second: unknown) => R): (first: unknown, second: unknown) => R {
  let isChecked = false
  return (first, second) => {
    const result = fn(first, second)
    if (!isChecked) checkNoPromise(callee, 'a plain value', result)
    isChecked = true
    return result
  }
}

/** A value that a function with state must not return. */
export function wrongReturn(callee: string, expected: string, got: unknown): TypewaxError {
  const [is, remedy] = isThenable(got) ? ['a promise', '; use mapAsync, before this step, for a function that is async'] : [quote(got), '']
  silence(got)
  return new TypewaxError('WRONG_RETURN', `\`${callee}\` must return ${expected}; got ${is}${remedy}`)
}

function invalidArgument({ operator, stepId, name }: Argument, expected: string, got: unknown): TypewaxError {
  return new TypewaxError('INVALID_ARGUMENT', `\`${name}\` of ${operator} ${quote(stepId)} must be ${expected}; got ${quote(got)}`, { stepId })
}

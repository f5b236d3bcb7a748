/**
 * Owns the checks that aggregates share: of arguments, at the construction (`INVALID_ARGUMENT`), and of what the functions of the user return
 * (`WRONG_RETURN`). Those run for every value, so they are small enough to be inlined.
 */

import { quote, TypewaxError } from '../errors.ts'
import { wrongReturn } from '../operators/checks.ts'

/** What things are compared by: numbers with numbers, texts with texts. */
export type Rank = number | string

/** Checks a function given to an aggregate. */
export function checkFunction(aggregate: string, name: string, value: unknown): void {
  if (typeof value !== 'function') throw invalid(`\`${name}\` of ${aggregate}`, 'a function', value)
}

/** Checks a number of things: an integer, at least 1. */
export function checkCount(aggregate: string, name: string, value: unknown): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw invalid(`\`${name}\` of ${aggregate}`, 'a positive integer', value)
}

/** Checks a share: from 0 to 1, both included. */
export function checkShare(aggregate: string, name: string, value: unknown): void {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) throw invalid(`\`${name}\` of ${aggregate}`, 'a number from 0 to 1', value)
}

/** Checks an aggregate given to another one. */
export function checkAggregate(what: string, value: unknown): void {
  const functions = (value ?? {}) as Readonly<Record<string, unknown>>
  const isAggregate = ['create', 'add', 'merge', 'result'].every((name) => typeof functions[name] === 'function')
  if (!isAggregate) throw invalid(what, 'an aggregate, such as count() or mean(by)', value)
}

/** A number that `by` returned. */
export function toNumber(aggregate: string, returned: unknown): number {
  if (typeof returned === 'number' && !Number.isNaN(returned)) return returned
  throw wrongReturn(`by of ${aggregate}`, 'a number other than NaN', returned)
}

/** A rank that `by` returned. */
export function toRank(aggregate: string, returned: unknown): Rank {
  if (typeof returned === 'string' || (typeof returned === 'number' && !Number.isNaN(returned))) return returned
  throw wrongReturn(`by of ${aggregate}`, 'a number other than NaN, or a text', returned)
}

/** What a predicate returned. */
export function toBoolean(aggregate: string, returned: unknown): boolean {
  if (typeof returned === 'boolean') return returned
  throw wrongReturn(`predicate of ${aggregate}`, 'a boolean', returned)
}

export function invalid(what: string, expected: string, got: unknown): TypewaxError {
  return new TypewaxError('INVALID_ARGUMENT', `${what} must be ${expected}; got ${quote(got)}`)
}

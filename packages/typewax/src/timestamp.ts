/** Owns what counts as a timestamp where users give one, and how it becomes a number. */

import { quote, TypewaxError } from './errors.ts'
import { silence } from './thenable.ts'

/** A point in time: milliseconds since the epoch, a `Date`, or a `Temporal.Instant` or `Temporal.ZonedDateTime`. */
export type Timestamp = number | Date | { readonly epochMilliseconds: number }

/** The range of `Date`, in milliseconds. A time beyond is none: microseconds or nanoseconds, most likely. */
const MAX_MS = 8.64e15

/**
 * Gives the milliseconds since the epoch of a timestamp, or `undefined` if it is none: not finite, out of the range of `Date`, an invalid date, a text, a promise.
 */
export function toMs(timestamp: unknown): number | undefined {
  const ms = typeof timestamp === 'number' ? timestamp : msOf(timestamp)
  // Adding 0 turns -0 into 0.
  return typeof ms === 'number' && Math.abs(ms) <= MAX_MS ? ms + 0 : undefined
}

function msOf(timestamp: unknown): unknown {
  if (typeof timestamp !== 'object' || timestamp === null) return undefined
  return timestamp instanceof Date ? timestamp.getTime() : (timestamp as { epochMilliseconds?: unknown }).epochMilliseconds
}

/** The same for what a function of the user returned; `name` is the function's. Throws `WRONG_RETURN`. */
export function returnedMs(name: string, timestamp: unknown): number {
  const ms = toMs(timestamp)
  if (ms !== undefined) return ms
  silence(timestamp)
  const expected = 'milliseconds since the epoch (at most ±8.64e15), a Date or a Temporal object with `epochMilliseconds`'
  throw new TypewaxError('WRONG_RETURN', `\`${name}\` must return ${expected}; got ${describe(timestamp)}`)
}

function describe(timestamp: unknown): string {
  return timestamp instanceof Date ? 'an invalid Date' : quote(timestamp)
}

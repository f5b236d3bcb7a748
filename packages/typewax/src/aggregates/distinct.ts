/** Owns `distinct`, the exact count of different things, and what counts as different. `approxDistinct` estimates the same in little memory. */

import { wrongReturn } from '../operators/checks.ts'
import type { Aggregate } from './aggregate.ts'
import { checkFunction } from './checks.ts'

/** What can be told apart by its value. Objects can't: two that look alike are two, until they have been stored and read again. */
export type Distinguishable = string | number | bigint | boolean | null | undefined

/**
 * Counts the different things that `by` returns: 1 and '1' are two, -0 and 0 are one. Each is kept as state until the result is read, about 40 bytes and
 * the length of a text. Objects end the run with `WRONG_RETURN`: return an id, or `JSON.stringify` what makes them different.
 */
export function distinct<V>(by: (value: V) => Distinguishable): Aggregate<V, Set<Distinguishable>, number> {
  checkFunction('distinct', 'by', by)
  return {
    create: () => new Set(),
    add: (seen, value) => seen.add(toDistinguishable('distinct', by(value))),
    merge: (into, from) => {
      for (const each of from) into.add(each)
      return into
    },
    result: (seen) => seen.size,
  }
}

/** What `by` returned, if it can be told apart by its value. */
export function toDistinguishable(aggregate: string, returned: Distinguishable): Distinguishable {
  const kind: string = typeof returned
  if ((kind !== 'object' || returned === null) && kind !== 'function' && kind !== 'symbol') return returned
  throw wrongReturn(`by of ${aggregate}`, 'a text, a number, a bigint, a boolean, null or undefined', returned)
}

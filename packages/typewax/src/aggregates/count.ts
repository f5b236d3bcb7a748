/** Owns the aggregates that count: `count`, `countIf`, `share`. */

import type { Aggregate } from './aggregate.ts'
import { checkFunction, toBoolean } from './checks.ts'

/** Counts the values. */
export function count(): Aggregate<unknown, number, number> {
  return { create: zero, add: (counted) => counted + 1, merge: plus, result: itself }
}

/** Counts the values for which `predicate` holds. Anything but a boolean ends the run with `WRONG_RETURN`. */
export function countIf<V>(predicate: (value: V) => boolean): Aggregate<V, number, number> {
  checkFunction('countIf', 'predicate', predicate)
  return {
    create: zero,
    add: (counted, value) => (toBoolean('countIf', predicate(value)) ? counted + 1 : counted),
    merge: plus,
    result: itself,
  }
}

/** Of how many values the predicate held, and how many there were. */
export interface Share {
  held: number
  count: number
}

/** Gives the share of values for which `predicate` holds, from 0 to 1; of no values `NaN`. Anything but a boolean ends the run with `WRONG_RETURN`. */
export function share<V>(predicate: (value: V) => boolean): Aggregate<V, Share, number> {
  checkFunction('share', 'predicate', predicate)
  return {
    create: () => ({ held: 0, count: 0 }),
    add: (accumulator, value) => {
      if (toBoolean('share', predicate(value))) accumulator.held += 1
      accumulator.count += 1
      return accumulator
    },
    merge: (into, from) => {
      into.held += from.held
      into.count += from.count
      return into
    },
    result: ({ held, count }) => held / count,
  }
}

function zero(): number {
  return 0
}

function plus(into: number, from: number): number {
  return into + from
}

function itself(counted: number): number {
  return counted
}

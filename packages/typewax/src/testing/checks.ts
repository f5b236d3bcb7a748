/** Owns the checks that the suites share: plain data, typed failures, released handles. */

import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { deserialize, serialize } from 'node:v8'
import { messageOf, quote } from '../errors.ts'

/** Tries, a millisecond apart, until handles must have been released. */
const RELEASE_TRIES = 300

/** A copy of `value` as a store gives it back. Fails if it is not equal: a class instance, a function or a symbol was in it. */
export function storedCopy<T>(value: T, what: string): T {
  let copy: T
  try {
    copy = deserialize(serialize(value)) as T
  } catch (cause) {
    throw new TypeError(`${what} is not plain data, it cannot be stored: ${messageOf(cause)}`, { cause })
  }
  deepStrictEqual(copy, value, `${what} is not plain data: ${quote(value)} comes back from a store as ${quote(copy)}`)
  return copy
}

/** Checks that something fails with an error that has this `code`. */
export async function checkFailure(code: string, attempt: () => Promise<void>): Promise<void> {
  await rejects(attempt, (error: { readonly code?: unknown }) => {
    strictEqual(error.code, code, `the failure must have the code ${code}; got ${quote(error)}`)
    return true
  })
}

/** Checks that the number of open handles comes down to `expected`; closing takes a few turns. Nothing is checked without `countHandles`. */
export async function checkReleased(countHandles: (() => number) | undefined, expected: number | undefined, demand: string): Promise<void> {
  for (let tries = 0; countHandles?.() !== expected && tries < RELEASE_TRIES; tries++) await setTimeout(1)
  strictEqual(countHandles?.(), expected, demand)
}

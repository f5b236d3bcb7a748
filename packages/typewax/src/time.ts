/** Owns reading the clock. Whoever needs the time takes a function like `now` as an option; this file alone asks the machine for it. */

import { performance } from 'node:perf_hooks'

/** Milliseconds since the epoch, by the system clock. */
export function now(): number {
  return Date.now()
}

/** Milliseconds of a clock that never goes back, with fractions. */
export function monotonicMs(): number {
  return performance.now()
}

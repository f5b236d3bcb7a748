/**
 * Owns reading the clock, setting timers and letting the event loop turn. Whoever needs them takes a function like `now` as an option; this file alone
 * asks the machine for them.
 */

import { performance } from 'node:perf_hooks'

/** Milliseconds since the epoch, by the system clock. */
export function now(): number {
  return Date.now()
}

/** Milliseconds of a clock that never goes back, with fractions. */
export function monotonicMs(): number {
  return performance.now()
}

/** Longest delay that `setTimeout` takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Calls back once after `delayMs`; returns what cancels it. */
export function setTimer(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS))
  return () => clearTimeout(timer)
}

/** Calls back when the event loop has done what is due now. */
export function yieldTurn(callback: () => void): void {
  setImmediate(callback)
}

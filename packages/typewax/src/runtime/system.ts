/** Owns the machine's own clock, timers and randomness. No other file reads them. */

import { performance } from 'node:perf_hooks'
import type { Host } from './host.ts'

/** Longest delay that `setTimeout` takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

export const systemHost: Host = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS))
    return () => clearTimeout(timer)
  },
  yieldTurn: (callback) => void setImmediate(callback),
  random: () => Math.random(),
}

/** The part of the host that reads the time of day. */
export const systemClock: { now(): number } = systemHost

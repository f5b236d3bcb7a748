/** Owns the machine's own host: its clock (by way of `time.ts`), its timers, its randomness. No other file reads them. */

import { monotonicMs, now } from '../time.ts'
import type { Host } from './host.ts'

/** Longest delay that `setTimeout` takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

export const systemHost: Host = {
  now,
  monotonicMs,
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS))
    return () => clearTimeout(timer)
  },
  yieldTurn: (callback) => void setImmediate(callback),
  random: () => Math.random(),
}

/** The part of the host that reads the time of day. */
export const systemClock: { now(): number } = systemHost

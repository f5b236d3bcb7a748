/** Owns the machine's own host: its clock (by way of `time.ts`), its timers, its randomness. No other file reads them. */

import { monotonicMs, now, setTimer } from '../time.ts'
import type { Host } from './host.ts'

export const systemHost: Host = {
  now,
  monotonicMs,
  setTimer,
  yieldTurn: (callback) => void setImmediate(callback),
  random: () => Math.random(),
}

/** The part of the host that reads the time of day. */
export const systemClock: { now(): number } = systemHost

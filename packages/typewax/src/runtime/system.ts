/** Owns the machine's own host: its clock, timers and event loop (`time.ts`), its randomness (`random.ts`). */

import { random } from '../random.ts'
import { monotonicMs, now, setTimer, yieldTurn } from '../time.ts'
import type { Host } from './host.ts'

export const systemHost: Host = {
  now,
  monotonicMs,
  setTimer,
  yieldTurn,
  random,
}

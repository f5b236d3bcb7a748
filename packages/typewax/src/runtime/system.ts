/** Owns the machine's own host: its clock and timers (`time.ts`), its randomness (`random.ts`), its event loop. */

import { random } from '../random.ts'
import { monotonicMs, now, setTimer } from '../time.ts'
import type { Host } from './host.ts'

export const systemHost: Host = {
  now,
  monotonicMs,
  setTimer,
  yieldTurn: (callback) => void setImmediate(callback),
  random,
}

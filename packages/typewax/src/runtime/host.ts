/** Owns the interface to the machine: clock, timers, randomness. The runtime gets all three injected, so that tests can stand in for them. */

export interface Host {
  /** Milliseconds since the epoch, by the system clock. */
  now(): number
  /** Milliseconds of a clock that never goes back, with fractions. */
  monotonicMs(): number
  /** Calls back once after `delayMs`; returns what cancels it. */
  setTimer(delayMs: number, callback: () => void): () => void
  /** Gives other work of the process a turn; `callback` comes after it. */
  yieldTurn(callback: () => void): void
  /** A number in [0, 1). */
  random(): number
}

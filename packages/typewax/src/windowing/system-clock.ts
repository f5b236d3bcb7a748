/** Owns the clock for which a value's time is the time of its arrival. */

import type { LogicContext } from '../dataflow/step.ts'
import type { Clock, ClockLogic } from './clock.ts'

/**
 * Takes the time at which a value arrives as its timestamp. Nothing is ever late. Results depend on when the flow runs: use an `EventClock` if they
 * must be the same after a crash.
 */
export class SystemClock implements Clock<unknown, undefined> {
  declare readonly '~reads'?: ((value: unknown) => void) | undefined
  readonly '~kind' = 'clock' as const

  build(_resumeState: unknown, context: LogicContext): ClockLogic<unknown, undefined> {
    return new SystemClockLogic(context)
  }
}

class SystemClockLogic implements ClockLogic<unknown, undefined> {
  readonly #context: LogicContext
  #watermarkMs: number

  constructor(context: LogicContext) {
    this.#context = context
    this.#watermarkMs = context.now()
  }

  get watermarkMs(): number {
    return this.#watermarkMs
  }

  beforeBatch(): void {
    // The system's clock may be set back; for the windows of a key time stands still until it has caught up.
    this.#watermarkMs = Math.max(this.#watermarkMs, this.#context.now())
  }

  onItem(): number {
    return this.#watermarkMs
  }

  onNotify(): void {
    this.beforeBatch()
  }

  onEof(): number {
    return Number.POSITIVE_INFINITY
  }

  wakeAt(watermarkMs: number): number | undefined {
    return Number.isFinite(watermarkMs) ? watermarkMs : undefined
  }

  snapshot(): undefined {
    return undefined
  }
}

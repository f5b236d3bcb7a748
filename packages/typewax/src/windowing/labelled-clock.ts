/** Owns the clock of joins: a clock of the values of all sides, for values that say which side they come from. */

import type { LogicContext } from '../dataflow/step.ts'
import type { Labelled } from '../operators/join.ts'
import type { Clock, ClockLogic } from './clock.ts'

/** The same clock for values with the index of their side. */
export function ofValues<V>(clock: Clock<V>): Clock<Labelled> {
  return { followsStream: clock.followsStream === true, build: (resumeState, context) => new ValueClockLogic(clock, resumeState, context) }
}

class ValueClockLogic<V> implements ClockLogic<Labelled> {
  readonly #clock: ClockLogic<V>

  constructor(clock: Clock<V>, resumeState: unknown, context: LogicContext) {
    this.#clock = clock.build(resumeState, context)
  }

  get watermarkMs(): number {
    return this.#clock.watermarkMs
  }

  beforeBatch(): void {
    this.#clock.beforeBatch()
  }

  onItem([, value]: Labelled): number {
    return this.#clock.onItem(value as V)
  }

  onNotify(): void {
    this.#clock.onNotify()
  }

  onEof(): number {
    return this.#clock.onEof()
  }

  wakeAt(watermarkMs: number): number | undefined {
    return this.#clock.wakeAt(watermarkMs)
  }

  snapshot(): unknown {
    return this.#clock.snapshot()
  }
}

/**
 * Owns the contract of clocks: what time it is for a key. A clock gives each value a timestamp, and keeps a watermark: the time before which no more
 * values are expected. Windows close when the watermark has passed their end. Nothing else in a window operator knows the time.
 */

import type { LogicContext } from '../dataflow/step.ts'

/** Tells the time of one key. */
export interface ClockLogic<in V, out S = unknown> {
  /** The watermark, as of the last call of a method here. Milliseconds since the epoch, `-Infinity` before the first value. Must never go back. */
  readonly watermarkMs: number
  /** Prepares for a batch. **Called** once before the values of each batch: the place to look at the system's clock. */
  beforeBatch(): void
  /** Gives the timestamp of a value, in milliseconds since the epoch, and moves the watermark if the value does that. **Called** once a value. */
  onItem(value: V): number
  /** Moves the watermark by the time that has passed. **Called** when the time that `wakeAt` gave has come. */
  onNotify(): void
  /** Gives the watermark at the end of input; `Infinity` closes all windows. **Must not** move the clock: a continuation of the flow goes on with it. */
  onEof(): number
  /**
   * Says when the watermark will have reached a time if no more values come, in milliseconds since the epoch by the clock of the run
   * (`context.now()`). `undefined`: not by itself.
   */
  wakeAt(watermarkMs: number): number | undefined
  /** Gives the state, plain data. `undefined`: there is nothing to remember, so that a key without windows can be dropped. */
  snapshot(): S | undefined
}

/** Makes the clock of each key. Given to window operators, once for all keys. */
export interface Clock<in V, out S = unknown> {
  /** Phantom: never assigned. */
  readonly '~reads'?: ((value: V) => void) | undefined
  /** Tells clocks and windowers apart where no compiler does. */
  readonly '~kind'?: 'clock'
  /**
   * Whether the watermark is that of the stream, the same for all keys. Then one clock serves all keys, and
   * `beforeBatch`, `onNotify`, `wakeAt` and `snapshot` are not called.
   */
  readonly followsStream?: boolean
  /** Builds the clock of a key: at its first value (`resumeState` is `undefined`), or from a snapshot. */
  build(resumeState: unknown, context: LogicContext): ClockLogic<V, S>
}

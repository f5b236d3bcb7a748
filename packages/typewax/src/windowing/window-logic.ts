/** Owns the contract of window logics: what happens to the values of one window of one key. */

import type { Tuple } from '../dataflow/step.ts'

/** What a window does with its values. One object per open window. */
export interface WindowLogic<in V, out W, out S> {
  /** Handles a value of the window, and gives what to emit. */
  onValue(value: V, timestampMs: number): Iterable<Tuple<W>>
  /** Takes in a window that was merged into this one and is gone. **Called** only if values are not ordered, and windows can merge. */
  onMerge(original: this): Iterable<Tuple<W>>
  /** Gives what to emit at the close. **Called** once, last; not for windows that were merged away, and not with `allowedLatenessMs`. */
  onClose(): Iterable<Tuple<W>>
  /**
   * Gives the results so far; the window goes on. Needed for early results and for `allowedLatenessMs`, where it gives the result on time and its
   * corrections, too.
   */
  onTrigger?(): Iterable<Tuple<W>>
  /** Gives the state, from which a builder can make an equal logic. Plain data. **Called** at the end of each epoch in which the window changed. */
  snapshot(): S
}

/** Builds the logic of a window: at its first value (`resumeState` is `undefined`), or from its snapshot. */
export type WindowLogicBuilder<V, W, S> = (resumeState: S | undefined) => WindowLogic<V, W, S>

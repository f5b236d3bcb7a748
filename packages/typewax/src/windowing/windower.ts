/** Owns the contract of windowers: which windows a time falls into. They deal in times and numbers of windows, and never see values. */

import type { WindowMetadata } from './metadata.ts'

/** The windows of one key. Window ids are integers, unique per key. */
export interface WindowerLogic<out S = unknown> {
  /** Opens the windows that a timestamp falls into, if they are not open yet. */
  openFor(timestampMs: number): readonly number[]
  /** Gives the windows that a late value would have been in. **Must not** change anything. */
  lateFor(timestampMs: number): readonly number[]
  /** Gives the merges since the last call, in order, and forgets them. **Called** after the values of a batch were put into their windows. */
  merged(): readonly (readonly [originalId: number, targetId: number])[]
  /** Closes the windows that are over at a watermark, and gives them. */
  closeFor(watermarkMs: number): readonly (readonly [windowId: number, metadata: WindowMetadata])[]
  /** Gives the least watermark at which a window will close; `undefined` if none is open. */
  notifyAt(): number | undefined
  /** Tells whether nothing needs to be remembered: a new windower would do the same. */
  isEmpty(): boolean
  /** Gives the state, plain data. **Called** only if it is not empty. */
  snapshot(): S
}

/** Makes the windower of each key. Given to window operators, once for all keys. */
export interface Windower<out S = unknown> {
  /** Builds the windower of a key: at its first value (`resumeState` is `undefined`), or from a snapshot. */
  build(resumeState: unknown): WindowerLogic<S>
}

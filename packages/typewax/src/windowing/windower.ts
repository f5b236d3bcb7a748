/** Owns the contract of windowers: which windows a time falls into. They deal in times and numbers of windows, and never see values. */

import type { WindowMetadata } from './metadata.ts'

/** The windows of a late value. */
export interface LateWindows {
  readonly open: readonly number[]
  readonly over: readonly number[]
}

export interface OpenWindowView {
  /** The least watermark at which it is over. `Infinity`: only the end of input is. */
  readonly overAtMs: number
  readonly metadata: WindowMetadata
}

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
  /**
   * Opens the windows that a late value falls into and that are not over at a watermark, and gives them apart from those that are. Needed for clocks
   * that follow the stream and for allowed lateness; without it all late values are too late.
   */
  openLate?(timestampMs: number, watermarkMs: number): LateWindows
  /**
   * Tells the watermark at which the first window of a value with that timestamp is over, at the earliest. Lets values wait for that instead of their own
   * time, where windows give nothing before they are over. **Must not** change anything.
   */
  overFor?(timestampMs: number): number
  /** Tells what is known of an open window, and the watermark at which it is over. */
  look(windowId: number): OpenWindowView
  /** Gives the state, plain data. **Called** only if it is not empty. */
  snapshot(): S
}

/** Windows of one length at regular times: window `i` lasts from `alignMs + i · offsetMs`, inclusive, for `lengthMs`. */
export interface RegularWindows {
  readonly lengthMs: number
  readonly offsetMs: number
  readonly alignMs: number
}

/** Makes the windower of each key. Given to window operators, once for all keys. */
export interface Windower<out S = unknown> {
  /** Tells clocks and windowers apart where no compiler does. */
  readonly '~kind'?: 'windower'
  /** Said by windowers whose windows are regular: aggregates may then share work between windows, and need no windower for each key. */
  readonly regular?: RegularWindows
  /** Said by windowers whose windows are sessions: the greatest distance of two timestamps that are in one. */
  readonly gapMs?: number
  /** Builds the windower of a key: at its first value (`resumeState` is `undefined`), or from a snapshot. */
  build(resumeState: unknown): WindowerLogic<S>
}

/**
 * Owns how regular windows are cut into slices, so that overlapping ones share their work: a value goes into one slice, and a window is the merge of
 * its slices. Cuts are where a window begins or ends, two for each offset at most (Krishnamurthy, Wu, Franklin: On-the-fly sharing for streamed
 * aggregation, SIGMOD 2006). Pure arithmetic.
 */

import type { RegularWindows } from './windower.ts'

export class Slices {
  readonly #times: RegularWindows
  /** Length of the first slice of each offset, if there are two. */
  readonly #firstMs: number
  /** From the first slice of a window to the one behind its last. */
  readonly #sliceCount: number

  constructor(times: RegularWindows) {
    this.#times = times
    const { lengthMs, offsetMs } = times
    this.#firstMs = lengthMs % offsetMs
    this.#sliceCount = 2 * Math.floor(lengthMs / offsetMs) + (this.#firstMs === 0 ? 0 : 1)
  }

  /** The last window that a time falls into. */
  lastWindowOf(timestampMs: number): number {
    const { offsetMs, alignMs } = this.#times
    return Math.floor((timestampMs - alignMs) / offsetMs)
  }

  /** The first window that is not over at a watermark. For a time: the first window that it falls into. */
  firstOpenAt(watermarkMs: number): number {
    const { lengthMs, offsetMs, alignMs } = this.#times
    return Math.floor((watermarkMs - alignMs - lengthMs) / offsetMs) + 1
  }

  sliceOf(timestampMs: number): number {
    const { offsetMs, alignMs } = this.#times
    const window = this.lastWindowOf(timestampMs)
    const isSecond = this.#firstMs > 0 && timestampMs - alignMs - window * offsetMs >= this.#firstMs
    return 2 * window + (isSecond ? 1 : 0)
  }

  /** The first slice of a window. Windows that come later need none before it. */
  firstSliceOf(window: number): number {
    return 2 * window
  }

  /** The slice behind the last one of a window. */
  sliceBehind(window: number): number {
    return 2 * window + this.#sliceCount
  }

  /** The first window that a slice is part of. */
  firstWindowOf(slice: number): number {
    return Math.floor((slice - this.#sliceCount) / 2) + 1
  }

  openMsOf(window: number): number {
    const { offsetMs, alignMs } = this.#times
    return alignMs + window * offsetMs
  }

  closeMsOf(window: number): number {
    return this.openMsOf(window) + this.#times.lengthMs
  }
}

/** Owns the one window that lasts from the first value of a key to the end of input. */

import type { WindowMetadata } from './metadata.ts'
import type { LateWindows, OpenWindowView, Windower, WindowerLogic } from './windower.ts'

/**
 * One window for all values of a key, with the id 0. It is over at the end of input only, so it is of use with `early` results; with the mode
 * `'discarding'` each result has what is new.
 *
 * ```ts
 * clicks.foldWindow('all', clock, new GlobalWindower(), zero, add, plus, { early: { everyMs: seconds(10) }, allowedLatenessMs: 0 })
 * ```
 *
 * Its metadata has the first and the last timestamp of its values, both inclusive.
 *
 * No watermark is beyond the window, so with `allowedLatenessMs`, even 0, or a `StreamClock`, no value is late. The window stays as long as the flow
 * goes on, for each key.
 */
export class GlobalWindower implements Windower<Bounds> {
  readonly '~kind' = 'windower' as const
  build(resumeState: unknown): WindowerLogic<Bounds> {
    return new GlobalWindowerLogic(resumeState as Bounds | undefined)
  }
}

/** First and last timestamp, in milliseconds since the epoch. */
type Bounds = readonly [openMs: number, closeMs: number]

const ID = 0
const IDS: readonly number[] = [ID]
const NONE: readonly never[] = []
const NO_IDS: ReadonlySet<number> = new Set()

class GlobalWindowerLogic implements WindowerLogic<Bounds> {
  #openMs = Number.POSITIVE_INFINITY
  #closeMs = Number.NEGATIVE_INFINITY

  constructor(resumeState: Bounds | undefined) {
    if (resumeState === undefined) return
    const [openMs, closeMs] = resumeState
    this.#openMs = openMs
    this.#closeMs = closeMs
  }

  openFor(timestampMs: number): readonly number[] {
    this.#openMs = Math.min(this.#openMs, timestampMs)
    this.#closeMs = Math.max(this.#closeMs, timestampMs)
    return IDS
  }

  lateFor(): readonly number[] {
    return IDS
  }

  openLate(timestampMs: number): LateWindows {
    return { open: this.openFor(timestampMs), over: NONE }
  }

  look(): OpenWindowView {
    return { overAtMs: Number.POSITIVE_INFINITY, metadata: { openTimeMs: this.#openMs, closeTimeMs: this.#closeMs, mergedIds: NO_IDS } }
  }

  merged(): readonly never[] {
    return NONE
  }

  closeFor(watermarkMs: number): readonly (readonly [number, WindowMetadata])[] {
    if (watermarkMs < Number.POSITIVE_INFINITY || this.isEmpty()) return NONE
    const { metadata } = this.look()
    this.#openMs = Number.POSITIVE_INFINITY
    this.#closeMs = Number.NEGATIVE_INFINITY
    return [[ID, metadata]]
  }

  notifyAt(): number | undefined {
    return this.isEmpty() ? undefined : Number.POSITIVE_INFINITY
  }

  isEmpty(): boolean {
    return this.#openMs === Number.POSITIVE_INFINITY
  }

  snapshot(): Bounds {
    return [this.#openMs, this.#closeMs]
  }
}

/**
 * Owns regular windows over an aggregate for one key, by the time of the stream: each value goes into one slice, whatever the number of windows that it falls into, and a window
 * that is over is the merge of its slices. Gives what `WindowDriver` would give, windows in order of time.
 */

import type { Aggregate } from '../aggregates/aggregate.ts'
import type { WindowMetadata } from './metadata.ts'
import type { Slices } from './slices.ts'
import type { TimedLogic } from './timed.ts'
import type { WindowEvent } from './window-event.ts'

/** What the drivers of a step share. */
export interface SliceSettings<V, A, R> {
  readonly slices: Slices
  readonly aggregate: Aggregate<V, A, R>
}

/** What is stored of a key. */
export interface SliceState<A> {
  readonly nextWindow: number
  /** Numbers of the slices that have values, ascending, and their accumulators. */
  readonly slices: readonly number[]
  readonly accumulators: readonly A[]
}

const NO_IDS: ReadonlySet<number> = new Set()

export class SliceDriver<V, A, R> implements TimedLogic<V, WindowEvent<V, R>, SliceState<A>> {
  readonly #settings: SliceSettings<V, A, R>
  readonly #slices: number[]
  readonly #accumulators: A[]
  /** Windows before this one are over. */
  #nextWindow: number
  /** When the first window with values is over; `Infinity`: there is none. */
  dueMs: number = Number.POSITIVE_INFINITY

  constructor(settings: SliceSettings<V, A, R>, state: SliceState<A> | undefined) {
    this.#settings = settings
    this.#slices = state === undefined ? [] : [...state.slices]
    this.#accumulators = state === undefined ? [] : [...state.accumulators]
    this.#nextWindow = state?.nextWindow ?? Number.NEGATIVE_INFINITY
    this.#schedule()
  }

  get isDone(): boolean {
    return this.#slices.length === 0
  }

  onItem(value: V, timestampMs: number, watermarkMs: number, out: WindowEvent<V, R>[]): void {
    const { slices, aggregate } = this.#settings
    if (timestampMs < watermarkMs && this.#putLateOut(value, timestampMs, watermarkMs, out)) return
    const slice = slices.sliceOf(timestampMs)
    const isEarliest = this.#slices.length === 0 || slice < this.#earliest
    const place = this.#placeOf(slice)
    this.#accumulators[place] = aggregate.add(this.#accumulators[place] as A, value)
    if (isEarliest) this.#schedule(watermarkMs)
  }

  onTime(watermarkMs: number, out: WindowEvent<V, R>[]): void {
    while (this.dueMs <= watermarkMs && this.#slices.length > 0) {
      const window = this.#dueWindow()
      this.#close(window, out)
      this.#nextWindow = window + 1
      this.#drop(this.#settings.slices.firstSliceOf(this.#nextWindow))
      this.#schedule()
    }
  }

  snapshot(): SliceState<A> {
    return { nextWindow: this.#nextWindow, slices: this.#slices, accumulators: this.#accumulators }
  }

  get #earliest(): number {
    return this.#slices[0] as number
  }

  /** Puts a late value out for each window that is over; true if that is all of them. */
  #putLateOut(value: V, timestampMs: number, watermarkMs: number, out: WindowEvent<V, R>[]): boolean {
    const { slices } = this.#settings
    const last = slices.lastWindowOf(timestampMs)
    const firstOpen = slices.firstOpenAt(watermarkMs)
    for (let window = slices.firstOpenAt(timestampMs); window <= last && window < firstOpen; window++) out.push([window, 'late', value])
    return last < firstOpen
  }

  /** The place of a slice, which is made if need be. Values mostly come to the last one. */
  #placeOf(slice: number): number {
    const slices = this.#slices
    let place = slices.length
    while (place > 0 && (slices[place - 1] as number) > slice) place -= 1
    if (place > 0 && slices[place - 1] === slice) return place - 1
    slices.splice(place, 0, slice)
    this.#accumulators.splice(place, 0, this.#settings.aggregate.create())
    return place
  }

  /** The first window that has values and is not over. */
  #dueWindow(): number {
    return Math.max(this.#nextWindow, this.#settings.slices.firstWindowOf(this.#earliest))
  }

  #schedule(watermarkMs: number = Number.NEGATIVE_INFINITY): void {
    const { slices } = this.#settings
    if (watermarkMs > Number.NEGATIVE_INFINITY) this.#nextWindow = Math.max(this.#nextWindow, slices.firstOpenAt(watermarkMs))
    this.dueMs = this.#slices.length === 0 ? Number.POSITIVE_INFINITY : slices.closeMsOf(this.#dueWindow())
  }

  #close(window: number, out: WindowEvent<V, R>[]): void {
    const { slices, aggregate } = this.#settings
    const behind = slices.sliceBehind(window)
    const from = slices.firstSliceOf(window)
    const parts: A[] = []
    for (let place = 0; place < this.#slices.length && (this.#slices[place] as number) < behind; place++) {
      if ((this.#slices[place] as number) >= from) parts.push(this.#accumulators[place] as A)
    }
    if (parts.length === 0) return
    // Slices go on into other windows: only what is new may be merged into.
    const merged = parts.length === 1 ? (parts[0] as A) : parts.reduce((into, part) => aggregate.merge(into, part), aggregate.create())
    const metadata: WindowMetadata = { openTimeMs: slices.openMsOf(window), closeTimeMs: slices.closeMsOf(window), mergedIds: NO_IDS }
    out.push([window, 'down', aggregate.result(merged), 'onTime', metadata], [window, 'meta', metadata])
  }

  /** Forgets the slices before one. */
  #drop(before: number): void {
    let count = 0
    while (count < this.#slices.length && (this.#slices[count] as number) < before) count += 1
    this.#slices.splice(0, count)
    this.#accumulators.splice(0, count)
  }
}

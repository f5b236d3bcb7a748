/**
 * Owns regular windows over a fold for one key, by the time of the stream: each value goes into one slice, whatever the number of windows that
 * it falls into, and a window that is over is the merge of its slices. Gives what `WindowDriver` would give, windows in order of time.
 */

import type { KeyedStream } from '../dataflow/stream.ts'
import type { Clock } from './clock.ts'
import type { WindowMetadata } from './metadata.ts'
import { Slices } from './slices.ts'
import { type TimedLogic, timed } from './timed.ts'
import { type WindowOut, windowOut } from './window.ts'
import type { WindowEvent } from './window-event.ts'
import type { RegularWindows } from './windower.ts'

/** What the values of a slice are made into: an aggregate that knows their times, and gives any number of results. */
export interface SliceFold<in V, in out A, out R> {
  readonly create: () => A
  readonly add: (accumulator: A, value: V, timestampMs: number) => A
  readonly merge: (into: A, from: A) => A
  readonly results: (accumulator: A) => readonly R[]
}

/** What the drivers of a step share. */
export interface SliceSettings<V, A, R> {
  readonly slices: Slices
  readonly fold: SliceFold<V, A, R>
}

/** What is stored of a key. */
export interface SliceState<A> {
  readonly nextWindow: number
  /** Numbers of the slices that have values, ascending, and their accumulators. */
  readonly slices: readonly number[]
  readonly accumulators: readonly A[]
}

const NO_IDS: ReadonlySet<number> = new Set()

/** A slice that has values. */
interface Slice<A> {
  readonly number: number
  accumulator: A
  /** The next older one that has values. */
  older: Slice<A> | undefined
}

class SliceDriver<V, A, R> implements TimedLogic<V, WindowEvent<V, R>, SliceState<A>> {
  readonly #settings: SliceSettings<V, A, R>
  /** The latest slice: most values go there. The others hang on it, few as they are. */
  #latest: Slice<A> | undefined
  /** Windows before this one are over. */
  #nextWindow: number
  /** When the first window with values is over; `Infinity`: there is none. */
  dueMs: number = Number.POSITIVE_INFINITY

  constructor(settings: SliceSettings<V, A, R>, state: SliceState<A> | undefined) {
    this.#settings = settings
    this.#nextWindow = state?.nextWindow ?? Number.NEGATIVE_INFINITY
    state?.slices.forEach((number, place) => {
      this.#latest = { number, accumulator: state.accumulators[place] as A, older: this.#latest }
    })
    this.#schedule()
  }

  get isDone(): boolean {
    return this.#latest === undefined
  }

  onItem(value: V, timestampMs: number, watermarkMs: number, out: WindowEvent<V, R>[]): void {
    const { slices, fold } = this.#settings
    if (timestampMs < watermarkMs && this.#putLateOut(value, timestampMs, watermarkMs, out)) return
    const number = slices.sliceOf(timestampMs)
    let slice = this.#latest
    if (slice?.number !== number) slice = this.#sliceOf(number, watermarkMs)
    slice.accumulator = fold.add(slice.accumulator, value, timestampMs)
  }

  onTime(watermarkMs: number, out: WindowEvent<V, R>[]): void {
    while (this.dueMs <= watermarkMs && this.#latest !== undefined) {
      const window = this.#dueWindow()
      this.#close(window, out)
      this.#nextWindow = window + 1
      this.#drop(this.#settings.slices.firstSliceOf(this.#nextWindow))
      this.#schedule()
    }
  }

  snapshot(): SliceState<A> {
    const [slices, accumulators]: [number[], A[]] = [[], []]
    for (let slice = this.#latest; slice !== undefined; slice = slice.older) {
      slices.push(slice.number)
      accumulators.push(slice.accumulator)
    }
    return { nextWindow: this.#nextWindow, slices: slices.reverse(), accumulators: accumulators.reverse() }
  }

  /** Puts a late value out for each window that is over; true if that is all of them. */
  #putLateOut(value: V, timestampMs: number, watermarkMs: number, out: WindowEvent<V, R>[]): boolean {
    const { slices } = this.#settings
    const last = slices.lastWindowOf(timestampMs)
    const firstOpen = slices.firstOpenAt(watermarkMs)
    for (let window = slices.firstOpenAt(timestampMs); window <= last && window < firstOpen; window++) out.push([window, 'late', value])
    return last < firstOpen
  }

  /** The slice of a number, made if need be. */
  #sliceOf(number: number, watermarkMs: number): Slice<A> {
    let newer: Slice<A> | undefined
    let slice = this.#latest
    for (; slice !== undefined && slice.number > number; slice = slice.older) newer = slice
    if (slice?.number === number) return slice
    const made: Slice<A> = { number, accumulator: this.#settings.fold.create(), older: slice }
    if (newer === undefined) this.#latest = made
    else newer.older = made
    // A new earliest slice may belong to a window that is over sooner.
    if (slice === undefined) this.#schedule(watermarkMs)
    return made
  }

  /** The first window that has values and is not over. */
  #dueWindow(): number {
    let slice = this.#latest as Slice<A>
    while (slice.older !== undefined) slice = slice.older
    return Math.max(this.#nextWindow, this.#settings.slices.firstWindowOf(slice.number))
  }

  #schedule(watermarkMs: number = Number.NEGATIVE_INFINITY): void {
    const { slices } = this.#settings
    if (watermarkMs > Number.NEGATIVE_INFINITY) this.#nextWindow = Math.max(this.#nextWindow, slices.firstOpenAt(watermarkMs))
    this.dueMs = this.#latest === undefined ? Number.POSITIVE_INFINITY : slices.closeMsOf(this.#dueWindow())
  }

  #close(window: number, out: WindowEvent<V, R>[]): void {
    const { slices, fold } = this.#settings
    const [from, behind] = [slices.firstSliceOf(window), slices.sliceBehind(window)]
    const parts: A[] = []
    for (let slice = this.#latest; slice !== undefined && slice.number >= from; slice = slice.older) {
      if (slice.number < behind) parts.push(slice.accumulator)
    }
    if (parts.length === 0) return
    // In order of time. Slices go on into other windows: only what is new may be merged into.
    const merged = parts.length === 1 ? (parts[0] as A) : parts.reduceRight((into, part) => fold.merge(into, part), fold.create())
    const metadata: WindowMetadata = { openTimeMs: slices.openMsOf(window), closeTimeMs: slices.closeMsOf(window), mergedIds: NO_IDS }
    for (const result of fold.results(merged)) out.push([window, 'down', result, 'onTime', metadata])
    out.push([window, 'meta', metadata])
  }

  /** Forgets the slices before one. */
  #drop(before: number): void {
    if (this.#latest !== undefined && this.#latest.number < before) this.#latest = undefined
    for (let slice = this.#latest; slice !== undefined; slice = slice.older) {
      if (slice.older !== undefined && slice.older.number < before) slice.older = undefined
    }
  }
}

/** Adds the step, and tells its events apart. A key is kept for one window longer than it has values. */
export function sliced<V, A, R>(up: KeyedStream<V>, clock: Clock<V>, times: RegularWindows, fold: SliceFold<V, A, R>): WindowOut<V, R> {
  const settings = { slices: new Slices(times), fold }
  const toDriver = (state: SliceState<A> | undefined): SliceDriver<V, A, R> => new SliceDriver(settings, state)
  return windowOut<V, R>(timed<V, WindowEvent<V, R>, SliceState<A>>('slices', up, clock, toDriver, { lingerMs: times.lengthMs }))
}

/**
 * Owns how overlapping windows of a number of values share one aggregation. Values go into slices, cut where a window begins or ends (as in `Slices`).
 * The slices of a full window are merged from the last to the first, and what was merged at the beginning of each later window is kept: that window is
 * the merge of this and of what comes behind, which is merged once as it comes. So each value costs one `add`, and each slice three merges, whatever the
 * number of windows ("two stacks": Tangwongsan, Hirzel, Schneider, Wu: General incremental sliding-window aggregation, VLDB 2015).
 */

import type { Aggregate } from '../aggregates/aggregate.ts'

/** What is stored. */
export interface CountSlicesState<A> {
  /** Values so far. */
  readonly count: number
  /** The slice that is being filled; empty if none is. */
  readonly current: readonly A[]
  readonly slices: readonly A[]
  readonly beginnings: readonly A[]
  readonly behind: A
}

export class CountSlices<V, A, R> {
  readonly #aggregate: Aggregate<V, A, R>
  readonly #size: number
  readonly #every: number
  #count: number
  #current: A | undefined
  /** Whether `#current` is one: accumulators may be anything. */
  #hasCurrent: boolean
  /** Full slices from the first beginning of a window that is not in `#beginnings`. */
  #slices: A[]
  /** Merges from the beginning of a window to where `#behind` begins. The next window is last. */
  #beginnings: A[]
  /** All full slices since. */
  #behind: A

  constructor(
    aggregate: Aggregate<V, A, R>,
    { size, every }: { readonly size: number; readonly every: number },
    state: CountSlicesState<A> | undefined,
  ) {
    this.#aggregate = aggregate
    this.#size = size
    this.#every = every
    this.#count = state?.count ?? 0
    this.#hasCurrent = state !== undefined && state.current.length > 0
    this.#current = state?.current[0]
    this.#slices = [...(state?.slices ?? [])]
    this.#beginnings = [...(state?.beginnings ?? [])]
    this.#behind = state === undefined ? aggregate.create() : state.behind
  }

  add(value: V): void {
    const { add, create } = this.#aggregate
    this.#current = add(this.#hasCurrent ? (this.#current as A) : create(), value)
    this.#hasCurrent = true
    this.#count += 1
    const place = this.#count % this.#every
    if (place === 0 || place === this.#firstLength) this.#cut()
  }

  /** Whether the value that was added last made a window full. */
  get isFull(): boolean {
    return this.#count >= this.#size && (this.#count - this.#size) % this.#every === 0
  }

  /** Gives the result of the window that is full. **Called** once for each, when it is. */
  take(): R {
    if (this.#beginnings.length === 0) this.#turn()
    return this.#takeNext()
  }

  /** Gives the results of the windows that are not full, in order. **Called** once, last. */
  takeRest(): R[] {
    if (this.#hasCurrent) this.#cut()
    const results: R[] = []
    while (this.#beginnings.length > 0) results.push(this.#takeNext())
    this.#turn()
    while (this.#beginnings.length > 0) results.push(this.#takeNext())
    return results
  }

  snapshot(): CountSlicesState<A> {
    return {
      count: this.#count,
      current: this.#hasCurrent ? [this.#current as A] : [],
      slices: this.#slices,
      beginnings: this.#beginnings,
      behind: this.#behind,
    }
  }

  /** Values of the first slice of a window, if what follows up to the next beginning is a slice of its own; 0 if there is one slice from each to the next. */
  get #firstLength(): number {
    return this.#size % this.#every
  }

  /** Ends the current slice. */
  #cut(): void {
    const slice = this.#current as A
    const place = this.#count % this.#every
    const isBeginning = this.#firstLength === 0 || (place > 0 && place <= this.#firstLength)
    this.#current = undefined
    this.#hasCurrent = false
    if (this.#beginnings.length > 0) this.#behind = this.#aggregate.merge(this.#behind, slice)
    if (isBeginning || this.#slices.length > 0) this.#slices.push(slice)
  }

  /** Merges the slices from the last to the first. Every one, or every other, begins a window. */
  #turn(): void {
    const slicesOfEach = this.#firstLength === 0 ? 1 : 2
    let merged: A | undefined
    for (let index = this.#slices.length - 1; index >= 0; index--) {
      const slice = this.#slices[index] as A
      merged = index === this.#slices.length - 1 ? slice : this.#aggregate.merge(slice, merged as A)
      if (index % slicesOfEach === 0) this.#beginnings.push(merged)
    }
    this.#slices = []
    this.#behind = this.#aggregate.create()
  }

  #takeNext(): R {
    const { merge, result } = this.#aggregate
    return result(merge(this.#beginnings.pop() as A, this.#behind))
  }
}

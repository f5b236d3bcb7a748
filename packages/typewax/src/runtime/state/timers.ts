/**
 * Owns the wake-ups of a stateful step: a heap of distinct times, and for each the sleepers that wait there. A sleeper waits in one place: when its wish
 * moves later, it stays where it is and moves on when that time comes; when it moves earlier or is given up, it leaves its place, and the heap is built anew once half
 * of the places are left. So wishes that are renewed with every item cost little and leave nothing behind.
 */

/** Something that may have a wake-up. */
export interface Sleeper {
  /** When it wants to be woken. */
  wakeAt: number | undefined
  /** The time it waits at in the heap, never after `wakeAt`. Owned by `Timers`. */
  queuedAt: number | undefined
}

/** Places given up that may gather before the heap is built anew. */
const MIN_STALE = 1_024

export class Timers<T extends Sleeper> {
  readonly #times: number[] = []
  readonly #sleepers = new Map<number, T[]>()
  /** Places taken in `#sleepers`, and those among them whose sleeper moved to an earlier one. */
  #placeCount = 0
  #staleCount = 0

  /** A time before which nobody wants to be woken. */
  get earliest(): number | undefined {
    return this.#times[0]
  }

  /** Sets or clears the wake-up of a sleeper. */
  set(sleeper: T, at: number | undefined): void {
    if (sleeper.wakeAt === at && sleeper.queuedAt !== undefined) return
    sleeper.wakeAt = at === Number.POSITIVE_INFINITY ? undefined : at
    const { queuedAt, wakeAt } = sleeper
    if (queuedAt !== undefined && wakeAt !== undefined && queuedAt <= wakeAt) return
    if (queuedAt !== undefined) this.#leave(sleeper)
    if (wakeAt !== undefined) this.#queue(sleeper, wakeAt)
  }

  #leave(sleeper: T): void {
    sleeper.queuedAt = undefined
    this.#staleCount += 1
    if (this.#staleCount > MIN_STALE && this.#staleCount * 2 > this.#placeCount) this.#rebuild()
  }

  /** Takes out everybody whose time has come, in order of their times; their `wakeAt` is cleared. */
  takeDue(nowMs: number): T[] {
    const due: T[] = []
    while (this.#times.length > 0 && (this.#times[0] as number) <= nowMs) for (const sleeper of this.takeEarliest()) due.push(sleeper)
    return due
  }

  /** Takes out everybody who wants to be woken at `earliest`, which may be nobody; their `wakeAt` is cleared. */
  takeEarliest(): T[] {
    const at = this.#pop()
    const sleepers = this.#sleepers.get(at) as T[]
    this.#sleepers.delete(at)
    this.#placeCount -= sleepers.length
    const due: T[] = []
    for (const sleeper of sleepers) {
      if (sleeper.queuedAt !== at) {
        this.#staleCount -= 1
        continue
      }
      sleeper.queuedAt = undefined
      if (sleeper.wakeAt === undefined) continue
      if (sleeper.wakeAt > at) this.#queue(sleeper, sleeper.wakeAt)
      else {
        sleeper.wakeAt = undefined
        due.push(sleeper)
      }
    }
    return due
  }

  clear(): void {
    this.#times.length = 0
    this.#sleepers.clear()
    this.#placeCount = 0
    this.#staleCount = 0
  }

  /** Gives up the places of those who moved to an earlier one. */
  #rebuild(): void {
    const places = [...this.#sleepers]
    this.clear()
    for (const [at, sleepers] of places) {
      const waiting = sleepers.filter((sleeper) => {
        const isHere = sleeper.queuedAt === at
        // Who came back to a time stands there twice, and is found once.
        if (isHere) sleeper.queuedAt = undefined
        return isHere
      })
      if (waiting.length === 0) continue
      for (const sleeper of waiting) sleeper.queuedAt = at
      this.#sleepers.set(at, waiting)
      this.#placeCount += waiting.length
      this.#push(at)
    }
  }

  #queue(sleeper: T, at: number): void {
    sleeper.queuedAt = at
    this.#placeCount += 1
    const sleepers = this.#sleepers.get(at)
    if (sleepers !== undefined) sleepers.push(sleeper)
    else {
      this.#sleepers.set(at, [sleeper])
      this.#push(at)
    }
  }

  #push(at: number): void {
    const heap = this.#times
    let index = heap.push(at) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if ((heap[parent] as number) <= at) break
      heap[index] = heap[parent] as number
      index = parent
    }
    heap[index] = at
  }

  #pop(): number {
    const heap = this.#times
    const top = heap[0] as number
    const last = heap.pop() as number
    if (heap.length > 0) this.#sink(last)
    return top
  }

  #sink(value: number): void {
    const heap = this.#times
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child += 1
      if ((heap[child] as number) >= value) break
      heap[index] = heap[child] as number
      index = child
    }
    heap[index] = value
  }
}

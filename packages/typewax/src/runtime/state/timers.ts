/** Owns the wake-ups of a stateful step: a heap of distinct times, and for each the owners that asked for it. Stale wishes are dropped when due. */

/** Something that may have a wake-up. `wakeAt` is what counts; a time in the heap that differs from it is stale. */
export interface Sleeper {
  wakeAt: number | undefined
}

export class Timers<T extends Sleeper> {
  readonly #times: number[] = []
  readonly #sleepers = new Map<number, T[]>()

  /** The earliest time anybody may want, stale ones included. */
  get earliest(): number | undefined {
    return this.#times[0]
  }

  /** Sets or clears the wake-up of a sleeper. */
  set(sleeper: T, at: number | undefined): void {
    if (sleeper.wakeAt === at) return
    sleeper.wakeAt = at
    if (at === undefined || at === Number.POSITIVE_INFINITY) return
    const sleepers = this.#sleepers.get(at)
    if (sleepers !== undefined) {
      sleepers.push(sleeper)
      return
    }
    this.#sleepers.set(at, [sleeper])
    this.#push(at)
  }

  /** Takes out everybody whose time has come; their `wakeAt` is cleared. */
  takeDue(nowMs: number): T[] {
    const due: T[] = []
    while (this.#times.length > 0 && (this.#times[0] as number) <= nowMs) {
      const at = this.#pop()
      for (const sleeper of this.#sleepers.get(at) as T[]) {
        if (sleeper.wakeAt !== at) continue
        sleeper.wakeAt = undefined
        due.push(sleeper)
      }
      this.#sleepers.delete(at)
    }
    return due
  }

  clear(): void {
    this.#times.length = 0
    this.#sleepers.clear()
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

/**
 * Owns when a window gives results: when it is over, and, if asked for, before and after. Pure: it is told of values and of the time, and says whether
 * a result is due. One object per open window, only where there is more than the result at the end.
 */

/**
 * Results before a window is over: at every change, after a number of values, after a time by the system clock since the first value without a result,
 * or whenever the watermark has moved on by a time since the window began.
 */
export type EarlyResults = 'everyChange' | { readonly everyItems: number } | { readonly everyMs: number } | { readonly everyEventMs: number }

/** What is stored of it. */
export interface FiringState {
  /** Values since the last result. */
  readonly items: number
  /** Whether it is over, and the result of the end was given. */
  readonly isOver: boolean
  /** Whether it was ever over: a session may go on after its end. */
  readonly hasEnded: boolean
  /** When the next early result is due, by the system clock or the watermark; `Infinity`: not at all. */
  readonly systemDueMs: number
  readonly dueMs: number
}

export class Firing {
  items: number
  isOver: boolean
  hasEnded: boolean
  systemDueMs: number
  dueMs: number
  /** The watermark at which the window is over. Not stored: it follows from the window. */
  overAtMs: number = Number.POSITIVE_INFINITY
  readonly #early: EarlyResults | undefined

  constructor(early: EarlyResults | undefined, state: FiringState | undefined) {
    this.#early = early
    this.items = state?.items ?? 0
    this.isOver = state?.isOver ?? false
    this.hasEnded = state?.hasEnded ?? false
    this.systemDueMs = state?.systemDueMs ?? Number.POSITIVE_INFINITY
    this.dueMs = state?.dueMs ?? Number.POSITIVE_INFINITY
  }

  /** Takes in that the window changed. Says whether an early result is due at once. `startMs` is where the window begins. */
  onChange(nowMs: number, watermarkMs: number, startMs: number): boolean {
    this.items += 1
    const early = this.#early
    if (early === undefined || this.isOver) return false
    if (early === 'everyChange') return true
    if ('everyItems' in early) return this.items >= early.everyItems
    if ('everyMs' in early) this.systemDueMs = Math.min(this.systemDueMs, nowMs + early.everyMs)
    else this.dueMs = Math.min(this.dueMs, nextMultiple(Math.max(watermarkMs, startMs), startMs, early.everyEventMs))
    return false
  }

  /** Takes in the values of a window that was merged into this one. */
  onMerge(original: Firing): void {
    this.items += original.items
    this.systemDueMs = Math.min(this.systemDueMs, original.systemDueMs)
    this.dueMs = Math.min(this.dueMs, original.dueMs)
  }

  /** Takes in that a result was given. */
  onResult(): void {
    this.items = 0
    this.systemDueMs = Number.POSITIVE_INFINITY
    this.dueMs = Number.POSITIVE_INFINITY
  }

  snapshot(): FiringState {
    const { items, isOver, hasEnded, systemDueMs, dueMs } = this
    return { items, isOver, hasEnded, systemDueMs, dueMs }
  }
}

/** The first of the times that are a whole number of steps from a start and after a time. */
function nextMultiple(afterMs: number, startMs: number, stepMs: number): number {
  return startMs + (Math.floor((afterMs - startMs) / stepMs) + 1) * stepMs
}

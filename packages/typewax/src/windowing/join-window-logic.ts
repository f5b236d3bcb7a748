/** Owns the window of a join: which values of its sides it keeps, and when it emits rows. Pure. */

import type { Labelled } from '../operators/join.ts'
import {
  type EmitMode,
  hasRequired,
  type InsertMode,
  insert,
  isComplete,
  type JoinKind,
  nothingSeen,
  rowsOf,
  type Seen,
} from '../operators/join-rows.ts'
import type { WindowLogic } from './window-logic.ts'

/** What the windows of a step share. */
export interface JoinWindowSettings {
  readonly sideCount: number
  readonly insert: InsertMode
  readonly emit: EmitMode
  readonly kind: JoinKind
}

/** What is stored of a window. */
export interface JoinWindowState {
  readonly seen: Seen
  /** Of each side the time of the value that is kept, where only one is. Milliseconds since the epoch. */
  readonly timesMs: number[]
}

const NOTHING: readonly never[] = []

export class JoinWindowLogic implements WindowLogic<Labelled, unknown[], JoinWindowState> {
  readonly #settings: JoinWindowSettings
  #seen: Seen
  readonly #timesMs: number[]

  constructor(settings: JoinWindowSettings, resumeState: JoinWindowState | undefined) {
    this.#settings = settings
    this.#seen = resumeState?.seen ?? nothingSeen(settings.sideCount)
    this.#timesMs = resumeState?.timesMs ?? new Array<number>(settings.sideCount).fill(0)
  }

  onValue([side, value]: Labelled, timestampMs: number): Iterable<unknown[]> {
    const mode = this.#settings.insert
    if (mode === 'last' || this.#valuesOf(side).length === 0) this.#timesMs[side] = timestampMs
    insert(this.#seen, side, value, mode)
    return this.#emit()
  }

  onMerge(original: this): Iterable<unknown[]> {
    for (let side = 0; side < this.#settings.sideCount; side++) {
      const theirs = original.#valuesOf(side)
      if (this.#settings.insert === 'product') this.#valuesOf(side).push(...theirs)
      else if (theirs.length > 0 && this.#isWorse(side, original.#timesMs[side] as number)) {
        this.#seen[side] = theirs
        this.#timesMs[side] = original.#timesMs[side] as number
      }
    }
    return this.#emit()
  }

  /** With other modes rows have been emitted as they came about. */
  onTrigger(): Iterable<unknown[]> {
    return this.#settings.emit === 'final' ? this.#rows() : NOTHING
  }

  onClose(): Iterable<unknown[]> {
    return this.#settings.emit === 'final' ? this.#rows() : NOTHING
  }

  snapshot(): JoinWindowState {
    return { seen: this.#seen, timesMs: this.#timesMs }
  }

  #valuesOf(side: number): unknown[] {
    return this.#seen[side] as unknown[]
  }

  /** Whether a value of that time is the one to keep, and what this window has is not. */
  #isWorse(side: number, timestampMs: number): boolean {
    if (this.#valuesOf(side).length === 0) return true
    const ownMs = this.#timesMs[side] as number
    return this.#settings.insert === 'first' ? timestampMs < ownMs : timestampMs > ownMs
  }

  #emit(): Iterable<unknown[]> {
    if (this.#settings.emit === 'running') return this.#rows()
    if (this.#settings.emit === 'final' || !isComplete(this.#seen)) return NOTHING
    const rows = rowsOf(this.#seen)
    this.#seen = nothingSeen(this.#settings.sideCount)
    return rows
  }

  #rows(): Iterable<unknown[]> {
    return hasRequired(this.#seen, this.#settings.kind) ? rowsOf(this.#seen) : NOTHING
  }
}

/** Owns the window of a join: which values of its sides it keeps, and when it emits rows. Pure. */

import type { Labelled } from '../operators/join.ts'
import { type EmitMode, type InsertMode, insert, isComplete, nothingSeen, rowsOf, type Seen } from '../operators/join-rows.ts'
import type { WindowLogic } from './window-logic.ts'

export interface JoinWindowKind {
  readonly sideCount: number
  readonly insert: InsertMode
  readonly emit: EmitMode
}

/** What is stored of a window. */
export interface JoinWindowState {
  readonly seen: Seen
  /** Of each side the time of the value that is kept, where only one is. Milliseconds since the epoch. */
  readonly timesMs: number[]
}

const NOTHING: readonly never[] = []

export class JoinWindowLogic implements WindowLogic<Labelled, unknown[], JoinWindowState> {
  readonly #kind: JoinWindowKind
  #seen: Seen
  readonly #timesMs: number[]

  constructor(kind: JoinWindowKind, resumeState: JoinWindowState | undefined) {
    this.#kind = kind
    this.#seen = resumeState?.seen ?? nothingSeen(kind.sideCount)
    this.#timesMs = resumeState?.timesMs ?? new Array<number>(kind.sideCount).fill(0)
  }

  onValue([side, value]: Labelled, timestampMs: number): Iterable<unknown[]> {
    const mode = this.#kind.insert
    if (mode === 'last' || this.#valuesOf(side).length === 0) this.#timesMs[side] = timestampMs
    insert(this.#seen, side, value, mode)
    return this.#emit()
  }

  onMerge(original: this): Iterable<unknown[]> {
    for (let side = 0; side < this.#kind.sideCount; side++) {
      const theirs = original.#valuesOf(side)
      if (this.#kind.insert === 'product') this.#valuesOf(side).push(...theirs)
      else if (theirs.length > 0 && this.#isWorse(side, original.#timesMs[side] as number)) {
        this.#seen[side] = theirs
        this.#timesMs[side] = original.#timesMs[side] as number
      }
    }
    return this.#emit()
  }

  onClose(): Iterable<unknown[]> {
    return this.#kind.emit === 'final' ? rowsOf(this.#seen) : NOTHING
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
    return this.#kind.insert === 'first' ? timestampMs < ownMs : timestampMs > ownMs
  }

  #emit(): Iterable<unknown[]> {
    if (this.#kind.emit === 'running') return rowsOf(this.#seen)
    if (this.#kind.emit === 'final' || !isComplete(this.#seen)) return NOTHING
    const rows = rowsOf(this.#seen)
    this.#seen = nothingSeen(this.#kind.sideCount)
    return rows
  }
}

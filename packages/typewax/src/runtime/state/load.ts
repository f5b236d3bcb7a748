/** Owns the reading side of a step's state: the newest state of every key and sub-key, out of chunks that are read newest first. */

import { DISCARD_ENTRY, decodeChunk, type EntryColumns } from '../../recovery/codec.ts'
import type { RecoverySession } from '../../recovery/store.ts'
import type { LogChunk, Slot } from './snapshot-log.ts'

export interface LoadedState {
  readonly state: unknown
  readonly chunk: LogChunk
}

/** What is stored of a key. `chunk` is absent if there are only parts. */
export interface LoadedEntry {
  state: unknown
  chunk: LogChunk | undefined
  /** By sub-key. */
  parts: ReadonlyMap<string, LoadedState>
}

/** Shared by the many keys without parts. */
const NO_PARTS: ReadonlyMap<string, LoadedState> = new Map()

export interface LoadedStep {
  readonly entries: ReadonlyMap<string, LoadedEntry>
  /** Oldest first. Whoever takes an entry over settles its slots in them (`settleIn`). */
  readonly chunks: readonly LogChunk[]
}

/** Says that a slot lives in a chunk. */
export function settleIn(chunk: LogChunk, slot: Slot): void {
  slot.chunk = chunk
  chunk.slots.push(slot)
  chunk.liveCount += 1
}

/** Loads all that lives of a step. */
export async function loadStep(session: RecoverySession, stepId: string): Promise<LoadedStep> {
  const reader = new NewestFirst()
  const chunks: LogChunk[] = []
  for await (const stored of session.load(stepId)) {
    const chunk: LogChunk = { id: stored.id, entryCount: stored.entryCount, slots: [], liveCount: 0 }
    chunks.push(chunk)
    reader.read(decodeChunk(stored.blob, `chunk ${stored.id} of step "${stepId}"`), chunk)
  }
  return { entries: reader.live(), chunks: chunks.reverse() }
}

/** Takes in entries from the newest to the oldest; what was seen before masks what comes. */
class NewestFirst {
  readonly #entries = new Map<string, LoadedEntry>()
  /** Keys that were discarded as a whole: whatever is older is gone, parts included. */
  readonly #closed = new Set<string>()
  readonly #gone = new Map<string, Set<string>>()

  read(columns: EntryColumns, chunk: LogChunk): void {
    const { keys, subKeys, operations, states } = columns
    for (let index = keys.length - 1; index >= 0; index--) {
      const key = keys[index] as string
      if (this.#closed.has(key)) continue
      const isDiscard = operations[index] === DISCARD_ENTRY
      const subKey = subKeys?.[index]
      if (subKey !== undefined) this.#readPart(key, subKey, isDiscard, states[index], chunk)
      else if (isDiscard) this.#closed.add(key)
      else this.#readWhole(key, states[index], chunk)
    }
  }

  live(): Map<string, LoadedEntry> {
    return this.#entries
  }

  #readWhole(key: string, state: unknown, chunk: LogChunk): void {
    const entry = this.#entry(key)
    if (entry.chunk !== undefined) return
    entry.state = state
    entry.chunk = chunk
  }

  #readPart(key: string, subKey: string, isDiscard: boolean, state: unknown, chunk: LogChunk): void {
    const gone = this.#gone.get(key)
    if (gone?.has(subKey)) return
    if (isDiscard) {
      if (this.#entries.get(key)?.parts.has(subKey)) return
      if (gone === undefined) this.#gone.set(key, new Set([subKey]))
      else gone.add(subKey)
      return
    }
    const entry = this.#entry(key)
    if (entry.parts.has(subKey)) return
    if (entry.parts === NO_PARTS) entry.parts = new Map()
    ;(entry.parts as Map<string, LoadedState>).set(subKey, { state, chunk })
  }

  #entry(key: string): LoadedEntry {
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = { state: undefined, chunk: undefined, parts: NO_PARTS }
      this.#entries.set(key, entry)
    }
    return entry
  }
}

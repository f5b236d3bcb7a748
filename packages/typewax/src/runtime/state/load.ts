/** Owns the reading side of a step's state: the newest state of every key and sub-key, and the chunk that it lives in. */

import { decodeChunk } from '../../recovery/codec.ts'
import { NewestEntries } from '../../recovery/newest.ts'
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
  const newest = new NewestEntries()
  const entries = new Map<string, LoadedEntry>()
  const chunks: LogChunk[] = []
  for await (const stored of session.load(stepId)) {
    const chunk: LogChunk = { id: stored.id, entryCount: stored.entryCount, slots: [], liveCount: 0 }
    chunks.push(chunk)
    newest.read(decodeChunk(stored.blob, `chunk ${stored.id} of step "${stepId}"`), (key, subKey, state) =>
      add(entries, key, subKey, { state, chunk }),
    )
  }
  return { entries, chunks: chunks.reverse() }
}

function add(entries: Map<string, LoadedEntry>, key: string, subKey: string | undefined, { state, chunk }: LoadedState): void {
  let entry = entries.get(key)
  if (entry === undefined) {
    entry = { state: undefined, chunk: undefined, parts: NO_PARTS }
    entries.set(key, entry)
  }
  if (subKey === undefined) {
    entry.state = state
    entry.chunk = chunk
    return
  }
  if (entry.parts === NO_PARTS) entry.parts = new Map()
  ;(entry.parts as Map<string, LoadedState>).set(subKey, { state, chunk })
}

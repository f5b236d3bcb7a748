/** Owns the reading side of a step's state: the newest state of every key and sub-key, and the chunk that it lives in. */

import { decodeChunk, type EntryColumns } from '../../recovery/codec.ts'
import { NewestEntries } from '../../recovery/newest.ts'
import type { RecoverySession, StoredChunk } from '../../recovery/store.ts'
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
  const loader = new StepLoader(stepId)
  for await (const chunk of session.load(stepId)) loader.take(chunk)
  return loader.loaded
}

/** Puts together what lives of a step, chunk by chunk, newest first. */
export class StepLoader {
  readonly #stepId: string
  readonly #owns: ((key: string) => boolean) | undefined
  readonly #newest = new NewestEntries()
  readonly #entries = new Map<string, LoadedEntry>()
  readonly #chunks: LogChunk[] = []

  /** @param owns Which keys are wanted. Default: all. */
  constructor(stepId: string, owns?: (key: string) => boolean) {
    this.#stepId = stepId
    this.#owns = owns
  }

  take({ id, blob }: StoredChunk): void {
    const all = decodeChunk(blob, `chunk ${id} of step "${this.#stepId}"`)
    const own = this.#owns === undefined ? all : ownEntries(all, this.#owns)
    const chunk: LogChunk = { id, entryCount: own.keys.length, slots: [], liveCount: 0 }
    this.#chunks.push(chunk)
    this.#newest.read(own, (key, subKey, state) => add(this.#entries, key, subKey, { state, chunk }))
  }

  get loaded(): LoadedStep {
    return { entries: this.#entries, chunks: this.#chunks.toReversed() }
  }
}

function ownEntries({ keys, subKeys, operations, states }: EntryColumns, owns: (key: string) => boolean): EntryColumns {
  const places = [...keys.keys()].filter((place) => owns(keys[place] as string))
  const at = <T>(column: ArrayLike<T>): T[] => places.map((place) => column[place] as T)
  return { keys: at(keys), subKeys: subKeys && at(subKeys), operations: Uint8Array.from(at(operations)), states: at(states) }
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

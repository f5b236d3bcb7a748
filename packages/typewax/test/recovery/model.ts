/**
 * Owns a naive model of a store: for each step the newest state of each key, and a copy of all that for every committed epoch. It also plays the
 * runtime: it makes epochs of random chunks and drops whatever is superseded, in any order.
 */

import { deepStrictEqual } from 'node:assert/strict'
import { DISCARD_ENTRY, decodeChunk, encodeChunk, UPSERT } from '../../src/recovery/codec.ts'
import { NewestEntries } from '../../src/recovery/newest.ts'
import type { EpochWrite, RecoverySession, SnapshotChunk } from '../../src/recovery/store.ts'

export const STEP_COUNT = 2
export const KEY_COUNT = 6

/** Change of one key: upsert, or discard. Keys are numbers, and their own key groups. */
export interface Change {
  readonly step: number
  readonly key: number
  readonly isDiscard: boolean
}

export interface EpochPlan {
  /** One chunk for each list and step. */
  readonly chunks: readonly (readonly Change[])[]
  /** Of the chunks that may be dropped, those whose number is in here, modulo. */
  readonly drops: readonly number[]
  readonly isComplete: boolean
}

/** State of keys by step: the number of the chunk that set it. */
type States = ReadonlyMap<string, ReadonlyMap<string, number>>

interface ModelChunk {
  readonly id: number
  readonly stepId: string
  readonly upserts: readonly string[]
}

interface Moment {
  readonly states: States
  readonly chunks: readonly ModelChunk[]
  readonly isComplete: boolean
}

const NOTHING: Moment = { states: new Map(), chunks: [], isComplete: false }

export class Model {
  /** By epoch; 0 is the start. */
  readonly #moments = new Map<number, Moment>([[0, NOTHING]])
  #epoch = 0

  get epoch(): number {
    return this.#epoch
  }

  /** Goes back to an epoch that was committed, and forgets what came after. */
  resume(epoch: number): void {
    for (const other of [...this.#moments.keys()]) if (other > epoch) this.#moments.delete(other)
    this.#epoch = epoch
  }

  /** Makes the next epoch. It counts once `commit` is called with it. */
  plan({ chunks, drops, isComplete }: EpochPlan, epoch: number, firstId: number): { write: EpochWrite; commit: () => void } {
    const now = this.#moments.get(this.#epoch) as Moment
    const states = new Map([...now.states].map(([stepId, keys]) => [stepId, new Map(keys)]))
    const alive = [...now.chunks]
    const written: SnapshotChunk[] = []
    for (const changes of chunks) {
      for (let step = 0; step < STEP_COUNT; step++) {
        const own = changes.filter((change) => change.step === step)
        if (own.length === 0) continue
        const id = firstId + written.length
        written.push(encode(id, stepIdOf(step), own))
        alive.push(enter(states, id, stepIdOf(step), own))
      }
    }
    const droppable = now.chunks.filter((chunk) => isSuperseded(chunk, states))
    const dropped = droppable.filter((_, index) => drops.some((drop) => drop % droppable.length === index)).map(({ id }) => id)
    const moment: Moment = { states, chunks: alive.filter(({ id }) => !dropped.includes(id)), isComplete }
    const commit = (): void => {
      this.#moments.set(epoch, moment)
      this.#epoch = epoch
    }
    return { write: { epoch, chunks: written, droppedChunks: dropped, isComplete }, commit }
  }

  /** Drops the state of a step. */
  dropStep(stepId: string): void {
    const { states, chunks, isComplete } = this.#moments.get(this.#epoch) as Moment
    const kept = new Map([...states].filter(([other]) => other !== stepId))
    this.#moments.set(this.#epoch, { states: kept, chunks: chunks.filter((chunk) => chunk.stepId !== stepId), isComplete })
  }

  /** Checks that a session gives back the state of the epoch the model is at. */
  async check(session: RecoverySession): Promise<void> {
    const { states, isComplete } = this.#moments.get(this.#epoch) as Moment
    deepStrictEqual(session.resumePoint.committedEpoch, this.#epoch)
    deepStrictEqual(session.resumePoint.isComplete, isComplete)
    for (let step = 0; step < STEP_COUNT; step++) {
      const stepId = stepIdOf(step)
      const loaded = await loadStates(session, stepId)
      deepStrictEqual(loaded, new Map([...(states.get(stepId) ?? [])].sort()), `state of ${stepId} at epoch ${this.#epoch}`)
    }
  }
}

export function stepIdOf(step: number): string {
  return `f.step${step}`
}

/** The newest state of each key of a step, by ascending key. */
export async function loadStates(session: RecoverySession, stepId: string): Promise<Map<string, unknown>> {
  const newest = new NewestEntries()
  const states: [string, unknown][] = []
  for await (const { blob } of session.load(stepId)) {
    newest.read(decodeChunk(blob, 'a chunk'), (key, _subKey, state) => states.push([key, state]))
  }
  return new Map(states.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function encode(id: number, stepId: string, changes: readonly Change[]): SnapshotChunk {
  const groups = changes.map(({ key }) => key)
  const blob = encodeChunk({
    keys: changes.map(({ key }) => `k${key}`),
    subKeys: undefined,
    operations: Uint8Array.from(changes, ({ isDiscard }) => (isDiscard ? DISCARD_ENTRY : UPSERT)),
    states: changes.map(({ isDiscard }) => (isDiscard ? undefined : id)),
  })
  const discardCount = changes.filter(({ isDiscard }) => isDiscard).length
  return { id, stepId, entryCount: changes.length, discardCount, firstGroup: Math.min(...groups), lastGroup: Math.max(...groups), blob }
}

function enter(states: Map<string, Map<string, number>>, id: number, stepId: string, changes: readonly Change[]): ModelChunk {
  const keys = states.get(stepId) ?? new Map<string, number>()
  states.set(stepId, keys)
  for (const { key, isDiscard } of changes) {
    if (isDiscard) keys.delete(`k${key}`)
    else keys.set(`k${key}`, id)
  }
  return { id, stepId, upserts: changes.flatMap(({ key, isDiscard }) => (isDiscard ? [] : `k${key}`)) }
}

/** Whether nothing that a chunk upserted is the newest. Its discards may still be needed: keeping them is up to the store. */
function isSuperseded({ id, stepId, upserts }: ModelChunk, states: States): boolean {
  return upserts.every((key) => states.get(stepId)?.get(key) !== id)
}

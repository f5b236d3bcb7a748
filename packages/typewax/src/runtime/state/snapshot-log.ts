/**
 * Owns the writing side of a step's state: collects snapshots into chunks of up to 1,000 entries, knows in which chunk the newest state of each slot
 * is, and cleans the log from its tail. When the log has grown to a multiple of what lives, what still lives in its oldest chunks is written again
 * at its head and the old chunks are dropped; so a discard in the oldest chunk may be forgotten, and a store stays within a small factor of its state.
 */

import type { PlanStep } from '../../dataflow/plan.ts'
import { cut, messageOf, quote, TypewaxError } from '../../errors.ts'
import { DISCARD_ENTRY, type EntryColumns, encodeChunk, UPSERT } from '../../recovery/codec.ts'
import { type StateColumns, toColumns } from '../../recovery/columns.ts'
import { checkPlainData, type PlainDataProblem } from '../../recovery/plain-data.ts'
import { silence } from '../../thenable.ts'
import { describeStep, userFailure } from '../failure.ts'
import { ALL_GROUPS, groupsOf } from '../key-groups.ts'
import type { WorkerContext } from '../worker-context.ts'

/** Entries in a chunk: large enough for the fixed cost of serialising, small enough for a slice of a few milliseconds. */
export const CHUNK_ENTRIES = 1_000
/** Entries in the log, as a multiple of those alive, above which its tail is cleaned. */
const MAX_LOG_FACTOR = 2
/** Entries in the log below which cleaning is not worth it. */
const MIN_LOG_ENTRIES = 256

/** Something that has a state in the log: a key, a part of a key under a sub-key, a partition. */
export interface Slot {
  /** The chunk with its newest state. */
  chunk: LogChunk | undefined
}

export interface LogChunk {
  readonly id: number
  readonly entryCount: number
  /** What was upserted in it. A slot still lives here if its `chunk` is this one. */
  readonly slots: Slot[]
  /** Number of slots that still live here. */
  liveCount: number
}

export class SnapshotLog {
  readonly #step: PlanStep
  readonly #context: WorkerContext
  /** Oldest first; those before `#tail` are dropped. */
  #chunks: LogChunk[] = []
  #tail = 0
  /** Ids of chunks that were taken off the tail since the last barrier. */
  #cleaned: number[] = []
  #entryCount = 0
  #liveCount = 0
  #epoch = 0
  #building = new Building()

  constructor(step: PlanStep, context: WorkerContext) {
    this.#step = step
    this.#context = context
  }

  /** Whether snapshots go anywhere. */
  get isKept(): boolean {
    return this.#context.hasStore
  }

  /** Takes over what an earlier execution wrote; chunks oldest first, with their slots. Those without any entry of this worker may go at once. */
  restore(chunks: readonly LogChunk[]): void {
    this.#chunks = chunks.filter(({ entryCount }) => entryCount > 0)
    for (const chunk of chunks) {
      if (chunk.entryCount === 0) this.#cleaned.push(chunk.id)
      this.#entryCount += chunk.entryCount
      this.#liveCount += chunk.liveCount
    }
  }

  /** Whether the log has grown so much that its tail should be cleaned. */
  get needsCleaning(): boolean {
    return this.#entryCount > Math.max(MIN_LOG_ENTRIES, MAX_LOG_FACTOR * this.#liveCount)
  }

  /** Takes the oldest chunk off the log, to be dropped with the next epoch. Returns what still lives in it: it must be `put` again in that epoch. */
  cleanOldest(): Slot[] {
    const chunk = this.#chunks[this.#tail] as LogChunk
    this.#tail += 1
    this.#entryCount -= chunk.entryCount
    this.#cleaned.push(chunk.id)
    if (this.#tail * 2 > this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#tail)
      this.#tail = 0
    }
    return chunk.liveCount === 0 ? [] : chunk.slots.filter((slot) => slot.chunk === chunk)
  }

  /** Begins an epoch's snapshot: what is put from now on belongs to it, and the chunks that were cleaned are dropped with it. */
  begin(epoch: number): void {
    this.#epoch = epoch
    if (this.#cleaned.length === 0) return
    this.#context.epochs.dropChunks(epoch, this.#cleaned)
    this.#cleaned = []
  }

  /** Adds the state of a slot. It is serialised by the next `flush` at the latest, which must come before user code can change it. */
  put(slot: Slot, key: string, state: unknown, subKey?: string): void {
    if (!this.isKept) return
    this.forget(slot)
    slot.chunk = this.#building.chunk
    slot.chunk.liveCount += 1
    this.#liveCount += 1
    this.#building.add(key, subKey, UPSERT, state)
    this.#building.chunk.slots.push(slot)
    if (this.#building.size >= CHUNK_ENTRIES) this.flush()
  }

  /** Adds that a slot is gone. Without sub-key, the parts of the key are gone too: `forget` them. */
  discard(slot: Slot, key: string, subKey?: string): void {
    if (!this.isKept || slot.chunk === undefined) return
    this.forget(slot)
    this.#building.add(key, subKey, DISCARD_ENTRY, undefined)
    if (this.#building.size >= CHUNK_ENTRIES) this.flush()
  }

  /** Takes a slot out of the count of what lives, without an entry in the log. */
  forget(slot: Slot): void {
    if (slot.chunk === undefined) return
    slot.chunk.liveCount -= 1
    slot.chunk = undefined
    this.#liveCount -= 1
  }

  /** Serialises what was put since the last flush. */
  flush(): void {
    const building = this.#building
    if (building.size === 0) return
    const { workerIndex, workerCount } = this.#context
    const id = this.#context.nextChunkId()
    const chunk = building.seal(id)
    this.#building = new Building()
    this.#chunks.push(chunk)
    this.#entryCount += chunk.entryCount
    this.#context.epochs.addChunk(this.#epoch, {
      id,
      stepId: this.#step.stepId,
      entryCount: chunk.entryCount,
      discardCount: chunk.entryCount - chunk.slots.length,
      // Names of partitions have nothing to do with key groups: a worker may write those of another one that is gone.
      ...(this.#isKeyed ? groupsOf(workerIndex, workerCount) : ALL_GROUPS),
      blob: this.#encode(building),
    })
  }

  /** Flat states that look alike are plain data; all others are checked one by one. */
  #encode(building: Building): Uint8Array {
    const entries = building.columns()
    const columns = columnsOf(entries)
    if (columns === undefined) this.#check(entries)
    try {
      return encodeChunk(entries, columns)
    } catch (cause) {
      const message = `the state of ${describeStep(this.#step)} cannot be serialised: ${messageOf(cause)}`
      throw new TypewaxError('UNSERIALISABLE_STATE', message, { stepId: this.#step.userStepId, cause })
    }
  }

  #check({ keys, subKeys, states }: EntryColumns): void {
    for (let index = 0; index < keys.length; index++) {
      const problem = this.#checkState(keys[index] as string, states[index])
      if (problem === undefined) continue
      silence(states[index])
      throw this.#unserialisable(keys[index] as string, subKeys?.[index], problem)
    }
  }

  /** Getters of a state are user code. */
  #checkState(key: string, state: unknown): PlainDataProblem | undefined {
    try {
      return checkPlainData(state)
    } catch (error) {
      throw userFailure(this.#step, 'snapshot', error, this.#isKeyed ? { key } : { partKey: key })
    }
  }

  get #isKeyed(): boolean {
    return this.#step.operation.kind === 'statefulBatch'
  }

  #unserialisable(key: string, subKey: string | undefined, { path, got }: PlainDataProblem): TypewaxError {
    const step = this.#step
    const isKeyed = this.#isKeyed
    const what = isKeyed ? 'state' : subKey === undefined ? 'position' : 'token of `prepare`'
    const place = isKeyed ? `key ${quote(key)}` : `partition ${quote(key)}`
    const message = `the ${what} of ${describeStep(step)} for ${place} can't be stored: ${cut(path)} is ${got}; keep plain data (JSON types, bigint, Date, Map, Set, typed arrays) and build the rest from it`
    return new TypewaxError('UNSERIALISABLE_STATE', message, { stepId: step.userStepId, ...(isKeyed ? { key } : { partKey: key }) })
  }
}

/** The states as columns, unless a getter of one throws: the check says whose. */
function columnsOf({ states }: EntryColumns): StateColumns | undefined {
  try {
    return toColumns(states)
  } catch {
    return undefined
  }
}

/** A chunk in the making. */
class Building {
  readonly #keys: string[] = []
  #subKeys: (string | undefined)[] | undefined
  readonly #operations = new Uint8Array(CHUNK_ENTRIES)
  readonly #states: unknown[] = []
  chunk: { id: number; entryCount: number; slots: Slot[]; liveCount: number } = { id: -1, entryCount: 0, slots: [], liveCount: 0 }

  get size(): number {
    return this.#keys.length
  }

  add(key: string, subKey: string | undefined, operation: number, state: unknown): void {
    if (subKey !== undefined && this.#subKeys === undefined) this.#subKeys = new Array(this.size).fill(undefined)
    this.#subKeys?.push(subKey)
    this.#operations[this.size] = operation
    this.#keys.push(key)
    this.#states.push(state)
  }

  columns(): EntryColumns {
    return { keys: this.#keys, subKeys: this.#subKeys, operations: this.#operations.slice(0, this.size), states: this.#states }
  }

  seal(id: number): LogChunk {
    this.chunk.id = id
    this.chunk.entryCount = this.size
    return this.chunk
  }
}

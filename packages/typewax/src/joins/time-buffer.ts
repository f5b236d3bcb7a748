/**
 * Owns the values of one side of a join, by time; values of one time in order of arrival. They are kept in short sorted blocks, each a part of the
 * state: what comes near the end and what leaves at the front touch one block, however many there are.
 */

import type { SubKeyChanges } from '../dataflow/step.ts'
import { Changes } from '../windowing/changes.ts'

/** A value with its time, and a mark whose meaning is the join's. */
export interface Held<out V> {
  readonly timestampMs: number
  readonly value: V
  readonly isMarked: boolean
}

/** What is stored of a block. `arrival` numbers the values of a buffer: it puts blocks of one time in order again. */
export type StoredBlock<V> = readonly (readonly [timestampMs: number, arrival: number, value: V, isMarked: boolean])[]

interface Entry<V> extends Held<V> {
  readonly arrival: number
  isMarked: boolean
}

interface Block<V> {
  readonly number: number
  /** Never empty, but for a moment. */
  readonly entries: Entry<V>[]
}

/** Most values of a block: the more, the fewer parts; the fewer, the less is stored anew. */
const BLOCK_SIZE = 32

const NONE: readonly never[] = []

export class TimeBuffer<V> {
  /** In order of time. */
  readonly #blocks: Block<V>[] = []
  readonly #changes = new Changes()
  #nextNumber = 0
  #nextArrival = 0

  get isEmpty(): boolean {
    return this.#blocks.length === 0
  }

  get first(): Held<V> | undefined {
    return this.#blocks[0]?.entries[0]
  }

  get second(): Held<V> | undefined {
    const [block, next] = this.#blocks
    return block?.entries[1] ?? next?.entries[0]
  }

  /** The last value that is not after a time. */
  lastUntil(timestampMs: number): Held<V> | undefined {
    const block = this.#blocks[this.#countBlocks((beginMs) => beginMs <= timestampMs) - 1]
    return block?.entries.findLast((entry) => entry.timestampMs <= timestampMs)
  }

  /**
   * Gives the values whose time minus `atMs` is between two distances, both included. `marks`: they are marked.
   *
   * Distances and not bounds, so that two sides that look for each other agree, whatever a sum of fractions is rounded to.
   */
  valuesAround(atMs: number, fromMs: number, toMs: number, marks: boolean): readonly V[] {
    let found: V[] | undefined
    const begin = Math.max(0, this.#countBlocks((beginMs) => beginMs - atMs < fromMs) - 1)
    for (let index = begin; index < this.#blocks.length; index++) {
      const block = this.#blocks[index] as Block<V>
      for (const entry of block.entries) {
        const distanceMs = entry.timestampMs - atMs
        if (distanceMs < fromMs) continue
        if (distanceMs > toMs) return found ?? NONE
        found ??= []
        found.push(entry.value)
        if (marks) this.#mark(block, entry)
      }
    }
    return found ?? NONE
  }

  insert(timestampMs: number, value: V, isMarked: boolean): void {
    const index = this.#placeFor(timestampMs)
    const { number, entries } = this.#blocks[index] as Block<V>
    const after = entries.findLastIndex((entry) => entry.timestampMs <= timestampMs)
    entries.splice(after + 1, 0, { timestampMs, arrival: this.#nextArrival++, value, isMarked })
    this.#changes.change(number)
    if (entries.length > BLOCK_SIZE) this.#split(index)
  }

  /** Takes out the first value. There must be one. */
  removeFirst(): Held<V> {
    const { number, entries } = this.#blocks[0] as Block<V>
    const first = entries.shift() as Entry<V>
    if (entries.length > 0) this.#changes.change(number)
    else {
      this.#blocks.shift()
      this.#changes.remove(number)
    }
    return first
  }

  /** Gives the blocks that changed, and forgets that they did. */
  takeChanges(prefix: string): SubKeyChanges {
    return this.#changes.take(prefix)
  }

  snapshotBlock(number: number): StoredBlock<V> {
    const block = this.#blocks.find((each) => each.number === number)
    return block?.entries.map(({ timestampMs, arrival, value, isMarked }) => [timestampMs, arrival, value, isMarked] as const) ?? NONE
  }

  /** Puts back a block that was stored. Blocks may come in any order, before anything else is done. */
  restoreBlock(number: number, stored: StoredBlock<V>): void {
    const entries = stored.map(([timestampMs, arrival, value, isMarked]): Entry<V> => ({ timestampMs, arrival, value, isMarked }))
    if (entries.length === 0) return
    for (const { arrival } of entries) this.#nextArrival = Math.max(this.#nextArrival, arrival + 1)
    this.#nextNumber = Math.max(this.#nextNumber, number + 1)
    const before = this.#blocks.findLastIndex((block) => isBefore(block.entries[0] as Entry<V>, entries[0] as Entry<V>))
    this.#blocks.splice(before + 1, 0, { number, entries })
  }

  /** Counts the blocks at the front for the times of whose first values something holds. */
  #countBlocks(holds: (beginMs: number) => boolean): number {
    let [low, high] = [0, this.#blocks.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const [first] = (this.#blocks[middle] as Block<V>).entries
      if (holds((first as Entry<V>).timestampMs)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Gives the index of the block for a value. Behind a full last block a new one begins, so that values that come in order fill their blocks. */
  #placeFor(timestampMs: number): number {
    const blocks = this.#blocks
    const index = Math.max(0, this.#countBlocks((beginMs) => beginMs <= timestampMs) - 1)
    const entries = blocks[index]?.entries
    const isAtEnd = index >= blocks.length - 1 && (entries?.at(-1)?.timestampMs ?? timestampMs) <= timestampMs
    if (entries !== undefined && !(isAtEnd && entries.length === BLOCK_SIZE)) return index
    blocks.push({ number: this.#nextNumber++, entries: [] })
    return blocks.length - 1
  }

  #split(index: number): void {
    const block = this.#blocks[index] as Block<V>
    const half: Block<V> = { number: this.#nextNumber++, entries: block.entries.splice(BLOCK_SIZE / 2) }
    this.#blocks.splice(index + 1, 0, half)
    this.#changes.change(half.number)
  }

  #mark(block: Block<V>, entry: Entry<V>): void {
    if (entry.isMarked) return
    entry.isMarked = true
    this.#changes.change(block.number)
  }
}

function isBefore(one: Entry<unknown>, other: Entry<unknown>): boolean {
  return one.timestampMs < other.timestampMs || (one.timestampMs === other.timestampMs && one.arrival < other.arrival)
}

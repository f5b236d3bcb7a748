/**
 * Owns the values of a key that wait for the watermark, and gives them out by timestamp: a binary heap. For recovery they are kept in blocks by order
 * of arrival, each a part of the state, so that a long queue is not stored anew with each value.
 */

import type { SubKeyChanges } from '../dataflow/step.ts'
import { Changes } from './changes.ts'

/** A value with its time. */
export interface Timed<out V> {
  readonly timestampMs: number
  readonly value: V
}

/** What is stored of a block: the values that are still waiting, in order of arrival. */
export type StoredBlock<V> = readonly (readonly [timestampMs: number, value: V])[]

interface Waiting<V> extends Timed<V> {
  /** 0-based number by order of arrival. */
  readonly arrival: number
  isTaken: boolean
}

interface Block<V> {
  readonly values: Waiting<V>[]
  waitingCount: number
}

/** Values of a block: the more, the fewer parts; the fewer, the less is stored anew. */
const BLOCK_SIZE = 32

export class ValueQueue<V> {
  /** Heap: no value is before the one at half its index. */
  readonly #heap: Waiting<V>[] = []
  readonly #blocks = new Map<number, Block<V>>()
  readonly #changes = new Changes()
  #nextArrival = 0

  get size(): number {
    return this.#heap.length
  }

  /** The earliest timestamp; `undefined` if nothing waits. */
  get earliestMs(): number | undefined {
    return this.#heap[0]?.timestampMs
  }

  push(timestampMs: number, value: V): void {
    const number = Math.floor(this.#nextArrival / BLOCK_SIZE)
    this.#add(number, timestampMs, value)
    this.#changes.change(number)
  }

  /** Takes out what is not after a watermark, by timestamp; values of one timestamp in order of arrival. */
  takeUntil(watermarkMs: number): readonly Timed<V>[] {
    const taken: Timed<V>[] = []
    while (this.#heap.length > 0 && (this.#heap[0] as Waiting<V>).timestampMs <= watermarkMs) {
      const value = this.#pop()
      this.#leaveBlock(value)
      taken.push(value)
    }
    return taken
  }

  /** Gives the blocks that changed, and forgets that they did. */
  takeChanges(prefix: string): SubKeyChanges {
    return this.#changes.take(prefix)
  }

  snapshotBlock(number: number): StoredBlock<V> {
    const values = this.#blocks.get(number)?.values ?? []
    return values.filter(({ isTaken }) => !isTaken).map(({ timestampMs, value }) => [timestampMs, value] as const)
  }

  /** Puts back what was stored. */
  restore(blocks: ReadonlyMap<number, StoredBlock<V>>): void {
    for (const [number, values] of [...blocks].sort(([one], [other]) => one - other)) {
      this.#nextArrival = number * BLOCK_SIZE
      for (const [timestampMs, value] of values) this.#add(number, timestampMs, value)
      // What comes now begins a block of its own.
      this.#nextArrival = (number + 1) * BLOCK_SIZE
    }
  }

  #add(number: number, timestampMs: number, value: V): void {
    const waiting = { timestampMs, value, arrival: this.#nextArrival++, isTaken: false }
    let block = this.#blocks.get(number)
    if (block === undefined) {
      block = { values: [], waitingCount: 0 }
      this.#blocks.set(number, block)
    }
    block.values.push(waiting)
    block.waitingCount += 1
    this.#insert(waiting)
  }

  #leaveBlock(value: Waiting<V>): void {
    const number = Math.floor(value.arrival / BLOCK_SIZE)
    const block = this.#blocks.get(number) as Block<V>
    value.isTaken = true
    block.waitingCount -= 1
    if (block.waitingCount > 0) this.#changes.change(number)
    else {
      this.#blocks.delete(number)
      this.#changes.remove(number)
    }
  }

  #insert(value: Waiting<V>): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(value)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(value, heap[parent] as Waiting<V>)) break
      heap[index] = heap[parent] as Waiting<V>
      index = parent
    }
    heap[index] = value
  }

  #pop(): Waiting<V> {
    const heap = this.#heap
    const first = heap[0] as Waiting<V>
    const value = heap.pop() as Waiting<V>
    if (heap.length === 0) return first
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Waiting<V>, heap[child] as Waiting<V>)) child += 1
      if (!isBefore(heap[child] as Waiting<V>, value)) break
      heap[index] = heap[child] as Waiting<V>
      index = child
    }
    heap[index] = value
    return first
  }
}

function isBefore(one: Waiting<unknown>, other: Waiting<unknown>): boolean {
  return one.timestampMs < other.timestampMs || (one.timestampMs === other.timestampMs && one.arrival < other.arrival)
}

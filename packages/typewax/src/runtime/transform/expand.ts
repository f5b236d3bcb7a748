/**
 * Owns the loops of the transforms that may give many items for one: flatMap and functions of a whole batch. They emit in chunks and stop between two
 * chunks when there is no room downstream, so that one item that becomes ten million cannot fill the memory.
 */

import type { PlanStep } from '../../dataflow/plan.ts'
import type { ItemFunction, Transform } from '../../dataflow/step.ts'
import { type Batch, itemsOf, makeBatch, toKeyed } from '../batch.ts'
import type { Outlet } from '../channel.ts'
import { type Place, userFailure, wrongResult } from '../failure.ts'
import type { Rest } from '../node.ts'
import { checkSettled } from './settled.ts'

/** Items in a chunk. */
export const CHUNK_ITEMS = 4_096

/** Begins an expanding transform of a batch. Call the result until it says that it is done. */
export function expandLoop(step: PlanStep, transform: Transform, batch: Batch, outlet: Outlet): Rest {
  if (transform.shape === 'batch') return expandBatch(step, transform.fn, batch, outlet)
  if (transform.shape !== 'flatMap') throw new Error(`internal: ${transform.shape} does not expand`)
  return transform.on === 'value'
    ? new ValueExpansion(step, transform.fn, batch, outlet).rest
    : new ItemExpansion(step, transform.fn, batch, outlet).rest
}

function expandBatch(step: PlanStep, mapper: (items: readonly unknown[]) => Iterable<unknown>, batch: Batch, outlet: Outlet): Rest {
  const attempt = <R>(call: () => R): R => {
    try {
      return call()
    } catch (error) {
      throw userFailure(step, 'mapper', error)
    }
  }
  const emit = (results: readonly unknown[]): void => {
    checkSettled(step, results)
    outlet.emit(makeBatch(undefined, results))
  }
  const results: unknown = attempt(() => mapper(itemsOf(batch)))
  if (!isIterable(results)) throw wrongResult(step, 'mapper', 'an iterable', results)
  if (Array.isArray(results) && results.length <= CHUNK_ITEMS) {
    return () => {
      emit(results)
      return true
    }
  }
  const iterator = attempt(() => results[Symbol.iterator]())
  return () => {
    while (outlet.hasRoom) {
      const chunk: unknown[] = []
      const isDone = attempt(() => takeFrom(iterator, chunk))
      emit(chunk)
      if (isDone) return true
    }
    return false
  }
}

/** flatMap over items or values: where it is in the batch, and within what an item gave. */
abstract class Expansion {
  protected chunk: unknown[] = []
  readonly #step: PlanStep
  readonly #mapper: ItemFunction<Iterable<unknown>>
  readonly #items: readonly unknown[]
  readonly #keys: readonly string[] | undefined
  readonly #outlet: Outlet
  /** The item at work. */
  #index = 0
  /** What is left of its results. */
  #open: Iterator<unknown> | undefined
  readonly rest: Rest = () => this.#run()

  constructor(
    step: PlanStep,
    mapper: ItemFunction<Iterable<unknown>>,
    items: readonly unknown[],
    keys: readonly string[] | undefined,
    outlet: Outlet,
  ) {
    this.#step = step
    this.#mapper = mapper
    this.#items = items
    this.#keys = keys
    this.#outlet = outlet
  }

  protected abstract added(count: number, key: string): void
  protected abstract takeChunk(): Batch

  #run(): boolean {
    while (this.#outlet.hasRoom) {
      const isDone = this.#fill()
      checkSettled(this.#step, this.chunk)
      this.#outlet.emit(this.takeChunk())
      if (isDone) return true
    }
    return false
  }

  /** Fills a chunk; true when the batch is done. */
  #fill(): boolean {
    try {
      for (; this.#index < this.#items.length; this.#index++) {
        if (this.chunk.length >= CHUNK_ITEMS || !this.#takeItem()) return false
      }
      return true
    } catch (error) {
      throw userFailure(this.#step, 'mapper', error, this.#place())
    }
  }

  /** Takes results of the item at work until the chunk is full; true when there are no more. */
  #takeItem(): boolean {
    const key = this.#keys === undefined ? '' : (this.#keys[this.#index] as string)
    if (this.#open === undefined) {
      const results: unknown = this.#mapper(this.#items[this.#index], key)
      if (Array.isArray(results) && this.chunk.length + results.length <= CHUNK_ITEMS) {
        for (let index = 0; index < results.length; index++) this.chunk.push(results[index])
        this.added(results.length, key)
        return true
      }
      if (!isIterable(results)) throw wrongResult(this.#step, 'mapper', 'an iterable', results, this.#place())
      this.#open = results[Symbol.iterator]()
    }
    const before = this.chunk.length
    const isDone = takeFrom(this.#open, this.chunk)
    this.added(this.chunk.length - before, key)
    if (isDone) this.#open = undefined
    return isDone
  }

  #place(): Place {
    const item = this.#items[this.#index]
    return this.#keys === undefined ? { item } : { key: this.#keys[this.#index] as string, item }
  }
}

class ItemExpansion extends Expansion {
  constructor(step: PlanStep, mapper: ItemFunction<Iterable<unknown>>, batch: Batch, outlet: Outlet) {
    super(step, mapper, itemsOf(batch), undefined, outlet)
  }

  protected override added(): void {}

  protected override takeChunk(): Batch {
    const chunk = this.chunk
    this.chunk = []
    return makeBatch(undefined, chunk)
  }
}

class ValueExpansion extends Expansion {
  #keys: string[] = []

  constructor(step: PlanStep, mapper: ItemFunction<Iterable<unknown>>, incoming: Batch, outlet: Outlet) {
    const batch = toKeyed(incoming, step.userStepId)
    super(step, mapper, batch.values, batch.keys, outlet)
  }

  protected override added(count: number, key: string): void {
    for (let index = 0; index < count; index++) this.#keys.push(key)
  }

  protected override takeChunk(): Batch {
    const [keys, chunk] = [this.#keys, this.chunk]
    this.#keys = []
    this.chunk = []
    return makeBatch(keys, chunk)
  }
}

/** Takes results until the chunk is full; true when there are no more. */
function takeFrom(iterator: Iterator<unknown>, chunk: unknown[]): boolean {
  while (chunk.length < CHUNK_ITEMS) {
    const next = iterator.next()
    if (next.done === true) return true
    chunk.push(next.value)
  }
  return false
}

function isIterable(results: unknown): results is Iterable<unknown> {
  return typeof results === 'string' || (typeof results === 'object' && results !== null && Symbol.iterator in results)
}

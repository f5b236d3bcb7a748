/**
 * Owns the loops of the transforms that may give many items for one: flatMap and functions of a whole batch. They emit in chunks and stop between two
 * chunks when there is no room downstream, so that one item that becomes ten million cannot fill the memory.
 */

import type { PlanStep } from '../../dataflow/plan.ts'
import type { ItemFunction, Transform } from '../../dataflow/step.ts'
import type { ErrorContext } from '../../errors.ts'
import { type Batch, itemsOf, makeBatch, toKeyed } from '../batch.ts'
import type { Outlet } from '../channel.ts'
import { userFailure, wrongReturn } from '../failure.ts'
import type { Rest } from '../node.ts'

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
  const results = iterableOf(step, callMapper(step, mapper, itemsOf(batch)))
  if (Array.isArray(results) && results.length <= CHUNK_ITEMS) {
    return () => {
      outlet.emit(makeBatch(undefined, results))
      return true
    }
  }
  const iterator = iteratorOf(step, results)
  return () => {
    while (outlet.hasRoom) {
      const chunk: unknown[] = []
      const isDone = takeFrom(step, iterator, chunk)
      outlet.emit(makeBatch(undefined, chunk))
      if (isDone) return true
    }
    return false
  }
}

function callMapper(step: PlanStep, mapper: (items: readonly unknown[]) => Iterable<unknown>, items: readonly unknown[]): unknown {
  try {
    return mapper(items)
  } catch (error) {
    throw userFailure(step, 'mapper', error)
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
  #index = 0
  /** What is left of the results of the item before `#index`. */
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
      this.#outlet.emit(this.takeChunk())
      if (isDone) return true
    }
    return false
  }

  /** Fills a chunk; true when the batch is done. */
  #fill(): boolean {
    const items = this.#items
    if (this.#open !== undefined && !this.#drain(this.#open)) return false
    this.#open = undefined
    while (this.#index < items.length) {
      const key = this.#keys === undefined ? '' : (this.#keys[this.#index] as string)
      const results = iterableOf(this.#step, this.#call(items[this.#index], key), this.#keyed(key))
      this.#index += 1
      if (Array.isArray(results) && this.chunk.length + results.length <= CHUNK_ITEMS) {
        for (let index = 0; index < results.length; index++) this.chunk.push(results[index])
        this.added(results.length, key)
      } else {
        const iterator = iteratorOf(this.#step, results, this.#keyed(key))
        if (!this.#drain(iterator)) {
          this.#open = iterator
          return false
        }
      }
      if (this.chunk.length >= CHUNK_ITEMS) return this.#index === items.length
    }
    return true
  }

  #drain(iterator: Iterator<unknown>): boolean {
    const before = this.chunk.length
    const key = this.#keys === undefined ? '' : (this.#keys[this.#index - 1] as string)
    const isDone = takeFrom(this.#step, iterator, this.chunk, this.#keyed(key))
    this.added(this.chunk.length - before, key)
    return isDone
  }

  /** The key, if there are any. */
  #keyed(key: string): string | undefined {
    return this.#keys === undefined ? undefined : key
  }

  #call(item: unknown, key: string): unknown {
    try {
      return this.#mapper(item, key)
    } catch (error) {
      throw userFailure(this.#step, 'mapper', error, placeOf(this.#keyed(key)))
    }
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
function takeFrom(step: PlanStep, iterator: Iterator<unknown>, chunk: unknown[], key?: string): boolean {
  try {
    while (chunk.length < CHUNK_ITEMS) {
      const next = iterator.next()
      if (next.done === true) return true
      chunk.push(next.value)
    }
    return false
  } catch (error) {
    throw userFailure(step, 'mapper', error, placeOf(key))
  }
}

function iteratorOf(step: PlanStep, results: Iterable<unknown>, key?: string): Iterator<unknown> {
  try {
    return results[Symbol.iterator]()
  } catch (error) {
    throw userFailure(step, 'mapper', error, placeOf(key))
  }
}

function iterableOf(step: PlanStep, results: unknown, key?: string): Iterable<unknown> {
  if (Array.isArray(results)) return results
  if (typeof results === 'string') return results
  if (typeof results === 'object' && results !== null && Symbol.iterator in results) return results as Iterable<unknown>
  throw wrongReturn(step, 'mapper', 'an iterable', results, placeOf(key))
}

function placeOf(key: string | undefined): ErrorContext {
  return key === undefined ? {} : { key }
}

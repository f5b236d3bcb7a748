/** Owns what the logics of a step answer, between the call and the batch that goes downstream. */

import type { PlanStep } from '../../dataflow/plan.ts'
import type { Emit } from '../../dataflow/step.ts'
import { makeBatch } from '../batch.ts'
import type { Outlet } from '../channel.ts'
import { wrongReturn } from '../failure.ts'
import type { Entry } from '../state/entry.ts'
import { CHUNK_ITEMS } from '../transform/expand.ts'

/** The methods of a logic that answer. */
export type Method = 'onItem' | 'onBatch' | 'onNotify' | 'onWatermark' | 'onEof'

export class Answers {
  readonly #step: PlanStep
  readonly #outlet: Outlet
  /** What the logics emitted since the last batch. */
  #keys: string[] = []
  #values: unknown[] = []

  constructor(step: PlanStep, outlet: Outlet) {
    this.#step = step
    this.#outlet = outlet
  }

  /** Whether there is enough for a batch. */
  get isFull(): boolean {
    return this.#values.length >= CHUNK_ITEMS
  }

  /** Emits what has gathered. Returns whether there is room for more. */
  flush(): boolean {
    const outlet = this.#outlet
    if (this.#values.length > 0) {
      outlet.emit(makeBatch(this.#keys, this.#values))
      this.#keys = []
      this.#values = []
    }
    return outlet.hasRoom
  }

  /** Takes in what a logic answered. Returns whether it is to be discarded. */
  take(entry: Entry, method: Method, answer: Emit<unknown>): boolean {
    if (!Array.isArray(answer) || answer.length < 1 || answer.length > 2) throw this.wrong(entry, method, 'a pair `[emit, discard?]`', answer)
    const emit: unknown = answer[0]
    const isDiscarded: unknown = answer[1]
    if (Array.isArray(emit)) {
      for (let index = 0; index < emit.length; index++) {
        this.#keys.push(entry.key)
        this.#values.push(emit[index])
      }
    } else this.#takeIterable(entry, method, emit)
    if (isDiscarded === true) return true
    if (isDiscarded !== false && isDiscarded !== undefined) throw this.wrong(entry, method, 'a boolean as second element', isDiscarded)
    return false
  }

  #takeIterable(entry: Entry, method: Method, emit: unknown): void {
    if (typeof emit !== 'object' || emit === null || !(Symbol.iterator in emit))
      throw this.wrong(entry, method, 'an iterable of values to emit', emit)
    for (const value of emit as Iterable<unknown>) {
      this.#keys.push(entry.key)
      this.#values.push(value)
    }
  }

  /** The failure of a logic that answered what it may not. */
  wrong(entry: Entry, method: string, expected: string, got: unknown): Error {
    const callee = method === 'onItem' || method === 'onBatch' ? entry.logic?.callee : undefined
    return wrongReturn(this.#step, callee ?? method, expected, got, { key: entry.key })
  }
}

/** Owns faults: which call of which part of a flow fails, once, and how. */

import { BOOM } from './bench.ts'

/** Calls that can fail. */
export const PLACES = [
  'source.listParts',
  'source.buildPart',
  'source.nextBatch',
  'source.nextAwake',
  'source.snapshot',
  'source.close',
  'map',
  'mapAsync',
  'logic.build',
  'logic.onItem',
  'logic.onEof',
  'logic.snapshot',
  'sink.listParts',
  'sink.partFn',
  'sink.buildPart',
  'sink.writeBatch',
  'sink.flush',
  'sink.prepare',
  'sink.commit',
  'sink.snapshot',
  'sink.close',
  'store.write',
] as const

export type Place = (typeof PLACES)[number]

export interface Fault {
  readonly place: Place
  /** Which call of the execution fails, from 1. */
  readonly nth: number
  /** Whether what the call does is done before it fails, as when an answer is lost. */
  readonly isLate: boolean
}

/** How the parts answer: at once, or by promises. */
export interface Manner {
  readonly isAsync: boolean
  readonly isTwoPhase: boolean
  readonly batchSize: number
}

/** Counts the calls of an execution and fails the one it was told to. */
export class Faults {
  readonly signals: AbortSignal[] = []
  readonly #fault: Fault | undefined
  readonly #isAsync: boolean
  #calls = 0

  constructor(fault: Fault | undefined, isAsync: boolean) {
    this.#fault = fault
    this.#isAsync = isAsync
  }

  /** Makes a call that answers at once. */
  sync<R>(place: Place, call: () => R): R {
    const fault = this.#fault?.place === place && ++this.#calls === this.#fault.nth ? this.#fault : undefined
    if (fault !== undefined && !fault.isLate) throw BOOM
    const result = call()
    if (fault !== undefined) throw BOOM
    return result
  }

  /** Makes a call that may answer by a promise. */
  call<R>(place: Place, call: () => R): R | Promise<R> {
    if (!this.#isAsync) return this.sync(place, call)
    return Promise.resolve().then(() => this.sync(place, call))
  }
}

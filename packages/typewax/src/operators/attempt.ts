/** Owns how the `try…` operators tell success from failure: a step gives attempts, and the attempts are split into two streams. */

import type { KeyedStream, Stream } from '../dataflow/stream.ts'
import { quote } from '../errors.ts'
import { branch } from './branch.ts'
import { filterValue } from './filter.ts'
import { keyRm } from './key.ts'
import { map, mapValue } from './map.ts'

/** An item that user code failed on. */
export interface Failure<out X> {
  readonly item: X
  /** What was thrown. Anything that is no `Error` is wrapped in one, as its `cause`. */
  readonly error: Error
  /** Full id of the step. */
  readonly stepId: string
}

/** The two streams of an operator that survives failures. */
export interface Tried<out Oks, out X> {
  readonly oks: Oks
  /** What failed: for a dead-letter sink, or `raises`. */
  readonly errs: Stream<Failure<X>>
}

/** What became of an item: a value, if `failure` is `undefined`. */
export interface Attempt<out Y, out X> {
  readonly value: Y | undefined
  readonly failure: Failure<X> | undefined
}

export function succeeded<Y>(value: Y): Attempt<Y, never> {
  return { value, failure: undefined }
}

export function failed<X>(item: X, error: unknown, stepId: string): Attempt<never, X> {
  return { value: undefined, failure: { item, error: toError(error), stepId } }
}

/** Calls a function with an item and gives what became of it. */
export function attempt<X, Y>(fn: (item: X) => Y, item: X, stepId: string): Attempt<Y, X> {
  try {
    return succeeded(fn(item))
  } catch (error) {
    return failed(item, error, stepId)
  }
}

/** Splits attempts; three steps, `split`, `oks` and `errs`. */
export function split<Y, X>(attempts: Stream<Attempt<Y, X>>): Tried<Stream<Y>, X> {
  const { trues, falses } = branch('split', attempts, isSuccess)
  return { oks: map('oks', trues, valueIn<Y>), errs: map('errs', falses, failureIn<X>) }
}

/** Splits attempts and keeps the keys of the successful ones. */
export function splitKeyed<V, X>(attempts: KeyedStream<Attempt<V, X>>): Tried<KeyedStream<V>, X> {
  // Two filters and no branch: a branch would see pairs.
  const oks = filterValue('succeeded', attempts, (value) => isSuccess(value))
  const errs = filterValue('failed', attempts, (value) => !isSuccess(value))
  return { oks: mapValue('oks', oks, valueIn<V>), errs: keyRm('keyRm', mapValue('errs', errs, failureIn<X>)) }
}

function isSuccess(each: Attempt<unknown, unknown>): boolean {
  return each.failure === undefined
}

function valueIn<Y>(each: Attempt<Y, unknown>): Y {
  return each.value as Y
}

function failureIn<X>(each: Attempt<unknown, X>): Failure<X> {
  return each.failure as Failure<X>
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`not an Error: ${quote(thrown)}`, { cause: thrown })
}

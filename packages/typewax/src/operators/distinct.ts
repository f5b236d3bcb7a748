/** Owns `distinct`: values of a key that were not there before. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { clocked } from './clocked.ts'
import { type Identity, SeenLogic } from './seen.ts'
import { checkKeyed } from './transform.ts'

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Lets a value pass, at once, if its key has had none like it: by itself, or by what `by` returns. Every one is remembered for ever; if that has no
     * bound, use `dedupe` with a time.
     *
     * ```ts
     * visits.mapValue('country', (visit) => visit.country).distinct('countries')
     * visits.distinct('countries', (visit) => visit.country)
     * ```
     */
    distinct(this: KeyedStream<Identity>, stepId: string): KeyedStream<V>
    distinct(stepId: string, by: (value: V) => Identity): KeyedStream<V>
  }
}

/** The function form of `stream.distinct`. */
export function distinct<V extends Identity>(stepId: string, up: KeyedStream<V>): KeyedStream<V>
export function distinct<V>(stepId: string, up: KeyedStream<V>, by: (value: V) => Identity): KeyedStream<V>
export function distinct<V>(stepId: string, up: KeyedStream<V>, by?: (value: V) => Identity): KeyedStream<V> {
  return compose('distinct', stepId, { up }, (inner) => {
    checkKeyed('distinct', stepId, inner.up)
    if (by !== undefined) checkFunction('distinct', stepId, 'by', by)
    const seeing = { by, withinMs: Number.POSITIVE_INFINITY }
    return clocked<V, V, null, number>('statefulBatch', inner.up, undefined, (_state, _key, parts) => new SeenLogic(seeing, parts))
  })
}

/** Owns `dedupe`: the first of equal values of a key, within a time. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkOptions } from './checks.ts'
import { clocked } from './clocked.ts'
import { type Identity, SeenLogic } from './seen.ts'
import { checkTimed, type TimeOptions } from './time-options.ts'
import { checkKeyed } from './transform.ts'

export interface DedupeOptions<in V> extends TimeOptions<V> {
  /** Gives what makes two values of a key equal, such as an id. Default: the value itself. */
  readonly by?: (value: V) => Identity
  /** Time from the first sight of an id after which it is forgotten, in milliseconds: an equal value then counts as new. Default: never forgotten. */
  readonly withinMs?: number
}

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Lets the first of equal values of each key pass, at once, and drops the others.
     *
     * ```ts
     * events.dedupe('once', { by: (event) => event.id, withinMs: hours(1) })
     * events.dedupe('once', { by: (event) => event.id, withinMs: hours(1), timestamp: (event) => event.at })
     * ```
     *
     * Without `withinMs` every id is remembered for ever. By the time of the stream, a value is a duplicate if its timestamp is less than `withinMs`
     * away from that of the last one that passed, before or after; a late one counts as of the watermark. Values pass as they arrive: of partitions that
     * are further apart in time than `withinMs`, some duplicates may pass.
     */
    dedupe(this: KeyedStream<Identity>, stepId: string, options?: DedupeOptions<V>): KeyedStream<V>
    dedupe(stepId: string, options: DedupeOptions<V> & { readonly by: (value: V) => Identity }): KeyedStream<V>
  }
}

/** The function form of `stream.dedupe`. */
export function dedupe<V extends Identity>(stepId: string, up: KeyedStream<V>, options?: DedupeOptions<V>): KeyedStream<V>
export function dedupe<V>(stepId: string, up: KeyedStream<V>, options: DedupeOptions<V> & { readonly by: (value: V) => Identity }): KeyedStream<V>
export function dedupe<V>(stepId: string, up: KeyedStream<V>, options: DedupeOptions<V> = {}): KeyedStream<V> {
  return compose('dedupe', stepId, { up }, (inner) => {
    checkKeyed('dedupe', stepId, inner.up)
    checkOptions({ operator: 'dedupe', stepId, name: 'options' }, options)
    const { by, withinMs, timestamp } = options
    if (by !== undefined) checkFunction('dedupe', stepId, 'by', by)
    checkTimed('dedupe', stepId, { withinMs }, timestamp)
    const seeing = { by, withinMs: withinMs ?? Number.POSITIVE_INFINITY }
    return clocked<V, V, null, number>('statefulBatch', inner.up, timestamp, (_state, _key, parts) => new SeenLogic(seeing, parts))
  })
}

/** Owns the core operator `merge`: several streams become one. */

import { core } from '../dataflow/operator.ts'
import { KeyedStream, type Stream } from '../dataflow/stream.ts'
import type { AnyDown } from './transform.ts'

/** Streams of the item types `U`. */
export type Streams<U extends unknown[]> = { [I in keyof U]: Stream<U[I]> }

/** Keyed streams of the value types `U`. */
export type Sides<U extends unknown[]> = { [I in keyof U]: KeyedStream<U[I]> }

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Joins the items of all streams into one. The order within each of them stays; between them nothing is promised. Keyed if all are.
     *
     * ```ts
     * warnings.merge('all', errors, notices)
     * ```
     *
     * Streams of two flows, or from inside and outside of an operator: `MIXED_SCOPES`.
     */
    merge<U extends unknown[]>(stepId: string, ...others: Streams<U>): Stream<X | U[number]>
  }
  interface KeyedStream<out V> {
    merge<U extends unknown[]>(stepId: string, ...others: Sides<U>): KeyedStream<V | U[number]>
    merge<U extends unknown[]>(stepId: string, ...others: Streams<U>): Stream<[key: string, value: V] | U[number]>
  }
}

/** The function form of `stream.merge`. At least one stream. */
export function merge<U extends unknown[]>(stepId: string, ...ups: Sides<U>): KeyedStream<U[number]>
export function merge<U extends unknown[]>(stepId: string, ...ups: Streams<U>): Stream<U[number]>
export function merge(stepId: string, ...ups: Stream<unknown>[]): AnyDown {
  const isKeyed = ups.every((up) => up instanceof KeyedStream)
  return core('merge', stepId, { ups }, () => ({ kind: 'merge' }), { down: isKeyed }).down
}

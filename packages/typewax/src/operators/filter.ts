/** Owns `filter` and `filterValue`: items pass or do not. */

import type { KeyedStream, Stream } from '../dataflow/stream.ts'
import { itemwise } from './transform.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Keeps the items for which `predicate` returns `true`. A type guard narrows the item type; without one the stream stays what it is, keyed or not.
     *
     * ```ts
     * mixed.filter('texts', (item) => typeof item === 'string') // Stream<string>
     * ```
     *
     * Anything but a boolean ends the run with `WRONG_RETURN`.
     */
    filter<Y extends X>(stepId: string, predicate: (item: X) => item is Y): Stream<Y>
    filter(stepId: string, predicate: (item: X) => boolean): this
  }
  interface KeyedStream<out V> {
    /** Keeps the pairs for whose value `predicate` returns `true`. A type guard narrows the value type. */
    filterValue<W extends V>(stepId: string, predicate: (value: V, key: string) => value is W): KeyedStream<W>
    filterValue(stepId: string, predicate: (value: V, key: string) => boolean): KeyedStream<V>
  }
}

/** The function form of `stream.filter`. */
export function filter<X, Y extends X>(stepId: string, up: Stream<X>, predicate: (item: X) => item is Y): Stream<Y>
export function filter<Up extends Stream<unknown>>(stepId: string, up: Up, predicate: (item: Up['~item']) => boolean): Up
export function filter(stepId: string, up: Stream<unknown>, predicate: (item: never) => boolean): Stream<never> {
  return itemwise({ operator: 'filter', shape: 'filter', on: 'item' }, stepId, up, { predicate })
}

/** The function form of `stream.filterValue`. */
export function filterValue<V, W extends V>(stepId: string, up: KeyedStream<V>, predicate: (value: V, key: string) => value is W): KeyedStream<W>
export function filterValue<V>(stepId: string, up: KeyedStream<V>, predicate: (value: V, key: string) => boolean): KeyedStream<V>
export function filterValue(stepId: string, up: KeyedStream<unknown>, predicate: (value: never, key: string) => boolean): KeyedStream<never> {
  return itemwise({ operator: 'filterValue', shape: 'filter', on: 'value' }, stepId, up, { predicate })
}

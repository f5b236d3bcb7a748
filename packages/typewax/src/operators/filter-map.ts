/** Owns `filterMap` and `filterMapValue`: map and filter in one function. */

import type { Tuple } from '../dataflow/step.ts'
import type { KeyedStream, Stream } from '../dataflow/stream.ts'
import { itemwise } from './transform.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Replaces each item by what `mapper` returns, and drops it if that is `undefined`. `null` passes, like any other value.
     *
     * ```ts
     * lines.filterMap('numbers', (line) => (line === '' ? undefined : Number(line)))
     * ```
     */
    filterMap<Y>(stepId: string, mapper: (item: X) => Tuple<Y> | undefined): Stream<Y>
  }
  interface KeyedStream<out V> {
    /** Replaces each value by what `mapper` returns, and drops the pair if that is `undefined`. The key stays. */
    filterMapValue<W>(stepId: string, mapper: (value: V, key: string) => Tuple<W> | undefined): KeyedStream<W>
  }
}

/** The function form of `stream.filterMap`. */
export function filterMap<X, Y>(stepId: string, up: Stream<X>, mapper: (item: X) => Tuple<Y> | undefined): Stream<Y> {
  return itemwise({ operator: 'filterMap', shape: 'filterMap', on: 'item' }, stepId, up, { mapper })
}

/** The function form of `stream.filterMapValue`. */
export function filterMapValue<V, W>(stepId: string, up: KeyedStream<V>, mapper: (value: V, key: string) => Tuple<W> | undefined): KeyedStream<W> {
  return itemwise({ operator: 'filterMapValue', shape: 'filterMap', on: 'value' }, stepId, up, { mapper })
}

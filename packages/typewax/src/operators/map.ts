/** Owns `map` and `mapValue`: one item out for each one in. */

import type { Tuple } from '../dataflow/step.ts'
import type { KeyedStream, Stream } from '../dataflow/stream.ts'
import { itemwise } from './transform.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Replaces each item by what `mapper` returns.
     *
     * ```ts
     * lines.map('length', (line) => line.length)
     * ```
     */
    map<Y>(stepId: string, mapper: (item: X) => Tuple<Y>): Stream<Y>
  }
  interface KeyedStream<out V> {
    /**
     * Replaces each value by what `mapper` returns; the key stays.
     *
     * ```ts
     * counts.mapValue('format', (count, word) => `${word}\t${count}`)
     * ```
     */
    mapValue<W>(stepId: string, mapper: (value: V, key: string) => Tuple<W>): KeyedStream<W>
  }
}

/** The function form of `stream.map`. */
export function map<X, Y>(stepId: string, up: Stream<X>, mapper: (item: X) => Tuple<Y>): Stream<Y> {
  return itemwise({ operator: 'map', shape: 'map', on: 'item' }, stepId, up, { mapper })
}

/** The function form of `stream.mapValue`. */
export function mapValue<V, W>(stepId: string, up: KeyedStream<V>, mapper: (value: V, key: string) => Tuple<W>): KeyedStream<W> {
  return itemwise({ operator: 'mapValue', shape: 'map', on: 'value' }, stepId, up, { mapper })
}

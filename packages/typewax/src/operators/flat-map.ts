/** Owns `flatMap` and `flatMapValue`: any number of items out for each one in. */

import type { Tuple } from '../dataflow/step.ts'
import type { KeyedStream, Stream } from '../dataflow/stream.ts'
import { itemwise } from './transform.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Replaces each item by the elements of what `mapper` returns, in order. Any iterable will do, generators too; an array is fastest. A lazy one is
     * drawn in chunks of 4,096, each when there is room for it downstream: it may be longer than memory would hold. The epoch ends when it has.
     *
     * ```ts
     * lines.flatMap('words', (line) => line.split(' '))
     * ```
     *
     * Anything that is not iterable ends the run with `WRONG_RETURN`.
     */
    flatMap<Y>(stepId: string, mapper: (item: X) => Iterable<Tuple<Y>>): Stream<Y>
  }
  interface KeyedStream<out V> {
    /** Replaces each value by the elements of what `mapper` returns, each with the same key. */
    flatMapValue<W>(stepId: string, mapper: (value: V, key: string) => Iterable<Tuple<W>>): KeyedStream<W>
  }
}

/** The function form of `stream.flatMap`. */
export function flatMap<X, Y>(stepId: string, up: Stream<X>, mapper: (item: X) => Iterable<Tuple<Y>>): Stream<Y> {
  return itemwise({ operator: 'flatMap', shape: 'flatMap', on: 'item' }, stepId, up, { mapper })
}

/** The function form of `stream.flatMapValue`. */
export function flatMapValue<V, W>(stepId: string, up: KeyedStream<V>, mapper: (value: V, key: string) => Iterable<Tuple<W>>): KeyedStream<W> {
  return itemwise({ operator: 'flatMapValue', shape: 'flatMap', on: 'value' }, stepId, up, { mapper })
}

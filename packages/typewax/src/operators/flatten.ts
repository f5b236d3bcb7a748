/** Owns `flatten`: takes iterables apart. */

import { compose } from '../dataflow/operator.ts'
import type { Stream } from '../dataflow/stream.ts'
import { quote, TypewaxError } from '../errors.ts'
import { flatMap } from './flat-map.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Replaces each item, an iterable, by its elements. Text is taken apart into characters.
     *
     * ```ts
     * lines.map('split', (line) => line.split(' ')).flatten('words')
     * ```
     *
     * An item that is not iterable ends the run with `UNEXPECTED_ITEM`.
     */
    flatten(this: Stream<Iterable<unknown>>, stepId: string): Stream<X extends Iterable<infer Y> ? Y : unknown>
  }
}

/** The function form of `stream.flatten`. */
export function flatten<Y>(stepId: string, up: Stream<Iterable<Y>>): Stream<Y> {
  return compose('flatten', stepId, { up }, (inner) => flatMap<Iterable<Y>, Y>('flatMap', inner.up, checkIterable))
}

function checkIterable<I>(item: I): I {
  if (typeof item === 'string' || (typeof item === 'object' && item !== null && Symbol.iterator in item)) return item
  throw new TypewaxError('UNEXPECTED_ITEM', `items must be iterable; got ${quote(item)}`)
}

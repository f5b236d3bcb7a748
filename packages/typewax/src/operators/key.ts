/** Owns the operators that make a stream keyed and unkeyed: `keyOn`, `keyed`, `keyRm`. */

import { checkFunction } from '../dataflow/operator.ts'
import type { KeyedStream, Stream } from '../dataflow/stream.ts'
import { checkKeyed, transformStep } from './transform.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Makes the stream keyed: each item becomes a value under the key that `key` returns. All values of a key meet on one worker.
     *
     * ```ts
     * trades.keyOn('symbol', (trade) => trade.symbol)
     * ```
     *
     * A key that is not a string ends the run with `KEY_NOT_STRING`.
     */
    keyOn(stepId: string, key: (item: X) => string): KeyedStream<X>

    /**
     * Makes a stream of `[key, value]` pairs keyed.
     *
     * ```ts
     * lines.map('pair', (line) => [line.slice(0, 2), line]).keyed('keyed')
     * ```
     *
     * An item that is no pair ends the run with `NOT_A_PAIR`, a key that is not a string with `KEY_NOT_STRING`.
     */
    keyed(this: Stream<readonly [string, unknown]>, stepId: string): KeyedStream<X extends readonly [string, infer V] ? V : unknown>
  }
  interface KeyedStream<out V> {
    /** Drops the keys. */
    keyRm(stepId: string): Stream<V>
  }
}

/** The function form of `stream.keyOn`. */
export function keyOn<X>(stepId: string, up: Stream<X>, key: (item: X) => string): KeyedStream<X> {
  return transformStep('keyOn', stepId, up, true, () => {
    checkFunction('keyOn', stepId, 'key', key)
    return { shape: 'keyOn', fn: key as (item: unknown) => string }
  })
}

/** The function form of `stream.keyed`. */
export function keyed<V>(stepId: string, up: Stream<readonly [string, V]>): KeyedStream<V> {
  return transformStep('keyed', stepId, up, true, () => ({ shape: 'keyed' }))
}

/** The function form of `stream.keyRm`. */
export function keyRm<V>(stepId: string, up: KeyedStream<V>): Stream<V> {
  return transformStep('keyRm', stepId, up, false, (inner) => {
    checkKeyed('keyRm', stepId, inner)
    return { shape: 'keyRm' }
  })
}

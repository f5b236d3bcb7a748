/** Owns the operators that give one result per key at the end of input: `foldFinal` and what is built on it. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import { DISCARD, type Emit, NOTHING, type StatefulLogic } from '../dataflow/step.ts'
import type { KeyedStream, Stream } from '../dataflow/stream.ts'
import { settled } from './checks.ts'
import { keyOn } from './key.ts'
import { mapValue } from './map.ts'
import { stateful } from './stateful.ts'

/** What values are compared by. */
export type Rank<V> = (value: V) => number | string

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Counts the items of each key. Emits at the end of input only, in ascending order of the keys on each worker.
     *
     * ```ts
     * words.countFinal('count', (word) => word)
     * ```
     */
    countFinal(stepId: string, key: (item: X) => string): KeyedStream<number>
  }
  interface KeyedStream<out V> {
    /**
     * Folds the values of each key into an accumulator that `builder` makes. Emits it at the end of input only, in ascending order of the keys.
     *
     * ```ts
     * words.foldFinal('lengths', () => new Set<number>(), (lengths, word) => lengths.add(word.length))
     * ```
     *
     * The accumulator is the state of the key: plain data.
     */
    foldFinal<A>(stepId: string, builder: () => A, folder: (accumulator: A, value: V) => A): KeyedStream<A>

    /** Combines the values of each key, two at a time, in order of arrival. Emits at the end of input only. `undefined` counts as no value. */
    reduceFinal(stepId: string, reducer: (left: V, right: V) => V): KeyedStream<V>

    /** Gives the greatest value of each key at the end of input: by itself, or by what `by` returns. Of equal ones the earliest. */
    maxFinal(stepId: string, by?: Rank<V>): KeyedStream<V>

    /** Gives the least value of each key at the end of input: by itself, or by what `by` returns. Of equal ones the earliest. */
    minFinal(stepId: string, by?: Rank<V>): KeyedStream<V>
  }
}

/** The function form of `stream.foldFinal`. */
export function foldFinal<V, A>(stepId: string, up: KeyedStream<V>, builder: () => A, folder: (accumulator: A, value: V) => A): KeyedStream<A> {
  return compose('foldFinal', stepId, { up }, (inner) => {
    checkFunction('foldFinal', stepId, 'builder', builder)
    checkFunction('foldFinal', stepId, 'folder', folder)
    return folding(inner.up, builder, { callee: 'folder', folder: settled('folder', folder) })
  })
}

/** The function form of `stream.reduceFinal`. */
export function reduceFinal<V>(stepId: string, up: KeyedStream<V>, reducer: (left: V, right: V) => V): KeyedStream<V> {
  return compose('reduceFinal', stepId, { up }, (inner) => {
    checkFunction('reduceFinal', stepId, 'reducer', reducer)
    return reducing(inner.up, { callee: 'reducer', folder: settled('reducer', reducer) })
  })
}

/** The function form of `stream.maxFinal`. */
export function maxFinal<V>(stepId: string, up: KeyedStream<V>, by: Rank<V> = itself): KeyedStream<V> {
  return compose('maxFinal', stepId, { up }, (inner) => {
    checkFunction('maxFinal', stepId, 'by', by)
    const rank = settled('by', by)
    return picking(inner.up, (left, right) => (rank(right) > rank(left) ? right : left))
  })
}

/** The function form of `stream.minFinal`. */
export function minFinal<V>(stepId: string, up: KeyedStream<V>, by: Rank<V> = itself): KeyedStream<V> {
  return compose('minFinal', stepId, { up }, (inner) => {
    checkFunction('minFinal', stepId, 'by', by)
    const rank = settled('by', by)
    return picking(inner.up, (left, right) => (rank(right) < rank(left) ? right : left))
  })
}

/** The function form of `stream.countFinal`. */
export function countFinal<X>(stepId: string, up: Stream<X>, key: (item: X) => string): KeyedStream<number> {
  return compose('countFinal', stepId, { up }, (inner) => {
    checkFunction('countFinal', stepId, 'key', key)
    // Only a number travels to the worker of the key, not the item.
    const ones = mapValue('one', keyOn('keyOn', inner.up, key), () => 1)
    return compose('foldFinal', 'sum', { up: ones }, ({ up }) => folding(up, zero, { callee: 'folder', folder: add }))
  })
}

function itself<V>(value: V): number {
  return value as number
}

function zero(): number {
  return 0
}

function add(left: number, right: number): number {
  return left + right
}

/** A folder with the name of the user's function that it calls: what the logics of a step share. */
interface Folding<V, A> {
  readonly callee: string
  readonly folder: (accumulator: A, value: V) => A
}

function folding<V, A>(up: KeyedStream<V>, builder: () => A, fold: Folding<V, A>): KeyedStream<A> {
  return stateful<V, A, A>('stateful', up, (resumeState) => new FoldLogic(fold, resumeState === undefined ? builder() : resumeState))
}

function reducing<V>(up: KeyedStream<V>, { callee, folder: reducer }: Folding<V, V>): KeyedStream<V> {
  const nothing = (): V => undefined as V
  const folder = (left: V, right: V): V => (left === undefined ? right : reducer(left, right))
  return compose('foldFinal', 'foldFinal', { up }, (inner) => folding(inner.up, nothing, { callee, folder }))
}

/** Reduces to one of the values, by their rank. */
function picking<V>(up: KeyedStream<V>, reducer: (left: V, right: V) => V): KeyedStream<V> {
  return compose('reduceFinal', 'reduceFinal', { up }, (inner) => reducing(inner.up, { callee: 'by', folder: reducer }))
}

class FoldLogic<V, A> implements StatefulLogic<V, A, A> {
  readonly #fold: Folding<V, A>
  #accumulator: A

  constructor(fold: Folding<V, A>, accumulator: A) {
    this.#fold = fold
    this.#accumulator = accumulator
  }

  get callee(): string {
    return this.#fold.callee
  }

  onItem(value: V): Emit<never> {
    this.#accumulator = this.#fold.folder(this.#accumulator, value)
    return NOTHING
  }

  onEof(): Emit<A> {
    return [[this.#accumulator], DISCARD]
  }

  snapshot(): A {
    return this.#accumulator
  }
}

/** Owns `collectWindow`: the values of each window, gathered. */

import { compose } from '../dataflow/operator.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { quote, TypewaxError } from '../errors.ts'
import { checkOneOf } from '../operators/checks.ts'
import { checkKeyed } from '../operators/transform.ts'
import { checkWindowing, type WindowOptions } from './checks.ts'
import type { Clock } from './clock.ts'
import { foldWindow } from './fold-window.ts'
import type { WindowOut } from './window.ts'
import type { Windower } from './windower.ts'

/** What the values of a window are gathered into, by name. */
export interface Collected<V> {
  list: V[]
  set: Set<V>
  /** Of values that are `[key, value]` pairs. */
  map: V extends readonly [infer K, infer D] ? Map<K, D> : never
}

export interface CollectWindowOptions<C extends keyof Collected<unknown>> extends WindowOptions {
  /**
   * `'list'` (default), `'set'`, or `'map'`, for values that are `[key, value]` pairs: of equal keys the later value stays. A value that is no pair ends
   * the run with `NOT_A_PAIR`.
   */
  readonly into?: C
}

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Gathers the values of each window: into a list, a set or a map, emitted when the window closes.
     *
     * ```ts
     * orders.collectWindow('orders', clock, windower).down // KeyedStream<[windowId: number, result: Order[]]>
     * ```
     *
     * All values of a window are state until it closes. Where a number will do, `foldWindow` keeps less.
     */
    collectWindow<C extends keyof Collected<unknown> = 'list'>(
      stepId: string,
      clock: Clock<V>,
      windower: Windower,
      options?: CollectWindowOptions<C>,
    ): WindowOut<V, Collected<V>[C]>
  }
}

/** The function form of `stream.collectWindow`. */
export function collectWindow<V, C extends keyof Collected<unknown> = 'list'>(
  stepId: string,
  up: KeyedStream<V>,
  clock: Clock<V>,
  windower: Windower,
  options: CollectWindowOptions<C> = {},
): WindowOut<V, Collected<V>[C]> {
  return compose('collectWindow', stepId, { up }, (inner) => {
    checkKeyed('collectWindow', stepId, inner.up)
    checkWindowing('collectWindow', stepId, { clock, windower, options })
    const { into = 'list' as C, ...others } = options
    checkOneOf({ operator: 'collectWindow', stepId, name: 'into' }, CONTAINERS, into)
    const { builder, folder, merger } = FOLDS[into] as Fold<unknown>
    return foldWindow<V, never>('foldWindow', inner.up, clock, windower, builder as () => never, folder as () => never, merger as () => never, others)
  })
}

interface Fold<A> {
  readonly builder: () => A
  readonly folder: (gathered: A, value: unknown) => A
  readonly merger: (target: A, original: A) => A
}

const CONTAINERS = ['list', 'set', 'map'] as const

const list: Fold<unknown[]> = {
  builder: () => [],
  folder: (gathered, value) => {
    gathered.push(value)
    return gathered
  },
  merger: (target, original) => target.concat(original),
}

const set: Fold<Set<unknown>> = {
  builder: () => new Set(),
  folder: (gathered, value) => gathered.add(value),
  merger: (target, original) => new Set([...target, ...original]),
}

const map: Fold<Map<unknown, unknown>> = {
  builder: () => new Map(),
  folder: (gathered, pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new TypewaxError('NOT_A_PAIR', `values to collect into a map must be [key, value] pairs; got ${quote(pair)}`)
    }
    return gathered.set(pair[0], pair[1])
  },
  merger: (target, original) => new Map([...target, ...original]),
}

const FOLDS = { list, set, map }

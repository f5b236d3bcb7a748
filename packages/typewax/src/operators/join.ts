/** Owns `join`: keyed streams side by side. */

import { compose } from '../dataflow/operator.ts'
import { DISCARD, type Emit, NOTHING, RETAIN, type StatefulLogic } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkOneOf } from './checks.ts'
import { checkTtl, type Ttl, type TtlOptions } from './expiring.ts'
import {
  EMIT_MODES,
  type EmitMode,
  INSERT_MODES,
  type InsertMode,
  insert,
  isComplete,
  type JoinRow,
  nothingSeen,
  rowsOf,
  type Seen,
} from './join-rows.ts'
import { mapValue } from './map.ts'
import { merge, type Sides } from './merge.ts'
import { stateful } from './stateful.ts'

export interface JoinOptions<E extends EmitMode> {
  /** Which values of a side are kept. Default `'last'`. `'product'` keeps all and gives every combination. */
  readonly insert?: InsertMode
  /**
   * When rows are emitted. Default `'complete'`: once every side has a value; the key then starts anew. `'final'`: at the end of input.
   * `'running'`: at every value; keys are never forgotten, unless there is a `ttlMs`.
   */
  readonly emit?: E
}

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Puts values of the same key of several streams side by side, this stream first. Where rows may be incomplete, missing sides are `undefined`.
     *
     * ```ts
     * users.join('joined', [emails, logins]) // KeyedStream<[User, Email, Login]>
     * ```
     *
     * With `'product'` a key keeps every value it has seen: without `'complete'` that has no bound. Unknown modes: `INVALID_ARGUMENT`. With `ttlMs` a key is
     * dropped when no side had a value for so long: what was waiting for the other sides is gone, and under `'final'` has no row.
     */
    join<U extends unknown[], E extends EmitMode = 'complete'>(
      stepId: string,
      sides: readonly [...Sides<U>],
      options?: JoinOptions<E> & TtlOptions<V | U[number]>,
    ): KeyedStream<JoinRow<[V, ...U], E>>
  }
}

/** The function form of `stream.join`. */
export function join<V, U extends unknown[], E extends EmitMode = 'complete'>(
  stepId: string,
  up: KeyedStream<V>,
  sides: readonly [...Sides<U>],
  options: JoinOptions<E> & TtlOptions<V | U[number]> = {},
): KeyedStream<JoinRow<[V, ...U], E>> {
  return compose('join', stepId, { up, sides: sides as readonly KeyedStream<unknown>[] }, (inner) => {
    const { insert = 'last', emit = 'complete' as E } = options
    checkOneOf({ operator: 'join', stepId, name: 'insert' }, INSERT_MODES, insert)
    checkOneOf({ operator: 'join', stepId, name: 'emit' }, EMIT_MODES, emit)
    const ttl = checkTtl('join', stepId, options)
    const merged = labelled([inner.up, ...inner.sides])
    const kind = { sideCount: inner.sides.length + 1, insert, emit }
    const builder = (resumeState: Seen | undefined): JoinLogic => new JoinLogic(kind, resumeState)
    return stateful('join', merged, builder, labelledTtl(ttl)) as KeyedStream<never>
  })
}

/** A value with the index of its side. */
export type Labelled = readonly [side: number, value: unknown]

/** Merges streams into one whose values say which side they come from. */
export function labelled(sides: readonly KeyedStream<unknown>[]): KeyedStream<Labelled> {
  const labels = sides.map((side, index) => mapValue<unknown, Labelled>(`label_${index}`, side, (value): Labelled => [index, value]))
  return merge<Labelled[]>('merge', ...labels)
}

/** The options of a step on labelled values, by which keys are dropped. */
export function labelledTtl(ttl: Ttl | undefined): TtlOptions<Labelled> | undefined {
  if (ttl === undefined) return undefined
  const { ttlMs, timestamp } = ttl
  return timestamp === undefined ? { ttlMs } : { ttlMs, timestamp: ([, value]) => timestamp(value) }
}

interface JoinKind {
  readonly sideCount: number
  readonly insert: InsertMode
  readonly emit: EmitMode
}

class JoinLogic implements StatefulLogic<Labelled, unknown[], Seen> {
  readonly #kind: JoinKind
  readonly #seen: Seen

  constructor(kind: JoinKind, resumeState: Seen | undefined) {
    this.#kind = kind
    this.#seen = resumeState ?? nothingSeen(kind.sideCount)
  }

  onItem([side, value]: Labelled): Emit<unknown[]> {
    const { insert: insertMode, emit } = this.#kind
    insert(this.#seen, side, value, insertMode)
    if (emit === 'running') return [rowsOf(this.#seen), RETAIN]
    return emit === 'complete' && isComplete(this.#seen) ? [rowsOf(this.#seen), DISCARD] : NOTHING
  }

  onEof(): Emit<unknown[]> {
    return this.#kind.emit === 'final' ? [rowsOf(this.#seen), DISCARD] : NOTHING
  }

  snapshot(): Seen {
    return this.#seen
  }
}

/** Owns `lookupJoin`: values joined with a table as it is when they arrive. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import { DISCARD, type Emit, NOTHING, RETAIN, type StatefulLogic } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkOneOf, settled } from '../operators/checks.ts'
import { checkTtl, type TtlOptions } from '../operators/expiring.ts'
import { type Labelled, labelled, labelledTtl } from '../operators/join.ts'
import type { RowOfKind } from '../operators/join-rows.ts'
import { stateful } from '../operators/stateful.ts'
import { checkKeyed } from '../operators/transform.ts'

export interface LookupJoinOptions<V, U, K extends 'inner' | 'left' = 'inner' | 'left'> extends TtlOptions<V | U> {
  /** Whether values that find nothing give a row, with `undefined` in its place: `'inner'` (default) not, `'left'` they do. */
  readonly kind?: K
  /** Says whether a value of the table is no row but deletes the one that is there. Default: none does. */
  readonly isDelete?: (row: U) => boolean
}

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Joins each value with the row that the table has for its key when the value arrives. A value of the table replaces the row.
     *
     * ```ts
     * orders.lookupJoin('with-address', addresses) // KeyedStream<[Order, Address]>
     * ```
     *
     * Nothing waits: which of two values of different streams arrives first is up to their sources, and a replay may join otherwise. Where times are
     * known, `asOfJoin` gives the same rows each time. The state is a row for each key; with `ttlMs` a row
     * is dropped that was neither set nor asked for so long. Unknown kind: `INVALID_ARGUMENT`.
     */
    lookupJoin<U, K extends 'inner' | 'left' = 'inner'>(
      stepId: string,
      table: KeyedStream<U>,
      options?: LookupJoinOptions<V, U, K>,
    ): KeyedStream<RowOfKind<[V, U], K>>
  }
}

/** The function form of `stream.lookupJoin`. */
export function lookupJoin<V, U, K extends 'inner' | 'left' = 'inner'>(
  stepId: string,
  up: KeyedStream<V>,
  table: KeyedStream<U>,
  options: LookupJoinOptions<V, U, K> = {},
): KeyedStream<RowOfKind<[V, U], K>> {
  return compose('lookupJoin', stepId, { up, table }, (inner) => {
    for (const side of [inner.up, inner.table]) checkKeyed('lookupJoin', stepId, side)
    const { kind = 'inner' as K, isDelete = () => false } = options
    checkOneOf({ operator: 'lookupJoin', stepId, name: 'kind' }, ['inner', 'left'], kind)
    checkFunction('lookupJoin', stepId, 'isDelete', isDelete)
    const ttl = checkTtl('lookupJoin', stepId, options)
    const settings: LookupSettings = { kind, isDelete: settled('isDelete', isDelete as (row: unknown) => boolean) }
    const merged = labelled([inner.up, inner.table])
    return stateful('join', merged, (row: StoredRow | undefined) => new LookupLogic(settings, row), labelledTtl(ttl)) as KeyedStream<never>
  })
}

interface LookupSettings {
  readonly kind: 'inner' | 'left'
  readonly isDelete: (row: unknown) => boolean
}

/** In an array, as a row may be `undefined`. */
type StoredRow = readonly [row: unknown]

/** A key is kept while it has a row. */
class LookupLogic implements StatefulLogic<Labelled, unknown[], StoredRow> {
  readonly #settings: LookupSettings
  #row: StoredRow | undefined

  constructor(settings: LookupSettings, row: StoredRow | undefined) {
    this.#settings = settings
    this.#row = row
  }

  get callee(): string {
    return 'isDelete'
  }

  onItem([side, value]: Labelled): Emit<unknown[]> {
    if (side === 0) return this.#join(value)
    if (this.#settings.isDelete(value)) return [[], DISCARD]
    this.#row = [value]
    return NOTHING
  }

  snapshot(): StoredRow {
    return this.#row as StoredRow
  }

  #join(value: unknown): Emit<unknown[]> {
    if (this.#row !== undefined) return [[[value, this.#row[0]]], RETAIN]
    return [this.#settings.kind === 'left' ? [[value, undefined]] : [], DISCARD]
  }
}

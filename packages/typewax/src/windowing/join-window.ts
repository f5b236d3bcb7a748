/** Owns `joinWindow`: keyed streams side by side, within windows. */

import { compose } from '../dataflow/operator.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkOneOf } from '../operators/checks.ts'
import { type JoinOptions, labelled } from '../operators/join.ts'
import { EMIT_MODES, type EmitMode, INSERT_MODES, JOIN_KINDS, type JoinKind, type RowOfKind } from '../operators/join-rows.ts'
import { mapValue } from '../operators/map.ts'
import type { Sides } from '../operators/merge.ts'
import { checkKeyed } from '../operators/transform.ts'
import { checkWindowing, type WindowOptions } from './checks.ts'
import type { Clock } from './clock.ts'
import { joinFold } from './join-slices.ts'
import { JoinWindowLogic, type JoinWindowState } from './join-window-logic.ts'
import { ofValues } from './labelled-clock.ts'
import { sliced } from './slice-driver.ts'
import { type WindowOut, windowed } from './window.ts'
import type { Windower } from './windower.ts'

/**
 * Options of `joinWindow`. `emit` is `'final'` by default: rows come when the window closes. With `'complete'` a window starts anew after each complete
 * row. Of sessions that become one, the first and the last value of a side are the earliest and the latest by timestamp.
 */
export type JoinWindowOptions<E extends EmitMode = EmitMode, K extends JoinKind = JoinKind> = JoinOptions<E> &
  WindowOptions & {
    /**
     * Which sides a row must have to come out: `'inner'` all, `'left'` the first (this stream), `'right'` the last, `'outer'` (default) any. The other
     * sides are `undefined` where they are missing. Of no effect with `'complete'`: its rows have all sides.
     */
    readonly kind?: K
  }

/** A row of `joinWindow`. */
export type JoinWindowRow<T extends unknown[], E extends EmitMode, K extends JoinKind> = E extends 'complete' ? T : RowOfKind<T, K>

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Puts values of the same key and the same window of several streams side by side, this stream first. Missing sides are `undefined`, or rows with
     * missing sides are left out, as `kind` says.
     *
     * ```ts
     * orders.joinWindow('paid', [payments], clock, windower).down // KeyedStream<[windowId: number, result: [Order | undefined, Payment | undefined]]>
     * ```
     *
     * The clock reads the values of all sides: they share one watermark per key. Unknown modes: `INVALID_ARGUMENT`.
     */
    joinWindow<U extends unknown[], E extends EmitMode = 'final', K extends JoinKind = 'outer'>(
      stepId: string,
      sides: readonly [...Sides<U>],
      clock: Clock<V | U[number]>,
      windower: Windower,
      options?: JoinWindowOptions<E, K>,
    ): WindowOut<V | U[number], JoinWindowRow<[V, ...U], E, K>>
  }
}

/** The function form of `stream.joinWindow`. */
export function joinWindow<V, U extends unknown[], E extends EmitMode = 'final', K extends JoinKind = 'outer'>(
  stepId: string,
  up: KeyedStream<V>,
  sides: readonly [...Sides<U>],
  clock: Clock<V | U[number]>,
  windower: Windower,
  options: JoinWindowOptions<E, K> = {},
): WindowOut<V | U[number], JoinWindowRow<[V, ...U], E, K>> {
  return compose('joinWindow', stepId, { up, sides: sides as readonly KeyedStream<unknown>[] }, (inner) => {
    const ups = [inner.up, ...inner.sides]
    for (const side of ups) checkKeyed('joinWindow', stepId, side)
    checkWindowing('joinWindow', stepId, { clock, windower, options })
    const { insert = 'last', emit = 'final' as E, kind = 'outer' as K, ...others } = options
    checkOneOf({ operator: 'joinWindow', stepId, name: 'insert' }, INSERT_MODES, insert)
    checkOneOf({ operator: 'joinWindow', stepId, name: 'emit' }, EMIT_MODES, emit)
    checkOneOf({ operator: 'joinWindow', stepId, name: 'kind' }, JOIN_KINDS, kind)
    const { ordered = true, early, allowedLatenessMs = 0 } = others
    // Where one value a side is kept and only the end counts, order can be had without letting values wait.
    const isPlain = ordered && clock.followsStream === true && early === undefined && allowedLatenessMs === 0
    const what = { sideCount: ups.length, insert, emit, kind }
    const joined =
      isPlain && windower.regular !== undefined && emit === 'final' && insert !== 'product'
        ? sliced(labelled(ups), ofValues(clock), windower.regular, joinFold(ups.length, insert, kind))
        : windowed('window', labelled(ups), ofValues(clock), windower, (state: JoinWindowState | undefined) => new JoinWindowLogic(what, state), {
            ...others,
            isQuiet: emit === 'final',
          })
    const late = mapValue('unlabelLate', joined.late, ([windowId, [, value]]) => [windowId, value] as const)
    // Rows are built by the number of the side: which type stands where, only the signature knows.
    return { ...joined, late } as unknown as WindowOut<V | U[number], JoinWindowRow<[V, ...U], E, K>>
  })
}

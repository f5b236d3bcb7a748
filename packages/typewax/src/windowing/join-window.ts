/** Owns `joinWindow`: keyed streams side by side, within windows. */

import { compose } from '../dataflow/operator.ts'
import type { LogicContext } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkOneOf } from '../operators/checks.ts'
import { type JoinOptions, type Labelled, labelled } from '../operators/join.ts'
import { EMIT_MODES, type EmitMode, INSERT_MODES, type JoinRow } from '../operators/join-rows.ts'
import { mapValue } from '../operators/map.ts'
import type { Sides } from '../operators/merge.ts'
import { checkKeyed } from '../operators/transform.ts'
import { checkWindowing, type WindowOptions } from './checks.ts'
import type { Clock, ClockLogic } from './clock.ts'
import { JoinWindowLogic, type JoinWindowState } from './join-window-logic.ts'
import { type WindowOut, window } from './window.ts'
import type { Windower } from './windower.ts'

/**
 * Options of `joinWindow`. `emit` is `'final'` by default: rows come when the window closes. With `'complete'` a window starts anew after each complete
 * row. Of sessions that become one, the first and the last value of a side are the earliest and the latest by timestamp.
 */
export type JoinWindowOptions<E extends EmitMode> = JoinOptions<E> & WindowOptions

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Puts values of the same key and the same window of several streams side by side, this stream first. Missing sides are `undefined`.
     *
     * ```ts
     * orders.joinWindow('paid', [payments], clock, windower).down // KeyedStream<[windowId: number, result: [Order | undefined, Payment | undefined]]>
     * ```
     *
     * The clock reads the values of all sides: they share one watermark per key. Unknown modes: `INVALID_ARGUMENT`.
     */
    joinWindow<U extends unknown[], E extends EmitMode = 'final'>(
      stepId: string,
      sides: readonly [...Sides<U>],
      clock: Clock<V | U[number]>,
      windower: Windower,
      options?: JoinWindowOptions<E>,
    ): WindowOut<V | U[number], JoinRow<[V, ...U], E>>
  }
}

/** The function form of `stream.joinWindow`. */
export function joinWindow<V, U extends unknown[], E extends EmitMode = 'final'>(
  stepId: string,
  up: KeyedStream<V>,
  sides: readonly [...Sides<U>],
  clock: Clock<V | U[number]>,
  windower: Windower,
  options: JoinWindowOptions<E> = {},
): WindowOut<V | U[number], JoinRow<[V, ...U], E>> {
  return compose('joinWindow', stepId, { up, sides: sides as readonly KeyedStream<unknown>[] }, (inner) => {
    const ups = [inner.up, ...inner.sides]
    for (const side of ups) checkKeyed('joinWindow', stepId, side)
    checkWindowing('joinWindow', stepId, { clock, windower, options })
    const { insert = 'last', emit = 'final' as E, ...others } = options
    checkOneOf({ operator: 'joinWindow', stepId, name: 'insert' }, INSERT_MODES, insert)
    checkOneOf({ operator: 'joinWindow', stepId, name: 'emit' }, EMIT_MODES, emit)
    const kind = { sideCount: ups.length, insert, emit }
    const joined = window(
      'window',
      labelled(ups),
      ofValues(clock),
      windower,
      (state: JoinWindowState | undefined) => new JoinWindowLogic(kind, state),
      others,
    )
    const late = mapValue('unlabelLate', joined.late, ([windowId, [, value]]) => [windowId, value] as const)
    return { ...joined, late } as unknown as WindowOut<V | U[number], JoinRow<[V, ...U], E>>
  })
}

/** The same clock for values with the index of their side. */
function ofValues<V>(clock: Clock<V>): Clock<Labelled> {
  return { build: (resumeState, context) => new ValueClockLogic(clock, resumeState, context) }
}

class ValueClockLogic<V> implements ClockLogic<Labelled> {
  readonly #clock: ClockLogic<V>

  constructor(clock: Clock<V>, resumeState: unknown, context: LogicContext) {
    this.#clock = clock.build(resumeState, context)
  }

  get watermarkMs(): number {
    return this.#clock.watermarkMs
  }

  beforeBatch(): void {
    this.#clock.beforeBatch()
  }

  onItem([, value]: Labelled): number {
    return this.#clock.onItem(value as V)
  }

  onNotify(): void {
    this.#clock.onNotify()
  }

  onEof(): number {
    return this.#clock.onEof()
  }

  wakeAt(watermarkMs: number): number | undefined {
    return this.#clock.wakeAt(watermarkMs)
  }

  snapshot(): unknown {
    return this.#clock.snapshot()
  }
}

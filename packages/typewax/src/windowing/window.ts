/** Owns `window`, which all window operators come down to: values of a key in windows of time, with a logic of the user's for each window. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import type { AnnotateTheStateParameter } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { filterMapValue } from '../operators/filter-map.ts'
import { statefulBatch } from '../operators/stateful-batch.ts'
import { checkKeyed } from '../operators/transform.ts'
import { checkWindowing, type WindowOptions } from './checks.ts'
import type { Clock } from './clock.ts'
import { type DriverState, WindowDriver, type WindowEvent } from './driver.ts'
import type { WindowMetadata } from './metadata.ts'
import type { StoredBlock } from './value-queue.ts'
import type { WindowLogicBuilder } from './window-logic.ts'
import type { Windower } from './windower.ts'

/** The streams that a window operator makes. Window ids are integers, unique per key. */
export interface WindowOut<out V, out W> {
  /** Results. */
  readonly down: KeyedStream<[windowId: number, result: W]>
  /** Values that came too late, once for each window that they would have been in. */
  readonly late: KeyedStream<[windowId: number, value: V]>
  /** What is known of each window, when it closes. */
  readonly meta: KeyedStream<[windowId: number, metadata: WindowMetadata]>
}

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Keeps a logic of your own for each window of each key. Prefer `foldWindow` and its like unless a window emits before it closes.
     *
     * ```ts
     * const { down } = orders.window('first', clock, windower, (seen: boolean | undefined) => {
     *   let isFirst = seen !== true
     *   return {
     *     onValue: (order) => {
     *       const first = isFirst ? [order.id] : []
     *       isFirst = false
     *       return first
     *     },
     *     onMerge: () => [],
     *     onClose: () => [],
     *     snapshot: () => !isFirst,
     *   }
     * })
     * ```
     *
     * State must be plain data, otherwise `UNSERIALISABLE_STATE`.
     */
    window<W, S = AnnotateTheStateParameter>(
      stepId: string,
      clock: Clock<V>,
      windower: Windower,
      builder: WindowLogicBuilder<V, W, S>,
      options?: WindowOptions,
    ): WindowOut<V, W>
  }
}

/** The function form of `stream.window`. */
export function window<V, W, S = AnnotateTheStateParameter>(
  stepId: string,
  up: KeyedStream<V>,
  clock: Clock<V>,
  windower: Windower,
  builder: WindowLogicBuilder<V, W, S>,
  options: WindowOptions = {},
): WindowOut<V, W> {
  return compose('window', stepId, { up }, (inner) => {
    checkKeyed('window', stepId, inner.up)
    checkWindowing('window', stepId, { clock, windower, options })
    checkFunction('window', stepId, 'builder', builder)
    const { ordered = true, forgetAfterMs = Number.POSITIVE_INFINITY } = options
    const settings = { clock, windower, builder, ordered, forgetAfterMs }
    const events = statefulBatch<V, WindowEvent<V, W>, DriverState, S | StoredBlock<V>>(
      'statefulBatch',
      inner.up,
      (resumeState, _key, parts, context) => {
        return new WindowDriver<V, W, S>(settings, resumeState, parts, context)
      },
    )
    return {
      down: unwrap<W>('unwrapDown', events, 'down'),
      late: unwrap<V>('unwrapLate', events, 'late'),
      meta: unwrap<WindowMetadata>('unwrapMeta', events, 'meta'),
    }
  })
}

/** The events of one kind, without it. */
function unwrap<P>(
  stepId: string,
  events: KeyedStream<WindowEvent<unknown, unknown>>,
  wanted: WindowEvent<unknown, unknown>[1],
): KeyedStream<[windowId: number, payload: P]> {
  return filterMapValue(stepId, events, ([windowId, kind, payload]): [number, P] | undefined => {
    return kind === wanted ? [windowId, payload as P] : undefined
  })
}

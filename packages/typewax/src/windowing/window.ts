/** Owns `window`, which all window operators come down to: values of a key in windows of time, with a logic of the user's for each window. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import type { AnnotateTheStateParameter } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkKeyed, picked } from '../operators/transform.ts'
import { checkWindowing, type WindowOptions } from './checks.ts'
import type { Clock } from './clock.ts'
import { WindowDriver } from './driver.ts'
import { FiringDriver } from './firing-driver.ts'
import type { WindowMetadata } from './metadata.ts'
import { type TimedBuilder, timed } from './timed.ts'
import type { Timing, WindowEvent } from './window-event.ts'
import type { WindowLogicBuilder } from './window-logic.ts'
import type { Windower } from './windower.ts'

/** The streams that a window operator makes. Window ids are integers, unique per key. */
export interface WindowOut<out V, out W> {
  /** Results. */
  readonly down: KeyedStream<[windowId: number, result: W]>
  /** Values that came too late, once for each window that they would have been in. */
  readonly late: KeyedStream<[windowId: number, value: V]>
  /** What is known of each window, when it closes: once it is over. */
  readonly meta: KeyedStream<[windowId: number, metadata: WindowMetadata]>
  /** The results of `down`, with what is to be known of each. */
  readonly results: KeyedStream<WindowResult<W>>
}

/** A result of a window. */
export interface WindowResult<out W> {
  readonly windowId: number
  readonly result: W
  /** Whether it came before the window was over, when it was, or later, as a correction. */
  readonly timing: Timing
  /** Bounds of the window when the result was given, see `WindowMetadata`. */
  readonly openTimeMs: number
  readonly closeTimeMs: number
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
  return windowed(stepId, up, clock, windower, builder, { ...options, isQuiet: false })
}

/** What only operators know of their windows. */
export interface InnerWindowOptions extends WindowOptions {
  /** Whether windows give nothing before they are over. */
  readonly isQuiet: boolean
}

/** `window`, for the operators that are built on it. */
export function windowed<V, W, S>(
  stepId: string,
  up: KeyedStream<V>,
  clock: Clock<V>,
  windower: Windower,
  builder: WindowLogicBuilder<V, W, S>,
  options: InnerWindowOptions,
): WindowOut<V, W> {
  return compose('window', stepId, { up }, (inner) => {
    checkKeyed('window', stepId, inner.up)
    checkWindowing('window', stepId, { clock, windower, options })
    checkFunction('window', stepId, 'builder', builder)
    const toDriver = driverOf(clock, windower, builder, options)
    const { forgetAfterMs, early } = options
    const usesSystemTime = typeof early === 'object' && 'everyMs' in early
    return windowOut<V, W>(timed('statefulBatch', inner.up, clock, toDriver, { forgetAfterMs, usesSystemTime }))
  })
}

/** Says how the driver of each key is made. */
function driverOf<V, W, S>(
  clock: Clock<V>,
  windower: Windower,
  builder: WindowLogicBuilder<V, W, S>,
  options: InnerWindowOptions,
): TimedBuilder<V, WindowEvent<V, W>, unknown, unknown> {
  const { ordered = true, early, allowedLatenessMs, mode = 'accumulating', isQuiet } = options
  const isForgetful = clock.followsStream === true
  const settings = { windower, builder, ordered, isQuiet, isForgetful, isLateByWindow: isForgetful || allowedLatenessMs !== undefined }
  // With early results or lateness every value has its moment.
  const firing = { ...settings, isQuiet: false, early, allowedLatenessMs: allowedLatenessMs ?? 0, mode }
  const hasMoreResults = early !== undefined || firing.allowedLatenessMs > 0
  return (state, _key, parts, context) => {
    const driver = hasMoreResults ? new FiringDriver(firing, state, context) : new WindowDriver(settings, state)
    if (parts.size > 0) driver.restore(parts)
    return driver
  }
}

/** Tells the events of a driver apart. */
export function windowOut<V, W>(events: KeyedStream<WindowEvent<V, W>>): WindowOut<V, W> {
  const unwrap = <P>(stepId: string, pick: (event: WindowEvent<V, W>) => P | undefined): KeyedStream<P> => picked(stepId, events, pick)
  return {
    down: unwrap('unwrapDown', (event): [number, W] | undefined => (event[1] === 'down' ? [event[0], event[2]] : undefined)),
    late: unwrap('unwrapLate', (event): [number, V] | undefined => (event[1] === 'late' ? [event[0], event[2]] : undefined)),
    meta: unwrap('unwrapMeta', (event): [number, WindowMetadata] | undefined => (event[1] === 'meta' ? [event[0], event[2]] : undefined)),
    results: unwrap('unwrapResults', (event): WindowResult<W> | undefined => {
      if (event[1] !== 'down') return undefined
      const [windowId, , result, timing, { openTimeMs, closeTimeMs }] = event
      return { windowId, result, timing, openTimeMs, closeTimeMs }
    }),
  }
}

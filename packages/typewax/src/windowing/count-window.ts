/** Owns `countWindow`: how many items of each key fall into each window. */

import { count } from '../aggregates/count.ts'
import { checkFunction, compose } from '../dataflow/operator.ts'
import type { Stream } from '../dataflow/stream.ts'
import { keyOn } from '../operators/key.ts'
import { aggregated } from './aggregated.ts'
import { checkWindowing, type ResultOptions } from './checks.ts'
import type { Clock } from './clock.ts'
import type { WindowOut } from './window.ts'
import type { Windower } from './windower.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Counts the items of each key in each window. Emits the count when the window closes.
     *
     * ```ts
     * clicks.countWindow('count', clock, windower, (click) => click.page)
     * ```
     */
    countWindow(stepId: string, clock: Clock<X>, windower: Windower, key: (item: X) => string, options?: ResultOptions): WindowOut<X, number>
  }
}

/** The function form of `stream.countWindow`. */
export function countWindow<X>(
  stepId: string,
  up: Stream<X>,
  clock: Clock<X>,
  windower: Windower,
  key: (item: X) => string,
  options: ResultOptions = {},
): WindowOut<X, number> {
  return compose('countWindow', stepId, { up }, (inner) => {
    checkWindowing('countWindow', stepId, { clock, windower, options })
    checkFunction('countWindow', stepId, 'key', key)
    return aggregated(keyOn('keyOn', inner.up, key), clock, windower, count(), options)
  })
}

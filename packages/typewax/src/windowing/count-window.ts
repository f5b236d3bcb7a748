/** Owns `countWindow`: how many items of each key fall into each window. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import type { Stream } from '../dataflow/stream.ts'
import { keyOn } from '../operators/key.ts'
import { checkWindowing, type ForgetOptions } from './checks.ts'
import type { Clock } from './clock.ts'
import { foldWindow } from './fold-window.ts'
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
    countWindow(stepId: string, clock: Clock<X>, windower: Windower, key: (item: X) => string, options?: ForgetOptions): WindowOut<X, number>
  }
}

/** The function form of `stream.countWindow`. */
export function countWindow<X>(
  stepId: string,
  up: Stream<X>,
  clock: Clock<X>,
  windower: Windower,
  key: (item: X) => string,
  options: ForgetOptions = {},
): WindowOut<X, number> {
  return compose('countWindow', stepId, { up }, (inner) => {
    checkWindowing('countWindow', stepId, { clock, windower, options })
    checkFunction('countWindow', stepId, 'key', key)
    return foldWindow('sum', keyOn('keyOn', inner.up, key), clock, windower, zero, increment, add, { ...options, ordered: false })
  })
}

function zero(): number {
  return 0
}

function increment(count: number): number {
  return count + 1
}

function add(target: number, original: number): number {
  return target + original
}

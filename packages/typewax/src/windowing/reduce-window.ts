/** Owns `reduceWindow` and what is built on it: `maxWindow`, `minWindow`. */

import type { Aggregate } from '../aggregates/aggregate.ts'
import { checkFunction, compose } from '../dataflow/operator.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import type { Rank } from '../operators/fold-final.ts'
import { checkKeyed } from '../operators/transform.ts'
import { aggregated } from './aggregated.ts'
import { checkWindowing, type ResultOptions } from './checks.ts'
import type { Clock } from './clock.ts'
import type { WindowOut } from './window.ts'
import type { Windower } from './windower.ts'

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Combines the values of each window, two at a time, in order of arrival. Emits the result when the window closes. Windows that become one are
     * combined by `reducer` too. `undefined` counts as no value.
     */
    reduceWindow(stepId: string, clock: Clock<V>, windower: Windower, reducer: (left: V, right: V) => V, options?: ResultOptions): WindowOut<V, V>

    /** Gives the greatest value of each window when it closes: by itself, or by what `by` returns. Of equal ones the first to arrive. */
    maxWindow(stepId: string, clock: Clock<V>, windower: Windower, by?: Rank<V>, options?: ResultOptions): WindowOut<V, V>

    /** Gives the least value of each window when it closes: by itself, or by what `by` returns. Of equal ones the first to arrive. */
    minWindow(stepId: string, clock: Clock<V>, windower: Windower, by?: Rank<V>, options?: ResultOptions): WindowOut<V, V>
  }
}

/** The function form of `stream.reduceWindow`. */
export function reduceWindow<V>(
  stepId: string,
  up: KeyedStream<V>,
  clock: Clock<V>,
  windower: Windower,
  reducer: (left: V, right: V) => V,
  options: ResultOptions = {},
): WindowOut<V, V> {
  return compose('reduceWindow', stepId, { up }, (inner) => {
    checkKeyed('reduceWindow', stepId, inner.up)
    checkWindowing('reduceWindow', stepId, { clock, windower, options })
    checkFunction('reduceWindow', stepId, 'reducer', reducer)
    return aggregated(inner.up, clock, windower, reduced(reducer), options)
  })
}

/** `undefined` stands for no value, as in the reference. */
function reduced<V>(reducer: (left: V, right: V) => V): Aggregate<V, V | undefined, V> {
  const combine = (left: V | undefined, right: V | undefined): V | undefined => {
    return left === undefined ? right : right === undefined ? left : reducer(left, right)
  }
  return { create: () => undefined, add: combine, merge: combine, result: (accumulator) => accumulator as V, isOrdered: true }
}

/** The function form of `stream.maxWindow`. */
export function maxWindow<V>(
  stepId: string,
  up: KeyedStream<V>,
  clock: Clock<V>,
  windower: Windower,
  by: Rank<V> = itself,
  options: ResultOptions = {},
): WindowOut<V, V> {
  return ranked('maxWindow', stepId, up, { clock, windower, by, options }, (left, right) => (by(right) > by(left) ? right : left))
}

/** The function form of `stream.minWindow`. */
export function minWindow<V>(
  stepId: string,
  up: KeyedStream<V>,
  clock: Clock<V>,
  windower: Windower,
  by: Rank<V> = itself,
  options: ResultOptions = {},
): WindowOut<V, V> {
  return ranked('minWindow', stepId, up, { clock, windower, by, options }, (left, right) => (by(right) < by(left) ? right : left))
}

interface Ranking<V> {
  readonly clock: Clock<V>
  readonly windower: Windower
  readonly by: Rank<V>
  readonly options: ResultOptions
}

function ranked<V>(operator: string, stepId: string, up: KeyedStream<V>, ranking: Ranking<V>, better: (left: V, right: V) => V): WindowOut<V, V> {
  return compose(operator, stepId, { up }, (inner) => {
    checkKeyed(operator, stepId, inner.up)
    checkWindowing(operator, stepId, ranking)
    checkFunction(operator, stepId, 'by', ranking.by)
    return reduceWindow('reduceWindow', inner.up, ranking.clock, ranking.windower, better, ranking.options)
  })
}

function itself<V>(value: V): number {
  return value as number
}

/**
 * Owns how operators aggregate windows: regular windows by slices and sessions by a driver of their own, where they go by the time of the stream and
 * give nothing but the result at the end; else with an accumulator for each window.
 */

import type { Aggregate } from '../aggregates/aggregate.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import type { ResultOptions } from './checks.ts'
import type { Clock } from './clock.ts'
import { SessionDriver, type SessionsState } from './session-driver.ts'
import { sliced } from './slice-driver.ts'
import { timed } from './timed.ts'
import { type WindowOut, windowed, windowOut } from './window.ts'
import type { WindowEvent } from './window-event.ts'
import type { WindowLogic } from './window-logic.ts'
import type { RegularWindows, Windower } from './windower.ts'

/** Adds the steps. Arguments must have been checked. */
export function aggregated<V, A, R>(
  up: KeyedStream<V>,
  clock: Clock<V>,
  windower: Windower,
  aggregate: Aggregate<V, A, R>,
  options: ResultOptions,
): WindowOut<V, R> {
  const isPlain = clock.followsStream === true && options.early === undefined && (options.allowedLatenessMs ?? 0) === 0
  if (isPlain && windower.regular !== undefined && canBeSliced(windower.regular, aggregate.isOrdered === true)) {
    const { create, add, merge } = aggregate
    return sliced<V, A, R>(up, clock, windower.regular, { create, add, merge, results: (accumulator) => [aggregate.result(accumulator)] })
  }
  if (isPlain && windower.gapMs !== undefined) {
    const settings = { gapMs: windower.gapMs, aggregate }
    const toDriver = (state: SessionsState<A> | undefined): SessionDriver<V, A, R> => new SessionDriver(settings, state)
    return windowOut<V, R>(timed<V, WindowEvent<V, R>, SessionsState<A>>('sessions', up, clock, toDriver, { lingerMs: windower.gapMs }))
  }
  const toLogic = (state: A | undefined): WindowLogic<V, R, A> =>
    new AggregateWindowLogic(aggregate, state === undefined ? aggregate.create() : state)
  return windowed<V, R, A>('window', up, clock, windower, toLogic, { ...options, ordered: false, isQuiet: true })
}

/** Slices of overlapping windows are merged in another order than their values came. */
function canBeSliced({ lengthMs, offsetMs }: RegularWindows, isOrdered: boolean): boolean {
  return lengthMs === offsetMs || !isOrdered
}

const NOTHING: readonly never[] = []

class AggregateWindowLogic<V, A, R> implements WindowLogic<V, R, A> {
  readonly #aggregate: Aggregate<V, A, R>
  #accumulator: A

  constructor(aggregate: Aggregate<V, A, R>, accumulator: A) {
    this.#aggregate = aggregate
    this.#accumulator = accumulator
  }

  onValue(value: V): Iterable<never> {
    this.#accumulator = this.#aggregate.add(this.#accumulator, value)
    return NOTHING
  }

  onMerge(original: this): Iterable<never> {
    this.#accumulator = this.#aggregate.merge(this.#accumulator, original.#accumulator)
    return NOTHING
  }

  onTrigger(): Iterable<R> {
    return [this.#aggregate.result(this.#accumulator)]
  }

  onClose(): Iterable<R> {
    return [this.#aggregate.result(this.#accumulator)]
  }

  snapshot(): A {
    return this.#accumulator
  }
}

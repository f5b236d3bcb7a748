/**
 * Owns how operators aggregate windows: by slices where windows are regular, go by the time of the stream and give nothing but the result at the end,
 * else with an accumulator for each window.
 */

import type { Aggregate } from '../aggregates/aggregate.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import type { ResultOptions } from './checks.ts'
import type { Clock } from './clock.ts'
import { SliceDriver, type SliceState } from './slice-driver.ts'
import { Slices } from './slices.ts'
import { timed } from './timed.ts'
import { type WindowOut, windowed, windowOut } from './window.ts'
import type { WindowEvent } from './window-event.ts'
import type { WindowLogic } from './window-logic.ts'
import type { Windower } from './windower.ts'

/** Adds the steps. Arguments must have been checked. */
export function aggregated<V, A, R>(
  up: KeyedStream<V>,
  clock: Clock<V>,
  windower: Windower,
  aggregate: Aggregate<V, A, R>,
  options: ResultOptions,
): WindowOut<V, R> {
  const slices = clock.followsStream === true ? slicesFor(windower, aggregate.isOrdered === true, options) : undefined
  if (slices === undefined) {
    const toLogic = (state: A | undefined): WindowLogic<V, R, A> =>
      new AggregateWindowLogic(aggregate, state === undefined ? aggregate.create() : state)
    return windowed<V, R, A>('window', up, clock, windower, toLogic, { ...options, ordered: false, isQuiet: true })
  }
  const settings = { slices, aggregate }
  const toDriver = (state: SliceState<A> | undefined): SliceDriver<V, A, R> => new SliceDriver(settings, state)
  return windowOut<V, R>(timed<V, WindowEvent<V, R>, SliceState<A>>('slices', up, clock, toDriver))
}

/** Slices of the windows, if they can be used. */
function slicesFor({ regular }: Windower, isOrdered: boolean, { early, allowedLatenessMs = 0 }: ResultOptions): Slices | undefined {
  if (regular === undefined || early !== undefined || allowedLatenessMs > 0) return undefined
  const { lengthMs, offsetMs } = regular
  const isShared = lengthMs > offsetMs
  // Fractions would be cut in the wrong places, and slices merged in another order than values came.
  if (isShared && (isOrdered || !Number.isInteger(lengthMs) || !Number.isInteger(offsetMs))) return undefined
  return new Slices(regular)
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

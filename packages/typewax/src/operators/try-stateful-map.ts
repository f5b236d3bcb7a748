/** Owns `tryStatefulMap`: values that the mapper fails on go to a stream of their own, and leave the state as it was. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import type { Emit, StatefulLogic, Tuple } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { type Attempt, failed, splitKeyed, succeeded, type Tried } from './attempt.ts'
import { checkTtl, type TtlOptions } from './expiring.ts'
import { checkMapped, type InitialisedMapper } from './mapper-logic.ts'
import { stateful } from './stateful.ts'

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * As `statefulMap`, but a value on which `mapper` throws becomes a `Failure` on `errs`, its item being the `[key, value]` pair. The state stays as
     * it was before, even if `mapper` had begun to change it in place.
     *
     * ```ts
     * const { oks, errs } = orders.tryStatefulMap('stock', () => 100, (stock, order) => [take(stock, order), order])
     * ```
     *
     * For that the state is copied before each call unless it is a primitive: keep it small. With `ttlMs` a key is dropped when no value has come for so
     * long, whether or not it failed.
     */
    tryStatefulMap<S, W>(
      stepId: string,
      initial: () => S,
      mapper: InitialisedMapper<S, V, Tuple<W>>,
      options?: TtlOptions<V>,
    ): Tried<KeyedStream<W>, [key: string, value: V]>
  }
}

/** The function form of `stream.tryStatefulMap`. */
export function tryStatefulMap<V, S, W>(
  stepId: string,
  up: KeyedStream<V>,
  initial: () => S,
  mapper: InitialisedMapper<S, V, Tuple<W>>,
  options?: TtlOptions<V>,
): Tried<KeyedStream<W>, [key: string, value: V]> {
  return compose('tryStatefulMap', stepId, { up }, (inner, fullId) => {
    checkFunction('tryStatefulMap', stepId, 'initial', initial)
    checkFunction('tryStatefulMap', stepId, 'mapper', mapper)
    checkTtl('tryStatefulMap', stepId, options)
    const shared: Shared<V, S, W> = { stepId: fullId, initial, mapper: mapper as InitialisedMapper<S, V, W> }
    return splitKeyed(stateful('stateful', inner.up, (resumeState: S | undefined, key) => new TryLogic(shared, key, resumeState), options))
  })
}

interface Shared<V, S, W> {
  readonly stepId: string
  readonly initial: () => S
  readonly mapper: InitialisedMapper<S, V, W>
}

type Outcome<V, W> = Attempt<W, [key: string, value: V]>

class TryLogic<V, S, W> implements StatefulLogic<V, Outcome<V, W>, S> {
  readonly #shared: Shared<V, S, W>
  readonly #key: string
  #state: S | undefined

  constructor(shared: Shared<V, S, W>, key: string, state: S | undefined) {
    this.#shared = shared
    this.#key = key
    this.#state = state
  }

  onItem(value: V): Emit<Outcome<V, W>> {
    const before = copyOf(this.#state)
    const outcome = this.#try(value)
    if (outcome.failure !== undefined) this.#state = before
    return [[outcome], this.#state === undefined]
  }

  snapshot(): S {
    // Only a logic that was kept is asked, and without a state it is not.
    return this.#state as S
  }

  #try(value: V): Outcome<V, W> {
    const { initial, mapper, stepId } = this.#shared
    let mapped: readonly [S | undefined, W]
    try {
      mapped = mapper(this.#state === undefined ? initial() : this.#state, value, this.#key)
    } catch (error) {
      return failed<[key: string, value: V]>([this.#key, value], error, stepId)
    }
    checkMapped(mapped)
    this.#state = mapped[0]
    return succeeded(mapped[1])
  }
}

function copyOf<S>(state: S): S {
  return typeof state === 'object' && state !== null ? structuredClone(state) : state
}

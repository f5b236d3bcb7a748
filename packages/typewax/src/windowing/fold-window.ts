/** Owns `foldWindow`: an accumulator for each window, emitted when it closes. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkKeyed } from '../operators/transform.ts'
import { checkWindowing, type WindowOptions } from './checks.ts'
import type { Clock } from './clock.ts'
import { type WindowOut, windowed } from './window.ts'
import type { WindowLogic } from './window-logic.ts'
import type { Windower } from './windower.ts'

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Folds the values of each window into an accumulator that `builder` makes. Emits it when the window closes. `merger` combines the accumulators of
     * two windows that become one; it is called only with sessions and `ordered: false`.
     *
     * ```ts
     * orders.foldWindow('total', clock, windower, () => 0, (sum, order) => sum + order.amount, (target, original) => target + original)
     * ```
     *
     * The accumulator is the state of the window: plain data. A result that is not the last one is a copy of it, one level deep: with `early` or
     * `allowedLatenessMs`, a folder must not change what is deeper.
     */
    foldWindow<A>(
      stepId: string,
      clock: Clock<V>,
      windower: Windower,
      builder: () => A,
      folder: (accumulator: A, value: V) => A,
      merger: (target: A, original: A) => A,
      options?: WindowOptions,
    ): WindowOut<V, A>
  }
}

/** The function form of `stream.foldWindow`. */
export function foldWindow<V, A>(
  stepId: string,
  up: KeyedStream<V>,
  clock: Clock<V>,
  windower: Windower,
  builder: () => A,
  folder: (accumulator: A, value: V) => A,
  merger: (target: A, original: A) => A,
  options: WindowOptions = {},
): WindowOut<V, A> {
  return compose('foldWindow', stepId, { up }, (inner) => {
    checkKeyed('foldWindow', stepId, inner.up)
    checkWindowing('foldWindow', stepId, { clock, windower, options })
    for (const [name, fn] of Object.entries({ builder, folder, merger })) checkFunction('foldWindow', stepId, name, fn)
    const fold = { folder, merger }
    const toLogic = (resumeState: A | undefined): FoldWindowLogic<V, A> => {
      return new FoldWindowLogic(fold, resumeState === undefined ? builder() : resumeState)
    }
    return windowed<V, A, A>('window', inner.up, clock, windower, toLogic, { ...options, isQuiet: true })
  })
}

interface Fold<V, A> {
  readonly folder: (accumulator: A, value: V) => A
  readonly merger: (target: A, original: A) => A
}

const NOTHING: readonly never[] = []

class FoldWindowLogic<V, A> implements WindowLogic<V, A, A> {
  readonly #fold: Fold<V, A>
  #accumulator: A

  constructor(fold: Fold<V, A>, accumulator: A) {
    this.#fold = fold
    this.#accumulator = accumulator
  }

  onValue(value: V): Iterable<never> {
    this.#accumulator = this.#fold.folder(this.#accumulator, value)
    return NOTHING
  }

  onMerge(original: this): Iterable<never> {
    this.#accumulator = this.#fold.merger(this.#accumulator, original.#accumulator)
    return NOTHING
  }

  onTrigger(): Iterable<A> {
    return [copyOf(this.#accumulator)]
  }

  onClose(): Iterable<A> {
    return [this.#accumulator]
  }

  snapshot(): A {
    return this.#accumulator
  }
}

/** A copy, one level deep: what was emitted must not change with the accumulator. */
function copyOf<A>(accumulator: A): A {
  if (typeof accumulator !== 'object' || accumulator === null) return accumulator
  if (Array.isArray(accumulator)) return accumulator.slice() as A
  if (accumulator instanceof Map) return new Map(accumulator) as A
  if (accumulator instanceof Set) return new Set(accumulator) as A
  return Object.getPrototypeOf(accumulator) === Object.prototype ? { ...accumulator } : accumulator
}

/**
 * Owns the logic behind `statefulMap` and `statefulFlatMap`: a state per key that a mapper replaces with each value. A key costs one object with
 * three fields; an item costs what its mapper allocates.
 */

import { type Emit, type LogicBuilder, RETAIN, type StatefulLogic } from '../dataflow/step.ts'
import { checkNoPromise, wrongReturn } from './checks.ts'
import type { TtlOptions } from './expiring.ts'

/** What a mapper with state returns: the new state, `undefined` to discard it, and what to emit. */
export type Mapped<S, R> = readonly [state: S | undefined, result: R]

/** A mapper that finds no state at the first value of a key. */
export type StateMapper<S, V, R> = (state: S | undefined, value: V, key: string) => Mapped<S, R>

/** A mapper that finds a state at the first value of a key. */
export type InitialisedMapper<S, V, R> = (state: S, value: V, key: string) => Mapped<S, R>

/** The mapper in either of its forms, with the function that makes the first state if there is one. */
export interface MapperForm {
  readonly initial: (() => unknown) | undefined
  readonly mapper: StateMapper<unknown, unknown, unknown>
  readonly options: TtlOptions<unknown> | undefined
}

/** Tells the two forms of an operator's arguments apart: `(mapper, options?)` or `(initial, mapper, options?)`. */
export function formOf(args: readonly unknown[]): MapperForm {
  const [first, second] = args
  const hasInitial = second !== undefined && (typeof second !== 'object' || args[2] !== undefined)
  const [initial, mapper, options] = hasInitial ? args : [undefined, first, second]
  return { initial, mapper, options } as MapperForm
}

/** What the logics of a step share. */
interface Shared {
  readonly mapper: StateMapper<unknown, unknown, unknown>
  /** Makes the answer to an item out of what the mapper gave. The same objects each time: the answer is used up before the next item comes. */
  readonly answer: (result: unknown, discard: boolean) => Emit<never>
}

/** Makes the builder of a step. `'one'`: what the mapper gives is the value to emit; `'many'`: an iterable of them. */
export function mapperLogic({ initial, mapper }: MapperForm, results: 'one' | 'many'): LogicBuilder<StatefulLogic<unknown, never, unknown>, unknown> {
  const shared = { mapper, answer: results === 'one' ? answerOne() : answerMany() }
  return (resumeState, key) => new MapperLogic(shared, key, resumeState === undefined && initial !== undefined ? initial() : resumeState)
}

class MapperLogic implements StatefulLogic<unknown, never, unknown> {
  readonly #shared: Shared
  readonly #key: string
  #state: unknown

  constructor(shared: Shared, key: string, state: unknown) {
    this.#shared = shared
    this.#key = key
    this.#state = state
  }

  get callee(): string {
    return 'mapper'
  }

  onItem(value: unknown): Emit<never> {
    const { mapper, answer } = this.#shared
    const mapped = mapper(this.#state, value, this.#key)
    checkMapped(mapped)
    this.#state = mapped[0]
    return answer(mapped[1], mapped[0] === undefined)
  }

  snapshot(): unknown {
    return this.#state
  }
}

/** Checks what a mapper with state returned. */
export function checkMapped(mapped: unknown): asserts mapped is Mapped<unknown, unknown> {
  if (Array.isArray(mapped) && mapped.length === 2) return
  throw wrongReturn('mapper', '[state, result]', mapped)
}

function answerOne(): Shared['answer'] {
  let isFirst = true
  const values: unknown[] = [undefined]
  const answer: [Iterable<never>, boolean] = [values as never[], RETAIN]
  return (result, discard) => {
    // A mapper that makes promises makes one at once, and looking at each result would cost all the others.
    if (isFirst) checkNoPromise('mapper', 'a result', result)
    isFirst = false
    values[0] = result
    answer[1] = discard
    return answer
  }
}

function answerMany(): Shared['answer'] {
  let isFirst = true
  const answer: [Iterable<never>, boolean] = [[], RETAIN]
  return (result, discard) => {
    if (isFirst && Array.isArray(result) && result.length > 0) {
      checkNoPromise('mapper', 'an iterable of values', result[0])
      isFirst = false
    }
    answer[0] = result as Iterable<never>
    answer[1] = discard
    return answer
  }
}

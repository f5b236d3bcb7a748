/**
 * Owns how the stateless operators are built: each is a step around one `flatMapBatch`. A user could write the same with a function of the whole
 * batch; told by its shape instead, a runtime knows a loop for it and can fuse neighbours.
 */

import { checkFunction, compose, core } from '../dataflow/operator.ts'
import type { ItemFunction, Transform } from '../dataflow/step.ts'
import { KeyedStream, type Stream } from '../dataflow/stream.ts'
import { quote, TypewaxError } from '../errors.ts'

/** A stream that fits every item type: the typed operators narrow it. */
export type AnyDown = Stream<never> & KeyedStream<never>

interface Itemwise {
  /** Name of the operator. */
  readonly operator: string
  readonly shape: 'map' | 'filter' | 'filterMap' | 'flatMap'
  /** `'value'`: sees the values of a keyed stream and leaves the keys. */
  readonly on: 'item' | 'value'
}

/** Adds a step that calls a function, given as `{ nameOfTheParameter: value }`, with each item or each value. */
export function itemwise(what: Itemwise, stepId: string, up: Stream<unknown>, parameter: Readonly<Record<string, unknown>>): AnyDown {
  const { operator, shape, on } = what
  const isKeyed = on === 'value' || (shape === 'filter' && up instanceof KeyedStream)
  return transformStep(operator, stepId, up, isKeyed, (inner) => {
    if (on === 'value') checkKeyed(operator, stepId, inner)
    const fn = onlyFunction(operator, stepId, parameter)
    return { shape, on, fn: fn as ItemFunction<never> }
  })
}

/** Adds a step around one `flatMapBatch` with the transform that `toTransform` gives once streams and id are known to be right. */
export function transformStep(
  operator: string,
  stepId: string,
  up: Stream<unknown>,
  isKeyed: boolean,
  toTransform: (up: Stream<unknown>) => Transform,
): AnyDown {
  return compose(operator, stepId, { up }, (inner) => {
    const transform = toTransform(inner.up)
    return core('flatMapBatch', 'flatMapBatch', inner, () => ({ kind: 'flatMapBatch', transform }), { down: isKeyed }).down
  })
}

/** Adds a step that takes something out of values of an operator's own. It is left out of a run if nobody reads the stream. */
export function picked<V, W>(stepId: string, up: KeyedStream<V>, pick: (value: V) => W | undefined): KeyedStream<W> {
  return transformStep('filterMapValue', stepId, up, true, () => ({
    shape: 'filterMap',
    on: 'value',
    fn: pick as ItemFunction<unknown>,
    isPure: true,
  }))
}

/** Checks that a stream is keyed: for callers whom no compiler has told. */
export function checkKeyed(operator: string, stepId: string, up: Stream<unknown>): void {
  if (up instanceof KeyedStream) return
  const message = `\`up\` of ${operator} ${quote(stepId)} must be a \`KeyedStream\`; make it one with keyOn, or with keyed if its items are pairs`
  throw new TypewaxError('NOT_A_STREAM', message, { stepId })
}

function onlyFunction(operator: string, stepId: string, parameter: Readonly<Record<string, unknown>>): unknown {
  const [entry] = Object.entries(parameter)
  const [name, value] = entry as [string, unknown]
  checkFunction(operator, stepId, name, value)
  return value
}

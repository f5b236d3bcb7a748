/**
 * Owns how operators are made: `core` adds a core step and creates its streams, `compose` nests the steps that a function builds. Both do the checks
 * of a definition in one order: streams, step id, scope, then the operator's own checks, then whether the id is taken.
 */

import { isTypewaxError, quote, TypewaxError } from '../errors.ts'
import { childScope, type Scope } from './scope.ts'
import type { CoreOperation, Port, Step } from './step.ts'
import { KeyedStream, Stream } from './stream.ts'

/** The streams an operator is applied to, by port name. */
export type Ups = Readonly<Record<string, Stream<unknown> | readonly Stream<unknown>[]>>

/** An operator in its function form. */
export type Operator<in Up, in A extends unknown[], out R> = (stepId: string, up: Up, ...args: A) => R

/**
 * Adds a core step. `toOperation` makes the checks that the operator alone can make and gives the operation; it is called once streams, id and scope
 * are known to be right. `outputs` says which streams the step makes: name of the port → whether the stream is keyed.
 */
export function core<const O extends Readonly<Record<string, boolean>>>(
  operator: string,
  stepId: string,
  ups: Ups,
  toOperation: () => CoreOperation,
  outputs: O,
): { readonly [N in keyof O]: Stream<never> & KeyedStream<never> } {
  const scope = checkCall(operator, stepId, ups)
  const operation = located(`${scope.scopeId}.${stepId}`, toOperation)
  return addCoreStep(scope, operator, stepId, portsOf(ups), operation, outputs)
}

/** Adds a core step that has no upstream. Used by `input` only. */
export function addCoreStep<const O extends Readonly<Record<string, boolean>>>(
  scope: Scope,
  operator: string,
  stepId: string,
  inputs: readonly Port[],
  operation: CoreOperation,
  outputs: O,
): { readonly [N in keyof O]: Stream<never> & KeyedStream<never> } {
  const id = `${scope.scopeId}.${stepId}`
  const streams: Record<string, Stream<unknown>> = {}
  for (const [port, isKeyed] of Object.entries(outputs)) {
    streams[port] = isKeyed ? KeyedStream.create(`${id}.${port}`, scope) : Stream.create(`${id}.${port}`, scope)
  }
  addStep(scope, { stepId: id, name: stepId, operator, inputs, outputs: portsOf(streams), substeps: [], core: operation })
  return streams as never
}

/**
 * Adds a composed step: `build` gets the streams seen from inside the new step, and the full id of the step; the steps that it makes become
 * sub-steps. It returns a stream, an object of streams, or nothing.
 */
export function compose<const U extends Ups, R>(operator: string, stepId: string, ups: U, build: (inner: U, fullId: string) => R): R {
  const scope = checkCall(operator, stepId, ups)
  const inner = childScope(scope, stepId)
  const built = located(inner.scopeId, () => build(mapStreams(ups, inner) as U, inner.scopeId))
  const { result, outputs } = leaveScope(built, scope)
  addStep(scope, { stepId: inner.scopeId, name: stepId, operator, inputs: portsOf(ups), outputs, substeps: inner.steps })
  return result
}

/** Lets an error of a definition name the full id of the step that the user wrote: each step around it puts its own, the outermost comes last. */
function located<R>(fullId: string, make: () => R): R {
  try {
    return make()
  } catch (error) {
    // Of two steps with one id, the message tells which.
    if (!isTypewaxError(error) || error.code === 'DUPLICATE_STEP') throw error
    throw new TypewaxError(error.code, error.message, { domain: error.domain, stepId: fullId, cause: error.cause })
  }
}

/** Checks a function argument at the call, where a mistake is cheapest to find. */
export function checkFunction(operator: string, stepId: string, name: string, value: unknown): void {
  if (typeof value === 'function') return
  throw new TypewaxError('INVALID_ARGUMENT', `\`${name}\` of ${operator} ${quote(stepId)} must be a function; got ${quote(value)}`, { stepId })
}

function checkCall(operator: string, stepId: unknown, ups: Ups): Scope {
  checkStreams(operator, stepId, ups)
  checkStepId(operator, stepId)
  return commonScope(operator, stepId, ups)
}

function checkStreams(operator: string, stepId: unknown, ups: Ups): void {
  for (const [port, value] of Object.entries(ups)) {
    const streams: readonly unknown[] = Array.isArray(value) ? value : [value]
    const wrong = streams.find((stream) => !(stream instanceof Stream))
    if (wrong !== undefined || streams.includes(undefined)) throw notAStream(operator, stepId, port, wrong)
  }
}

function notAStream(operator: string, stepId: unknown, port: string, got: unknown): TypewaxError {
  const ports =
    typeof got === 'object' && got !== null ? Object.keys(got).filter((name) => (got as Record<string, unknown>)[name] instanceof Stream) : []
  const hint = ports.length === 0 ? '' : `; did you mean its ${ports.map((name) => `\`.${name}\``).join(' or ')}?`
  return new TypewaxError('NOT_A_STREAM', `\`${port}\` of ${operator} ${quote(stepId)} must be a \`Stream\`; got ${describe(got)}${hint}`)
}

function describe(got: unknown): string {
  if (Array.isArray(got)) return 'an array'
  return typeof got === 'object' && got !== null
    ? `an object with ${
        Object.keys(got)
          .map((name) => `\`${name}\``)
          .join(', ') || 'no members'
      }`
    : quote(got)
}

/** Checks a step id as given by the user. */
export function checkStepId(operator: string, stepId: unknown): asserts stepId is string {
  if (typeof stepId !== 'string') throw new TypewaxError('INVALID_STEP_ID', `the step id of ${operator} must be a string; got ${quote(stepId)}`)
  if (!stepId.includes('.')) return
  throw new TypewaxError(
    'INVALID_STEP_ID',
    `the step id ${quote(stepId)} of ${operator} can't contain a period: periods join the ids of nested steps`,
  )
}

function commonScope(operator: string, stepId: string, ups: Ups): Scope {
  const scopes = new Set<Scope>()
  for (const value of Object.values(ups)) for (const stream of Array.isArray(value) ? value : [value]) scopes.add((stream as Stream<unknown>).scope)
  const [scope] = scopes
  if (scope === undefined) throw new TypewaxError('MIXED_SCOPES', `${operator} ${quote(stepId)} needs at least one stream; got none`, { stepId })
  if (scopes.size === 1) return scope
  const places = [...scopes].map((each) => quote(each.scopeId)).join(', ')
  const why =
    new Set([...scopes].map((each) => each.root)).size > 1 ? 'streams of different dataflows' : 'streams from inside and outside of an operator'
  throw new TypewaxError('MIXED_SCOPES', `${operator} ${quote(stepId)} mixes ${why} (${places}); pass every stream as an argument of the operator`, {
    stepId,
  })
}

function addStep(scope: Scope, step: Step): void {
  if (scope.steps.some((other) => other.name === step.name)) {
    throw new TypewaxError('DUPLICATE_STEP', `step ${quote(step.stepId)} already exists; do two steps have the same id?`, { stepId: step.stepId })
  }
  scope.steps.push(step)
}

function portsOf(streams: Ups): Port[] {
  return Object.entries(streams).map(([name, value]) => ({
    name,
    streamIds: (Array.isArray(value) ? value : [value]).map((stream: Stream<unknown>) => stream.streamId),
  }))
}

function mapStreams(ups: Ups, scope: Scope): Ups {
  const entries = Object.entries(ups).map(([port, value]) => {
    return [port, Array.isArray(value) ? value.map((stream) => inScope(stream, scope)) : inScope(value as Stream<unknown>, scope)] as const
  })
  return Object.fromEntries(entries)
}

function leaveScope<R>(built: R, scope: Scope): { result: R; outputs: Port[] } {
  if (built instanceof Stream) return { result: inScope(built, scope), outputs: portsOf({ down: built }) }
  if (typeof built !== 'object' || built === null) return { result: built, outputs: [] }
  const streams = Object.entries(built).filter(([, value]) => value instanceof Stream) as [string, Stream<unknown>][]
  const outside = streams.map(([port, stream]) => [port, inScope(stream, scope)] as const)
  return { result: { ...built, ...Object.fromEntries(outside) }, outputs: portsOf(Object.fromEntries(streams)) }
}

/** The same stream, seen from another scope. */
function inScope<S extends Stream<unknown>>(stream: S, scope: Scope): S {
  const make: (streamId: string, scope: Scope) => Stream<unknown> = stream instanceof KeyedStream ? KeyedStream.create : Stream.create
  return make(stream.streamId, scope) as S
}

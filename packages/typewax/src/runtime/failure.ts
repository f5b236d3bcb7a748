/** Owns how a failure of user code or of a connector becomes a `TypewaxError` with its context: once, at the boundary where the runtime calls it. */

import type { PlanStep } from '../dataflow/plan.ts'
import { cut, type ErrorCode, type ErrorContext, isTypewaxError, messageOf, quote, TypewaxError } from '../errors.ts'
import { isThenable, silence } from '../thenable.ts'

/** Where user code failed. The item is for the message only: an error that kept it would keep its memory. */
export interface Place extends ErrorContext {
  readonly item?: unknown
}

/** Wraps what a function of the user threw; `what` names the function, such as `mapper`. */
export function userFailure(step: PlanStep, what: string, error: unknown, context: Place = {}): TypewaxError {
  return failure('USER_FUNCTION_FAILED', step, what, error, context)
}

/** Wraps what a source threw; `what` names the method, such as `nextBatch`. */
export function sourceFailure(step: PlanStep, what: string, error: unknown, context: ErrorContext = {}): TypewaxError {
  return failure('SOURCE_FAILED', step, what, error, context)
}

/** Wraps what a sink threw; `what` names the method, such as `writeBatch`. */
export function sinkFailure(step: PlanStep, what: string, error: unknown, context: ErrorContext = {}): TypewaxError {
  return failure('SINK_FAILED', step, what, error, context)
}

/** A value that a function must not return. */
export function wrongReturn(step: PlanStep, what: string, expected: string, got: unknown, context: Place = {}): TypewaxError {
  silence(got)
  const message = `\`${what}\` of ${describeStep(step)}${place(context)} must return ${expected}; got ${quote(got)}`
  return new TypewaxError('WRONG_RETURN', message, { ...context, stepId: step.userStepId })
}

/** The same for a function that is called with items: if it is an async one, there is an operator for those. */
export function wrongResult(step: PlanStep, what: string, expected: string, got: unknown, context: Place = {}): TypewaxError {
  if (!isThenable(got)) return wrongReturn(step, what, expected, got, context)
  silence(got)
  const remedy = `use ${step.userOperator.startsWith('try') ? 'tryMapAsync' : 'mapAsync'} for a function that is async`
  const message = `\`${what}\` of ${describeStep(step)}${place(context)} must return ${expected}; got a promise; ${remedy}`
  return new TypewaxError('WRONG_RETURN', message, { ...context, stepId: step.userStepId })
}

/** A step in a message: the operator and the id that the user wrote. */
export function describeStep(step: PlanStep): string {
  return `${step.userOperator} ${quote(step.userStepId)}`
}

function failure(code: ErrorCode, step: PlanStep, what: string, error: unknown, context: Place): TypewaxError {
  const where = `\`${what}\` of ${describeStep(step)}${place(context)}`
  if (!isTypewaxError(error)) {
    const domain = code === 'USER_FUNCTION_FAILED' ? 'user' : 'external'
    return new TypewaxError(code, `${where} threw: ${messageOf(error)}`, { ...context, domain, stepId: step.userStepId, cause: error })
  }
  // A typed error keeps its code; it only learns where it happened.
  if (error.stepId !== undefined) return error
  const own = { domain: error.domain, ...(error.partKey === undefined ? {} : { partKey: error.partKey }) }
  return new TypewaxError(error.code, `${where}: ${error.message}`, { ...own, ...context, stepId: step.userStepId, cause: error.cause ?? error })
}

/** Characters of an item in a message: enough to know it again. */
const MAX_ITEM = 100

function place(context: Place): string {
  const parts = []
  if (context.partKey !== undefined) parts.push(`partition ${quote(context.partKey)}`)
  else if (context.key !== undefined) parts.push(`key ${quote(context.key)}`)
  if ('item' in context) parts.push(`item ${cut(quote(context.item), MAX_ITEM)}`)
  return parts.length === 0 ? '' : ` for ${parts.join(', ')}`
}

/** Tells whether a source asked for the execution to be cut off (`AbortExecution`, of any copy of the package). */
export function isAbort(error: unknown): boolean {
  return typeof error === 'object' && error !== null && '~abort' in error
}

/** What `onProgress` threw. */
export function progressFailure(error: unknown): TypewaxError {
  if (isTypewaxError(error)) return error
  return new TypewaxError('USER_FUNCTION_FAILED', `\`onProgress\` threw: ${messageOf(error)}`, { cause: error })
}

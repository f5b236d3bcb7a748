/** Owns how a failure of user code or of a connector becomes a `TypewaxError` with its context: once, at the boundary where the runtime calls it. */

import type { PlanStep } from '../dataflow/plan.ts'
import { type ErrorCode, type ErrorContext, isTypewaxError, messageOf, quote, TypewaxError } from '../errors.ts'
import { silence } from './thenable.ts'

/** Wraps what a function of the user threw; `what` names the function, such as `mapper`. */
export function userFailure(step: PlanStep, what: string, error: unknown, context: ErrorContext = {}): TypewaxError {
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
export function wrongReturn(step: PlanStep, what: string, expected: string, got: unknown, context: ErrorContext = {}): TypewaxError {
  silence(got)
  const message = `\`${what}\` of ${describeStep(step)}${place(context)} must return ${expected}; got ${quote(got)}`
  return new TypewaxError('WRONG_RETURN', message, { ...context, stepId: step.userStepId })
}

/** A step in a message: the operator and the id that the user wrote. */
export function describeStep(step: PlanStep): string {
  return `${step.userOperator} ${quote(step.userStepId)}`
}

function failure(code: ErrorCode, step: PlanStep, what: string, error: unknown, context: ErrorContext): TypewaxError {
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

function place(context: ErrorContext): string {
  if (context.partKey !== undefined) return ` for partition ${quote(context.partKey)}`
  return context.key === undefined ? '' : ` for key ${quote(context.key)}`
}

/** Tells whether a source asked for the execution to be cut off (`AbortExecution`, of any copy of the package). */
export function isAbort(error: unknown): boolean {
  return typeof error === 'object' && error !== null && '~abort' in error
}

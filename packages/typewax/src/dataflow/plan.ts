/**
 * Owns the plan: the core steps of a flow in the order of their definition, nested ones in place. It is all that a runtime gets to see, pure data
 * but for the user's functions, and the same on every worker.
 */

import { quote, TypewaxError } from '../errors.ts'
import { type Dataflow, isDataflow } from './dataflow.ts'
import type { PlanStep } from './plan-step.ts'
import type { Step } from './step.ts'
import { checkStreamTime } from './stream-time.ts'

export type { PlanStep } from './plan-step.ts'

export interface Plan {
  readonly flowId: string
  readonly steps: readonly PlanStep[]
}

/**
 * Expands a flow into its plan.
 *
 * @throws `NOT_A_FLOW`, `NO_INPUT`, `NO_OUTPUT`, `NO_WATERMARKS`, `INVALID_ARGUMENT`
 */
export function toPlan(flow: Dataflow): Plan {
  if (!isDataflow(flow)) throw new TypewaxError('NOT_A_FLOW', `expected a Dataflow; got ${quote(flow)}`)
  const steps: PlanStep[] = []
  for (const step of flow.steps) expand(step, step, steps)
  checkEnds(flow.flowId, steps)
  checkStreamTime(steps)
  return { flowId: flow.flowId, steps }
}

function expand(step: Step, outermost: Step, into: PlanStep[]): void {
  if (step.core === undefined) {
    for (const inner of step.substeps) expand(inner, outermost, into)
    return
  }
  into.push({
    stepId: step.stepId,
    userStepId: outermost.stepId,
    userOperator: outermost.operator,
    operation: step.core,
    ups: step.inputs.flatMap((port) => port.streamIds),
    downs: step.outputs.flatMap((port) => port.streamIds),
  })
}

function checkEnds(flowId: string, steps: readonly PlanStep[]): void {
  const kinds = new Set(steps.map((step) => step.operation.kind))
  if (!kinds.has('input')) throw new TypewaxError('NO_INPUT', `dataflow ${quote(flowId)} needs at least one input; add \`flow.input(…)\``)
  if (kinds.has('output') || kinds.has('inspectDebug')) return
  throw new TypewaxError('NO_OUTPUT', `dataflow ${quote(flowId)} needs at least one output or inspect step; without one nothing would be observable`)
}

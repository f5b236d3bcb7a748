/** Owns the plan of a flow as text for people: one line for each core step, in the order in which a worker sweeps over them. */

import type { Plan, PlanStep } from '../dataflow/plan.ts'

/** Writes a plan as lines of `step id  operation  ← streams it reads`. */
export function planToText(plan: Plan): string {
  const idWidth = Math.max(...plan.steps.map((step) => step.stepId.length))
  const operations = plan.steps.map(operationOf)
  const operationWidth = Math.max(...operations.map((operation) => operation.length))
  return plan.steps
    .map((step, index) => {
      const ups = step.ups.length === 0 ? '' : `← ${step.ups.join(', ')}`
      return `${step.stepId.padEnd(idWidth)}  ${operations[index]!.padEnd(operationWidth)}  ${ups}`.trimEnd()
    })
    .join('\n')
}

function operationOf({ operation }: PlanStep): string {
  return operation.kind === 'flatMapBatch' ? `${operation.kind} (${operation.transform.shape})` : operation.kind
}

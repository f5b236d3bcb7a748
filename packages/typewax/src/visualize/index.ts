/** Entry point `typewax/visualize`: a flow as JSON, as a Mermaid flowchart, as the plan that a runtime executes. */

import type { Dataflow } from '../dataflow/dataflow.ts'
import { toRendered } from './rendered.ts'

export { type Plan, type PlanStep, toPlan } from '../dataflow/plan.ts'
export { toMermaid } from './mermaid.ts'
export { planToText } from './plan-text.ts'
export * from './rendered.ts'

/**
 * Describes a flow, nested steps included, as JSON: the text of {@link toRendered}.
 *
 * @throws `NOT_A_FLOW`
 */
export function toJson(flow: Dataflow): string {
  return JSON.stringify(toRendered(flow), undefined, 2)
}

/** Owns what a plan knows of a step. */

import type { CoreOperation, StreamId } from './step.ts'

/** A core step with the streams that it reads and makes. */
export interface PlanStep {
  readonly stepId: string
  /** Id of the outermost step that this one is part of: what the user wrote, for messages. */
  readonly userStepId: string
  /** Name of the outermost operator, such as `countFinal`. */
  readonly userOperator: string
  readonly operation: CoreOperation
  readonly ups: readonly StreamId[]
  readonly downs: readonly StreamId[]
}

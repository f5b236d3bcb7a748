/** Owns the place where steps land while a flow is defined: the flow itself, or the inside of a composed step. */

import type { Step } from './step.ts'

export interface Scope {
  /** Identity of the flow: two flows with equal ids are two flows. */
  readonly root: object
  readonly flowId: string
  /** Full id of the step whose inside this is, or the flow id. */
  readonly scopeId: string
  /** Steps defined here so far, in order. */
  readonly steps: Step[]
}

export function childScope(parent: Scope, name: string): Scope {
  return { root: parent.root, flowId: parent.flowId, scopeId: `${parent.scopeId}.${name}`, steps: [] }
}

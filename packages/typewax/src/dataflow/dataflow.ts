/** Owns `Dataflow`: the beginning of every definition. Creating it and adding steps executes nothing; a flow can be run any number of times. */

import { quote, TypewaxError } from '../errors.ts'
import type { Source } from '../inputs/source.ts'
import { addCoreStep, checkStepId } from './operator.ts'
import type { Scope } from './scope.ts'
import type { Step } from './step.ts'
import type { Stream } from './stream.ts'

/** A directed graph of named steps, from inputs to outputs. */
export class Dataflow {
  /** Marks the class across copies of the package. */
  readonly '~dataflow' = true
  readonly flowId: string
  readonly #scope: Scope

  /**
   * @param flowId First part of every step id; without periods. A recovery store belongs to one flow id.
   * @throws `INVALID_FLOW_ID`
   */
  constructor(flowId: string) {
    if (typeof flowId !== 'string') throw new TypewaxError('INVALID_FLOW_ID', `a flow id must be a string; got ${quote(flowId)}`)
    if (flowId.includes('.'))
      throw new TypewaxError('INVALID_FLOW_ID', `the flow id ${quote(flowId)} can't contain a period: periods join the ids of nested steps`)
    this.flowId = flowId
    this.#scope = { root: this, flowId, scopeId: flowId, steps: [] }
  }

  /** Top-level steps in the order of their definition. */
  get steps(): readonly Step[] {
    return this.#scope.steps
  }

  /**
   * Reads items from a source. The beginning of a stream.
   *
   * @throws `INVALID_STEP_ID`, `NOT_A_SOURCE`, `DUPLICATE_STEP`
   */
  input<X>(stepId: string, source: Source<X>): Stream<X> {
    checkStepId('input', stepId)
    if (typeof source !== 'object' || source === null || !('~source' in source)) {
      throw new TypewaxError('NOT_A_SOURCE', `input ${quote(stepId)} needs a FixedPartitionedSource or a DynamicSource; got ${quote(source)}`, {
        stepId: `${this.flowId}.${stepId}`,
      })
    }
    return addCoreStep(this.#scope, 'input', stepId, [], { kind: 'input', source }, { down: false }).down
  }
}

/** Tells whether a value is a flow, of this copy of the package or of another one in the same process. */
export function isDataflow(value: unknown): value is Dataflow {
  return typeof value === 'object' && value !== null && '~dataflow' in value
}

/** Owns what a flow promises for each of its sinks. Pure: a function of the plan. */

import type { Plan, PlanStep } from '../dataflow/plan.ts'
import type { Source } from '../inputs/source.ts'
import type { Guarantee } from './options.ts'

/**
 * The weakest guarantee along the way to each output step, by its id, for an execution that keeps its state: a source that cannot replay loses what
 * was not committed, a sink without positions writes again what was not.
 */
export function guaranteesOf(plan: Plan): Record<string, Guarantee> {
  const producers = new Map<string, PlanStep>()
  for (const step of plan.steps) for (const streamId of step.downs) producers.set(streamId, step)
  const guarantees: Record<string, Guarantee> = {}
  for (const step of plan.steps) if (step.operation.kind === 'output') guarantees[step.stepId] = guaranteeOf(step, producers)
  return guarantees
}

function guaranteeOf(output: PlanStep, producers: ReadonlyMap<string, PlanStep>): Guarantee {
  const operation = output.operation as Extract<PlanStep['operation'], { kind: 'output' }>
  for (const input of inputsOf(output, producers)) {
    const { source } = input.operation as Extract<PlanStep['operation'], { kind: 'input' }>
    if ((source as Source<unknown>).replay === 'none') return 'at-most-once'
  }
  return (operation.sink as { '~sink'?: unknown })['~sink'] === 'fixed-partitioned' ? 'exactly-once' : 'at-least-once'
}

function inputsOf(output: PlanStep, producers: ReadonlyMap<string, PlanStep>): Set<PlanStep> {
  const seen = new Set<PlanStep>()
  const todo = [output]
  for (let step = todo.pop(); step !== undefined; step = todo.pop()) {
    if (seen.has(step)) continue
    seen.add(step)
    for (const streamId of step.ups) {
      const producer = producers.get(streamId)
      if (producer !== undefined) todo.push(producer)
    }
  }
  return new Set([...seen].filter((step) => step.operation.kind === 'input'))
}

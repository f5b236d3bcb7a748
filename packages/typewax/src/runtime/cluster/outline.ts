/** Owns the comparison of flows: each member loads the flow for itself, and all must get the same steps, wired in the same way. Pure. */

import type { Plan, PlanStep } from '../../dataflow/plan.ts'
import { quote, TypewaxError } from '../../errors.ts'

/** The shape of a plan: a line for each step. */
export function outlineOf({ steps }: Plan): string {
  return steps.map((step) => `${step.stepId}: ${kindOf(step)} of ${step.ups.join(', ') || 'nothing'}`).join('\n')
}

/** @throws `WORKERS_DIFFER` */
export function checkOutline(plan: Plan, expected: string, workerIndex: number): void {
  const [ours, theirs] = [outlineOf(plan).split('\n'), expected.split('\n')]
  const place = Array.from({ length: Math.max(ours.length, theirs.length) }).findIndex((_, index) => ours[index] !== theirs[index])
  if (place < 0) return
  const message = `worker ${workerIndex} has another flow than the one that was started: its step ${place + 1} is ${quote(ours[place] ?? 'missing')}, not ${quote(theirs[place] ?? 'missing')}; the module must define the same steps in every thread, whatever the time and the thread`
  throw new TypewaxError('WORKERS_DIFFER', message, { workerIndex })
}

function kindOf({ operation }: PlanStep): string {
  switch (operation.kind) {
    case 'input':
      return `input of a ${(operation.source as { '~source': string })['~source']} source`
    case 'output':
      return `output to a ${(operation.sink as { '~sink': string })['~sink']} sink`
    default:
      return operation.kind
  }
}

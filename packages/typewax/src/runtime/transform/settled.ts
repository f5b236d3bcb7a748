/**
 * Owns the check that no promise leaves a transform: an async function where a plain one belongs would send promises downstream in silence. An async
 * function gives nothing else, so one look at each batch finds it, and the loops stay as they are.
 */

import type { PlanStep } from '../../dataflow/plan.ts'
import { isThenable, silence } from '../../thenable.ts'
import { wrongResult } from '../failure.ts'

/** Looks at the first of the results that a mapper gave for a batch. Throws `WRONG_RETURN` if it is a promise. */
export function checkSettled(step: PlanStep, results: readonly unknown[]): void {
  if (!isThenable(results[0])) return
  for (const result of results) silence(result)
  throw wrongResult(step, 'mapper', 'values', results[0])
}

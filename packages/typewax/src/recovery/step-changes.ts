/** Owns what it means to drop and to rename the state of steps when an execution begins. Pure. */

import { quote, TypewaxError } from '../errors.ts'
import type { RecoverySession } from './store.ts'

/** State that an execution was told to drop or rename. */
export interface StepChanges {
  readonly dropped: readonly string[]
  readonly renamed: readonly (readonly [from: string, to: string])[]
}

/**
 * Leaves out what has nothing to act on, such as a rename that an earlier execution did.
 *
 * @throws `INVALID_ARGUMENT` if a step would take the name of one whose state stays: their states would be one
 */
export function effectiveChanges(changes: Parameters<RecoverySession['begin']>[0] = {}, stepIds: readonly string[]): StepChanges {
  const dropped = (changes.droppedSteps ?? []).filter((stepId) => stepIds.includes(stepId))
  const renamed = [...(changes.renamedSteps ?? [])].filter(([from]) => stepIds.includes(from) && !dropped.includes(from))
  const taken = new Set(stepIds.filter((stepId) => !dropped.includes(stepId) && !renamed.some(([from]) => from === stepId)))
  for (const [from, to] of renamed) {
    if (taken.has(to)) throw nameTaken(from, to)
    taken.add(to)
  }
  return { dropped, renamed }
}

function nameTaken(from: string, to: string): TypewaxError {
  return new TypewaxError('INVALID_ARGUMENT', `the state of step ${quote(from)} can't go to ${quote(to)}, which has state already; drop one of them`)
}

export function hasChanges({ dropped, renamed }: StepChanges): boolean {
  return dropped.length + renamed.length > 0
}

/** What a list of chunks is after the changes. Renames happen all at once: two steps can swap their names. */
export function applyTo<C extends { readonly stepId: string }>(chunks: readonly C[], { dropped, renamed }: StepChanges): C[] {
  const names = new Map(renamed)
  const kept = chunks.filter(({ stepId }) => !dropped.includes(stepId))
  return kept.map((chunk) => (names.has(chunk.stepId) ? { ...chunk, stepId: names.get(chunk.stepId) as string } : chunk))
}

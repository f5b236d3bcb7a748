/**
 * Owns the choice of the epoch to resume at: the newest one that all files have committed. Pure: it sees what each file says of itself.
 *
 * What can differ between sound files. An epoch is written file by file, so a crash leaves its marker in some files only. An execution is recorded
 * in every file before it writes its first epoch, so a crash may leave that record in some files only; but an epoch in one file whose execution
 * another file has never heard of means that the other one is an old copy. Chunks are deleted only when no epoch from `oldestEpoch` on needs them,
 * so a file that ends before the `oldestEpoch` of another is too old to be combined with it.
 */

import { corrupt, stale } from './store-errors.ts'

/** What a file says about its history. */
export interface PartProgress {
  /** Its path, for messages. */
  readonly path: string
  /** Oldest epoch that can be restored from this file. */
  readonly oldestEpoch: number
  /** Executions, ascending; old ones may have been forgotten. Equal numbers with different ids are different histories. */
  readonly executions: readonly { readonly number: number; readonly id: string }[]
  /** Commits from `oldestEpoch` on, ascending. */
  readonly commits: readonly { readonly epoch: number; readonly execution: number }[]
}

/**
 * Finds the epoch to resume at, 0 if nothing was ever committed.
 *
 * @throws `STORE_STALE` if a file is an old copy, `STORE_CORRUPT` if the files contradict each other or themselves
 */
export function findResumeEpoch(parts: readonly PartProgress[]): number {
  for (const part of parts) {
    for (const other of parts) checkSameHistory(part, other)
  }
  const oldestEpoch = Math.max(...parts.map((part) => part.oldestEpoch))
  for (const part of parts) checkNotTooOld(part, oldestEpoch, parts)
  const epoch = newestCommon(parts)
  if (epoch < oldestEpoch) throw corrupt(pathAt(parts, 0), `and the other files of the store have no restorable epoch in common`)
  return epoch
}

/** The highest epoch that is in the commits of all; 0 is in all. */
function newestCommon(parts: readonly PartProgress[]): number {
  const [first, ...others] = parts.map((part) => part.commits.map(({ epoch }) => epoch))
  const sets = others.map((epochs) => new Set(epochs))
  return first?.findLast((epoch) => sets.every((set) => set.has(epoch))) ?? 0
}

function checkSameHistory(part: PartProgress, other: PartProgress): void {
  const ids = new Map(part.executions.map(({ number, id }) => [number, id]))
  for (const { number, id } of other.executions) {
    if ((ids.get(number) ?? id) !== id) throw stale(`${part.path} and ${other.path} have different histories from execution ${number} on`)
  }
  const firstKnown = part.executions[0]?.number ?? 0
  const unknown = other.commits.find(({ execution }) => execution >= firstKnown && !ids.has(execution))
  if (unknown === undefined) return
  if (part === other) throw corrupt(part.path, `has a commit of execution ${unknown.execution}, which it does not know`)
  throw stale(`${part.path} is an old copy: it does not know execution ${unknown.execution}, which committed epoch ${unknown.epoch} in ${other.path}`)
}

function checkNotTooOld(part: PartProgress, oldestEpoch: number, parts: readonly PartProgress[]): void {
  const newest = part.commits.at(-1)?.epoch ?? 0
  if (newest >= oldestEpoch) return
  if (part.oldestEpoch === oldestEpoch) throw corrupt(part.path, `ends at epoch ${newest}, but can be restored from epoch ${oldestEpoch} on only`)
  const index = parts.findIndex((other) => other.oldestEpoch === oldestEpoch)
  const other = pathAt(parts, index)
  throw stale(`${part.path} is an old copy: it ends at epoch ${newest}, but ${other} can be restored from epoch ${oldestEpoch} on only`)
}

function pathAt(parts: readonly PartProgress[], index: number): string {
  return parts[index]?.path ?? 'a file'
}

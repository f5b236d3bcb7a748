/** Owns the order in which keys that are due at the same time are called. Pure. */

import { compareUtf8 } from '../assign.ts'
import { keyHash } from '../key-groups.ts'
import type { Entry } from './entry.ts'

/** Places that a rank can tell apart: a hash of 32 bits and a number below this fit into a double. */
const MAX_PLACES = 2 ** 21

/**
 * Puts keys in the order of their hashes, and of their bytes where those are equal: the same whenever and wherever a flow runs. Sorting numbers takes a
 * tenth of the time of sorting keys.
 */
export function inOrder(entries: readonly Entry[]): readonly Entry[] {
  const count = entries.length
  if (count < 2) return entries
  if (count > MAX_PLACES) return entries.toSorted(byHashAndKey)
  const ranks = new Float64Array(count)
  for (let place = 0; place < count; place++) ranks[place] = keyHash((entries[place] as Entry).key) * MAX_PLACES + place
  ranks.sort()
  const ordered: Entry[] = new Array(count)
  let [isUnique, last] = [true, -1]
  for (let index = 0; index < count; index++) {
    const rank = ranks[index] as number
    const hash = Math.floor(rank / MAX_PLACES)
    ordered[index] = entries[rank - hash * MAX_PLACES] as Entry
    if (hash === last) isUnique = false
    last = hash
  }
  return isUnique ? ordered : ordered.sort(byHashAndKey)
}

function byHashAndKey(one: Entry, other: Entry): number {
  return keyHash(one.key) - keyHash(other.key) || compareUtf8(one.key, other.key)
}

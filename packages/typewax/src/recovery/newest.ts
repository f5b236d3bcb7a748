/** Owns finding the newest state of each key and sub-key in chunks that are read newest first, for whoever looks into a store. */

import { DISCARD_ENTRY, type EntryColumns } from './codec.ts'

/** A state that lives. */
export interface LiveEntry {
  readonly key: string
  /** Absent for the state of the key itself. */
  readonly subKey: string | undefined
  readonly state: unknown
}

/** Takes one chunk after the other, from the newest to the oldest: what was seen in a newer one masks what comes. */
export class NewestEntries {
  /** Sub-keys seen by key, `undefined` for the key itself; `null` if the key was discarded, so that whatever is older is gone. */
  readonly #seen = new Map<string, Set<string | undefined> | null>()

  /** Gives the entries of the next chunk that live. */
  read({ keys, subKeys, operations, states }: EntryColumns): LiveEntry[] {
    const live: LiveEntry[] = []
    for (let index = keys.length - 1; index >= 0; index--) {
      const key = keys[index] as string
      const subKey = subKeys?.[index]
      const isDiscard = operations[index] === DISCARD_ENTRY
      if (this.#isNew(key, subKey, isDiscard) && !isDiscard) live.push({ key, subKey, state: states[index] })
    }
    return live
  }

  #isNew(key: string, subKey: string | undefined, isDiscard: boolean): boolean {
    const seen = this.#seen.get(key)
    if (seen === null || seen?.has(subKey)) return false
    if (isDiscard && subKey === undefined) this.#seen.set(key, null)
    else if (seen === undefined) this.#seen.set(key, new Set([subKey]))
    else seen.add(subKey)
    return true
  }
}

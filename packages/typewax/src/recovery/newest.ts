/** Owns finding the newest state of each key and sub-key in chunks that are read newest first: what masks what, for resuming and for looking into a store. */

import { DISCARD_ENTRY, type EntryColumns } from './codec.ts'

/** A state that lives. */
export interface LiveEntry {
  readonly key: string
  /** Absent for the state of the key itself. */
  readonly subKey: string | undefined
  readonly state: unknown
}

/** What has been seen of a key with sub-keys. */
interface Seen {
  isWholeSeen: boolean
  readonly subKeys: Set<string>
}

/** Seen: the state of the key itself, and no sub-key. Most keys are like that, and cost one place in a map. */
const WHOLE = 1
/** Seen: that the key was discarded. Whatever is older is gone, sub-keys included. */
const CLOSED = 2

/** Takes one chunk after the other, from the newest to the oldest: what was seen in a newer one masks what comes. */
export class NewestEntries {
  readonly #seen = new Map<string, Seen | typeof WHOLE | typeof CLOSED>()

  /** Tells the entries of the next chunk that live. */
  read({ keys, subKeys, operations, states }: EntryColumns, tell: (key: string, subKey: string | undefined, state: unknown) => void): void {
    for (let index = keys.length - 1; index >= 0; index--) {
      const key = keys[index] as string
      const subKey = subKeys?.[index]
      const isDiscard = operations[index] === DISCARD_ENTRY
      const isNewest = subKey === undefined ? this.#seeWhole(key, isDiscard) : this.#seePart(key, subKey)
      if (isNewest && !isDiscard) tell(key, subKey, states[index])
    }
  }

  #seeWhole(key: string, isDiscard: boolean): boolean {
    const seen = this.#seen.get(key)
    if (seen === CLOSED) return false
    if (isDiscard) {
      this.#seen.set(key, CLOSED)
      return true
    }
    if (seen === WHOLE || seen?.isWholeSeen) return false
    if (seen === undefined) this.#seen.set(key, WHOLE)
    else seen.isWholeSeen = true
    return true
  }

  #seePart(key: string, subKey: string): boolean {
    const seen = this.#seen.get(key)
    if (seen === CLOSED) return false
    if (seen === undefined || seen === WHOLE) {
      this.#seen.set(key, { isWholeSeen: seen === WHOLE, subKeys: new Set([subKey]) })
      return true
    }
    if (seen.subKeys.has(subKey)) return false
    seen.subKeys.add(subKey)
    return true
  }
}

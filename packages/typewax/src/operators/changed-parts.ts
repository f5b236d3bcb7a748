/** Owns the record of which parts of a logic's state changed since they were last stored, by their sub-keys. */

import type { SubKeyChanges } from '../dataflow/step.ts'

const NONE: readonly string[] = []

/** Most keys change little at a time: sets are there only while they are needed. */
export class ChangedParts {
  #changed: Set<string> | undefined
  #removed: Set<string> | undefined

  change(subKey: string): void {
    this.#changed ??= new Set()
    this.#changed.add(subKey)
    this.#removed?.delete(subKey)
  }

  remove(subKey: string): void {
    this.#changed?.delete(subKey)
    this.#removed ??= new Set()
    this.#removed.add(subKey)
  }

  /** Gives the changes, and forgets them. */
  take(): SubKeyChanges {
    const changes = { changed: this.#changed ?? NONE, removed: this.#removed ?? NONE }
    this.#changed = undefined
    this.#removed = undefined
    return changes
  }
}

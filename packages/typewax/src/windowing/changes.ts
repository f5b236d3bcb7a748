/** Owns the record of which numbered parts of a logic's state changed since they were last stored, for its sub-keys. */

import type { SubKeyChanges } from '../dataflow/step.ts'

const NONE: readonly string[] = []

/** Most keys have few parts or none: sets are there only while they are needed. */
export class Changes {
  #changed: Set<number> | undefined
  #removed: Set<number> | undefined
  /** The part that changed last: mostly the one that changes next. */
  #last: number | undefined

  change(part: number): void {
    if (part === this.#last) return
    this.#last = part
    this.#changed ??= new Set()
    this.#changed.add(part)
    this.#removed?.delete(part)
  }

  remove(part: number): void {
    this.#last = undefined
    this.#changed?.delete(part)
    this.#removed ??= new Set()
    this.#removed.add(part)
  }

  /** Gives the changes, and forgets them. The sub-key of a part is a prefix and its number. */
  take(prefix: string): SubKeyChanges {
    const changes = { changed: subKeys(prefix, this.#changed), removed: subKeys(prefix, this.#removed) }
    this.#last = undefined
    this.#changed = undefined
    this.#removed = undefined
    return changes
  }
}

function subKeys(prefix: string, parts: ReadonlySet<number> | undefined): readonly string[] {
  return parts === undefined ? NONE : Array.from(parts, (part) => `${prefix}${part}`)
}

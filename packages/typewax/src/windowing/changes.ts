/** Owns the record of which numbered parts of a logic's state changed since they were last stored, for its sub-keys. */

import type { SubKeyChanges } from '../dataflow/step.ts'

export class Changes {
  readonly #changed = new Set<number>()
  readonly #removed = new Set<number>()
  /** The part that changed last: mostly the one that changes next. */
  #last: number | undefined

  change(part: number): void {
    if (part === this.#last) return
    this.#last = part
    this.#changed.add(part)
    if (this.#removed.size > 0) this.#removed.delete(part)
  }

  remove(part: number): void {
    this.#last = undefined
    this.#changed.delete(part)
    this.#removed.add(part)
  }

  /** Gives the changes, and forgets them. The sub-key of a part is a prefix and its number. */
  take(prefix: string): SubKeyChanges {
    const changes = { changed: subKeys(prefix, this.#changed), removed: subKeys(prefix, this.#removed) }
    this.#last = undefined
    this.#changed.clear()
    this.#removed.clear()
    return changes
  }
}

function subKeys(prefix: string, parts: ReadonlySet<number>): string[] {
  return Array.from(parts, (part) => `${prefix}${part}`)
}

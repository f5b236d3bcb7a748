/** Owns when epochs end on a member of a cluster: when the coordinator says so. Tells the coordinator what it needs to know to decide. */

import type { Epochs } from '../epochs.ts'
import type { Ending, Pace } from '../pace.ts'
import type { FromMember } from './messages.ts'

export class RemotePace implements Pace {
  readonly #epochs: Epochs
  readonly #tell: (message: FromMember) => void
  /** Told and not carried out. The coordinator tells one at a time. */
  #ending: Ending | undefined
  #isStopping = false
  /** Whether the epoch that ended last has all that there is. */
  #isComplete = false
  #mayLeave = false
  /** The epoch of which it was told that something happened. */
  #dirtyTold = -1
  #isEndTold = false
  #isAbortTold = false

  constructor(epochs: Epochs, tell: (message: FromMember) => void) {
    this.#epochs = epochs
    this.#tell = tell
  }

  /** The coordinator told to end the epoch. */
  end(ending: Ending): void {
    this.#ending = ending
  }

  stop(): void {
    this.#isStopping = true
  }

  /** The coordinator told to leave. */
  leave(): void {
    this.#mayLeave = true
  }

  /** Only the coordinator knows whether all input has ended. */
  isStopping(): boolean {
    return this.#isStopping && !this.#isComplete
  }

  ending(): Ending | undefined {
    if (this.#ending === undefined || !this.#epochs.canEnd) return undefined
    const ending = this.#ending
    this.#ending = undefined
    this.#isComplete = ending.isComplete
    return ending
  }

  waitMs(): number {
    return Number.POSITIVE_INFINITY
  }

  swept(hasInputEnded: boolean): void {
    const epochs = this.#epochs
    if (epochs.isDirty && this.#dirtyTold !== epochs.current) {
      this.#dirtyTold = epochs.current
      this.#tell({ kind: 'dirty', epoch: epochs.current })
    }
    if (!hasInputEnded || this.#isEndTold) return
    this.#isEndTold = true
    this.#tell({ kind: 'inputEnded' })
  }

  mayAbort(): boolean {
    if (!this.#isAbortTold && !this.#mayLeave) {
      this.#isAbortTold = true
      this.#tell({ kind: 'aborting' })
    }
    return this.#mayLeave
  }

  abortEnding(): Ending | undefined {
    return this.ending()
  }
}

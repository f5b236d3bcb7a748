/**
 * Owns when epochs end on one worker, and with them the run: `LocalPace` where the worker is alone. In a cluster the coordinator says so
 * (`cluster/remote-pace.ts`).
 */

import type { Epochs } from './epochs.ts'

/** How an epoch ends. */
export interface Ending {
  /** Whether it is the last one of this execution. */
  readonly isFinal: boolean
  /** Whether all input has ended. */
  readonly isComplete: boolean
}

export interface Pace {
  /** Whether the run is being stopped: no more polls. */
  isStopping(hasInputEnded: boolean): boolean
  /** How the current epoch ends, if it ends now. Asked before each sweep. */
  ending(hasInputEnded: boolean, nowMs: number): Ending | undefined
  /** Time until an epoch may end though nothing happens, in milliseconds; `Infinity`: it will not. */
  waitMs(nowMs: number): number
  /** Takes note of a sweep. */
  swept?(hasInputEnded: boolean): void
  /** A source aborted, or the cluster did. Says whether what is on its way has come to rest, so that the worker may go. */
  mayAbort(): boolean
  /** How an epoch ends while the run is being aborted. */
  abortEnding(nowMs: number): Ending | undefined
}

export interface PaceOptions {
  readonly epochIntervalMs: number
  readonly signal: AbortSignal | undefined
}

export class LocalPace implements Pace {
  readonly #epochs: Epochs
  readonly #options: PaceOptions

  constructor(epochs: Epochs, options: PaceOptions) {
    this.#epochs = epochs
    this.#options = options
  }

  isStopping(hasInputEnded: boolean): boolean {
    return this.#options.signal?.aborted === true && !hasInputEnded
  }

  ending(hasInputEnded: boolean, nowMs: number): Ending | undefined {
    const epochs = this.#epochs
    if (!epochs.canEnd || epochs.isFinalEnded) return undefined
    if (hasInputEnded || this.isStopping(hasInputEnded)) return { isFinal: true, isComplete: hasInputEnded }
    if (!epochs.isDirty || nowMs - epochs.startedAtMs < this.#options.epochIntervalMs) return undefined
    return { isFinal: false, isComplete: false }
  }

  waitMs(nowMs: number): number {
    const epochs = this.#epochs
    if (!epochs.isDirty || !epochs.canEnd || epochs.isFinalEnded) return Number.POSITIVE_INFINITY
    return epochs.startedAtMs + this.#options.epochIntervalMs - nowMs
  }

  /** Where an epoch is one round of polls, the round that was begun still commits. */
  mayAbort(): boolean {
    return this.#options.epochIntervalMs > 0 || (!this.#epochs.isDirty && this.#epochs.isSettled)
  }

  abortEnding(): Ending | undefined {
    return this.#epochs.isDirty && this.#epochs.canEnd ? { isFinal: false, isComplete: false } : undefined
  }
}

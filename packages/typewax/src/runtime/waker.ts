/** Owns the sleep of a worker: until a time, or until something in the background wakes it. */

import type { Host } from './host.ts'

export class Waker {
  readonly #host: Host
  #isWoken = false
  #resume: (() => void) | undefined

  constructor(host: Host) {
    this.#host = host
  }

  /** Ends the sleep under way, or the next one at once. */
  wake(): void {
    this.#isWoken = true
    this.#resume?.()
  }

  /** Sleeps for `delayMs`, or for ever if it is `undefined`. */
  async sleep(delayMs: number | undefined): Promise<void> {
    if (!this.#isWoken) {
      await new Promise<void>((resolve) => {
        const cancel = delayMs === undefined ? undefined : this.#host.setTimer(delayMs, resolve)
        this.#resume = () => {
          cancel?.()
          resolve()
        }
      })
      this.#resume = undefined
    }
    this.#isWoken = false
  }

  /** Gives the rest of the process a turn. */
  async yieldTurn(): Promise<void> {
    await new Promise<void>((resolve) => this.#host.yieldTurn(resolve))
  }
}

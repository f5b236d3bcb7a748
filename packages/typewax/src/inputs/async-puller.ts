/**
 * Owns pulling items out of something asynchronous without losing the one that is on its way: a call that is not awaited any longer stays pending, and
 * what it gives comes first the next time. However often somebody stops waiting, each call has one reaction only, so nothing piles up.
 */

/** A moment after which nobody waits any longer. Whoever waits sets `onPassed`. */
export interface Deadline {
  hasPassed: boolean
  onPassed: (() => void) | undefined
}

type Outcome<X> = { readonly result: IteratorResult<X, unknown> } | { readonly error: unknown }

export class AsyncPuller<X> {
  /** Whether the end was reached, or an error was thrown. */
  isDone = false
  readonly #next: () => Promise<IteratorResult<X, unknown>>
  #isPending = false
  #outcome: Outcome<X> | undefined
  #onOutcome: (() => void) | undefined

  /** `next` is called once at a time, and no more after the end or an error. */
  constructor(next: () => Promise<IteratorResult<X, unknown>>) {
    this.#next = next
  }

  /** Adds to `items` until there are `maxItems`, `deadline` passes, or the end. Rejects with an error of `next` once the items before it were given. */
  async gather(items: X[], maxItems: number, deadline: Deadline): Promise<void> {
    while (items.length < maxItems && !this.isDone && (await this.#arrives(deadline))) {
      const outcome = this.#outcome!
      if ('error' in outcome) {
        if (items.length > 0) return
        this.isDone = true
        throw outcome.error
      }
      this.#outcome = undefined
      if (outcome.result.done === true) this.isDone = true
      else items.push(outcome.result.value)
    }
  }

  /** Resolves when something is there, with `true`, or when the deadline passes. */
  #arrives(deadline: Deadline): Promise<boolean> | boolean {
    if (this.#outcome !== undefined) return true
    if (!this.#isPending) void this.#pull()
    if (deadline.hasPassed) return false
    return new Promise((resolve) => {
      const decide = (): void => {
        this.#onOutcome = undefined
        deadline.onPassed = undefined
        resolve(this.#outcome !== undefined)
      }
      this.#onOutcome = decide
      deadline.onPassed = decide
    })
  }

  async #pull(): Promise<void> {
    this.#isPending = true
    try {
      this.#outcome = { result: await this.#next() }
    } catch (error) {
      this.#outcome = { error }
    }
    this.#isPending = false
    this.#onOutcome?.()
  }
}

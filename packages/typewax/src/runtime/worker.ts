/**
 * Owns the loop of one worker: sweep after sweep, each node once in the order of the plan; between sweeps slices of snapshot work, and the end of
 * epochs. It yields to the rest of the process by time, and sleeps when there is nothing to do.
 */

import type { Graph } from './build.ts'
import type { Exchange } from './exchange/exchange.ts'
import { isAbort } from './failure.ts'
import type { Pace } from './pace.ts'
import type { Waker } from './waker.ts'
import type { WorkerContext } from './worker-context.ts'

/** Time after which the loop gives the rest of the process a turn. */
const YIELD_AFTER_MS = 8
/** Length of a slice of snapshot work. */
const SLICE_MS = 5

export interface WorkerOptions {
  readonly epochIntervalMs: number
  readonly signal: AbortSignal | undefined
  readonly pace: Pace
  /** Absent where the worker is alone. */
  readonly exchange: Exchange | undefined
}

export type Outcome = 'finished' | 'stopped' | 'aborted'

export class Worker {
  readonly #graph: Graph
  readonly #context: WorkerContext
  readonly #waker: Waker
  readonly #options: WorkerOptions
  #failure: { readonly error: unknown } | undefined

  constructor(graph: Graph, context: WorkerContext, waker: Waker, options: WorkerOptions) {
    this.#graph = graph
    this.#context = context
    this.#waker = waker
    this.#options = options
    for (const input of graph.inputs) input.canPrefetch = options.epochIntervalMs > 0
  }

  /** Ends the run with an error, or as aborted if it is an `AbortExecution`. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#waker.wake()
  }

  /** Runs until all input has ended and is committed, or the run is stopped or aborted. */
  async run(): Promise<Outcome> {
    const wake = (): void => this.#waker.wake()
    const signals = [this.#options.signal, this.#context.lifetime]
    for (const signal of signals) signal?.addEventListener('abort', wake)
    try {
      return await this.#loop()
    } finally {
      for (const signal of signals) signal?.removeEventListener('abort', wake)
    }
  }

  async #loop(): Promise<Outcome> {
    const { host, epochs } = this.#context
    let yieldedAtMs = host.monotonicMs()
    for (const input of this.#graph.inputs) input.begin()
    for (;;) {
      // What failed in the background must be seen before the sweep: a barrier would close over the gap that it left.
      if (this.#hasFailed) return await this.#endFailed()
      // Cut off: nobody waits for this run any more.
      if (this.#context.lifetime.aborted) return 'aborted'
      const nowMs = host.monotonicMs()
      const wasActive = this.#sweep(nowMs)
      const hasWork = this.#work(host.monotonicMs() + SLICE_MS)
      this.#options.pace.swept?.(this.#hasInputEnded)
      this.#options.exchange?.flush(!wasActive)
      if (this.#hasFailed) return await this.#endFailed()
      if (this.#graph.inputs.some((input) => input.isAborted)) return await this.#abort()
      if (epochs.isFinalCommitted && !this.#isClosing) return this.#isStopping ? 'stopped' : 'finished'
      if (!wasActive && !hasWork) await this.#waker.sleep(this.#sleepMs())
      // A sleep may end within the same turn of the event loop, again and again: it gives nobody else a turn.
      if (host.monotonicMs() - yieldedAtMs < YIELD_AFTER_MS) continue
      await this.#waker.yieldTurn()
      yieldedAtMs = host.monotonicMs()
    }
  }

  get #isStopping(): boolean {
    return this.#options.pace.isStopping(this.#hasInputEnded)
  }

  get #hasInputEnded(): boolean {
    return this.#graph.inputs.every((input) => input.isEnded)
  }

  /** Whether partitions that have ended are still being closed. */
  get #isClosing(): boolean {
    return this.#graph.inputs.some(({ pumps }) => pumps.some((pump) => pump.isClosing))
  }

  /** Whether each epoch is one round of polls, durable before the next. */
  get #isByRound(): boolean {
    return this.#options.epochIntervalMs === 0
  }

  #sweep(nowMs: number): boolean {
    const barrier = this.#endEpoch(nowMs)
    const { epochs } = this.#context
    const mayPoll = !this.#isStopping && (!this.#isByRound || (epochs.isSettled && !epochs.isDirty))
    for (const input of this.#graph.inputs) {
      input.barrier = barrier
      input.mayPoll = mayPoll
    }
    return this.#activateAll()
  }

  #activateAll(): boolean {
    let wasActive = this.#options.exchange?.receive() ?? false
    for (const node of this.#graph.nodes) if (node.activate()) wasActive = true
    return wasActive
  }

  /** Ends the current epoch if it is time; gives its number. */
  #endEpoch(nowMs: number): number | undefined {
    const ending = this.#options.pace.ending(this.#hasInputEnded, nowMs)
    return ending === undefined ? undefined : this.#context.epochs.end(nowMs, ending)
  }

  /** Every step gets at least a chunk of its work done, however long the sweep took. */
  #work(deadlineMs: number): boolean {
    let hasWork = false
    for (const node of this.#graph.nodes) if (node.work?.(deadlineMs) === true) hasWork = true
    return hasWork
  }

  get #hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /** Ends the run as aborted if a source asked for it, else with the error. */
  async #endFailed(): Promise<'aborted'> {
    const error = this.#failure?.error
    if (isAbort(error)) return await this.#abort()
    throw error
  }

  /** Lets what is on its way come to rest. */
  async #abort(): Promise<'aborted'> {
    const { epochs, host, lifetime } = this.#context
    const { pace, exchange } = this.#options
    while (!pace.mayAbort() && !lifetime.aborted) {
      const nowMs = host.monotonicMs()
      const ending = pace.abortEnding(nowMs)
      const barrier = ending === undefined ? undefined : epochs.end(nowMs, ending)
      for (const input of this.#graph.inputs) {
        input.mayPoll = false
        input.barrier = barrier
      }
      const wasActive = this.#activateAll()
      this.#work(Number.POSITIVE_INFINITY)
      pace.swept?.(this.#hasInputEnded)
      exchange?.flush(true)
      if (this.#failure !== undefined && !isAbort(this.#failure.error)) throw this.#failure.error
      if (wasActive) await this.#waker.yieldTurn()
      else if (!pace.mayAbort()) await this.#waker.sleep(this.#sleepMs())
    }
    return 'aborted'
  }

  /** Time until somebody wants to be activated; `undefined`: nobody does. */
  #sleepMs(): number | undefined {
    const { host } = this.#context
    let wait = Number.POSITIVE_INFINITY
    const now = host.now()
    for (const node of this.#graph.nodes) if (node.wakeAt !== undefined) wait = Math.min(wait, node.wakeAt - now)
    wait = Math.min(wait, this.#options.pace.waitMs(host.monotonicMs()))
    return wait === Number.POSITIVE_INFINITY ? undefined : Math.max(0, wait)
  }
}

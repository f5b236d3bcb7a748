/** Owns what the tests of the engine share: sources and sinks that take their time, and a clock that never stands still. */

import { EOF } from '../../src/index.ts'
import { type Batch, FixedPartitionedSource, StatefulSourcePartition } from '../../src/inputs/source.ts'
import { DynamicSink, type StatelessSinkPartition } from '../../src/outputs/sink.ts'
import type { Host } from '../../src/runtime/host.ts'
import { turn } from '../../src/testing/test-clock.ts'

export interface ItemsOptions {
  readonly batchSize?: number
  /** What a batch takes its time for, by the position of its first item. Absent: it is there at once, and no promise. */
  readonly delay?: (position: number) => Promise<void>
  /** Called before a batch is given. */
  readonly onPoll?: (position: number) => void
}

/** Reads an array, at once or slowly. Positions are indices. */
export class ItemsSource<X> extends FixedPartitionedSource<X, number> {
  readonly #items: readonly X[]
  readonly #options: ItemsOptions

  constructor(items: readonly X[], options: ItemsOptions = {}) {
    super()
    this.#items = items
    this.#options = options
  }

  override listParts(): string[] {
    return ['all']
  }

  override buildPart(_forPart: string, resumeState = 0): StatefulSourcePartition<X, number> {
    return new ItemsPartition(this.#items, resumeState, this.#options)
  }
}

class ItemsPartition<X> extends StatefulSourcePartition<X, number> {
  readonly #items: readonly X[]
  readonly #options: ItemsOptions
  #position: number

  constructor(items: readonly X[], position: number, options: ItemsOptions) {
    super()
    this.#items = items
    this.#position = position
    this.#options = options
  }

  override nextBatch(): Batch<X> | Promise<Batch<X>> {
    const { delay, onPoll } = this.#options
    onPoll?.(this.#position)
    return delay === undefined ? this.#take() : delay(this.#position).then(() => this.#take())
  }

  override snapshot(): number {
    return this.#position
  }

  #take(): Batch<X> {
    const batch = this.#items.slice(this.#position, this.#position + (this.#options.batchSize ?? 1))
    this.#position += batch.length
    return batch.length === 0 ? EOF : batch
  }
}

/** Takes some turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await turn()
}

/** Hands every batch to a function, which may take its time. */
export class CallSink<X> extends DynamicSink<X> {
  readonly #write: (items: readonly X[]) => void | Promise<void>
  readonly #flush: () => void | Promise<void>

  constructor(write: (items: readonly X[]) => void | Promise<void>, flush: () => void | Promise<void> = () => {}) {
    super()
    this.#write = write
    this.#flush = flush
  }

  override build(): StatelessSinkPartition<X> {
    return { writeBatch: this.#write, flush: this.#flush, close: () => {} }
  }
}

/** Timers as far away as this are guards against what never answers. */
const FAR_MS = 10_000

/**
 * A machine on which some milliseconds pass whenever somebody looks at the clock, by a given sequence. Timers fire in the next turn, but for those far
 * away: there is other work under way, which their time is not meant for.
 */
export function restlessHost(stepsMs: readonly number[]): Host {
  let nowMs = 0
  let looks = 0
  const look = (): number => {
    nowMs += stepsMs[looks++ % stepsMs.length] ?? 1
    return nowMs
  }
  return {
    now: look,
    monotonicMs: look,
    setTimer: (delayMs, callback) => {
      let isCancelled = delayMs >= FAR_MS
      setImmediate(() => {
        if (isCancelled) return
        nowMs += Math.max(0, delayMs)
        callback()
      })
      return () => {
        isCancelled = true
      }
    },
    yieldTurn: (callback) => void setImmediate(callback),
    random: () => 0.5,
  }
}

/**
 * Owns the driving of one sink partition: writes in order, one call in flight, barriers between writes. As long as the partition answers at once
 * everything happens at once; after a promise the rest waits in a bounded queue without stalling anybody else.
 */

import type { PlanStep } from '../../dataflow/plan.ts'
import type { StatefulSinkPartition, StatelessSinkPartition } from '../../outputs/sink.ts'
import { isThenable } from '../../thenable.ts'
import { sinkFailure } from '../failure.ts'
import type { WorkerContext } from '../worker-context.ts'

type Partition = StatefulSinkPartition<unknown, unknown> | StatelessSinkPartition<unknown>

/** Items that may wait for a partition before the step takes no more. */
const WAITING_ITEMS = 16_384
/** Items up to which waiting writes are joined. */
const GATHERED_ITEMS = 4_096

/** What a partition says at a barrier. `hasMoved` is false if nothing was written since the last one. */
export interface BarrierAnswer {
  readonly hasMoved: boolean
  readonly position: unknown
  /** What `prepare` gave, for two-phase commit. */
  readonly token: { readonly value: unknown } | undefined
}

/** Something to do with the partition; a promise holds back what follows. */
type Task = () => void | Promise<void>

export class SinkPump {
  readonly partKey: string | undefined
  readonly partition: Partition
  readonly #step: PlanStep
  readonly #context: WorkerContext
  readonly #tasks: Task[] = []
  /** The values of the last task, if that is a write which has not begun: more may join it, so that a slow partition gets few large batches. */
  #gathered: unknown[] | undefined
  #waitingItems = 0
  #isBusy = false
  #hasFailed = false
  #isDirty = false

  constructor(step: PlanStep, partKey: string | undefined, partition: Partition, context: WorkerContext) {
    this.#step = step
    this.partKey = partKey
    this.partition = partition
    this.#context = context
  }

  get hasRoom(): boolean {
    return this.#waitingItems < WAITING_ITEMS
  }

  write(values: readonly unknown[]): void {
    this.#waitingItems += values.length
    if (!this.#isBusy) this.#run(() => this.#writeNow(values))
    else if (this.#gathered !== undefined && this.#gathered.length + values.length <= GATHERED_ITEMS)
      for (const value of values) this.#gathered.push(value)
    else this.#gather([...values])
  }

  #gather(values: unknown[]): void {
    this.#gathered = values
    this.#run(() => {
      if (this.#gathered === values) this.#gathered = undefined
      return this.#writeNow(values)
    })
  }

  #writeNow(values: readonly unknown[]): void | Promise<void> {
    this.#isDirty = true
    return this.#then(
      this.#guard('writeBatch', () => this.partition.writeBatch(values)),
      () => {
        this.#waitingItems -= values.length
      },
    )
  }

  /** Flushes what was written before and asks for the position. */
  barrier(answer: (answer: BarrierAnswer) => void): void {
    this.#gathered = undefined
    this.#run(() => {
      if (!this.#isDirty) {
        answer({ hasMoved: false, position: undefined, token: undefined })
        return undefined
      }
      this.#isDirty = false
      return this.#flush(answer)
    })
  }

  /** Makes visible what `prepare` gave a token for, in its turn. Stays pending if the execution ends before that. */
  async commit(token: unknown): Promise<void> {
    const stateful = this.partition as StatefulSinkPartition<unknown, unknown>
    await new Promise<void>((resolve, reject) => {
      this.#run(async () => {
        try {
          await stateful.commit?.(token)
          resolve()
        } catch (error) {
          const failure = this.#failure('commit', error)
          reject(failure)
          throw failure
        }
      })
    })
  }

  async close(): Promise<void> {
    try {
      await this.partition.close?.()
    } catch (error) {
      throw this.#failure('close', error)
    }
  }

  #flush(answer: (answer: BarrierAnswer) => void): void | Promise<void> {
    const stateful = this.partition as Partial<StatefulSinkPartition<unknown, unknown>>
    const { prepare, snapshot } = stateful
    let token: { value: unknown } | undefined
    const flushed =
      prepare === undefined
        ? this.#guard('flush', () => this.partition.flush?.())
        : this.#then(this.#guard('prepare', () => prepare.call(this.partition)) as void | Promise<void>, (value) => {
            token = { value }
          })
    return this.#then(flushed, () => {
      const position = snapshot === undefined ? undefined : this.#guard('snapshot', () => snapshot.call(this.partition))
      answer({ hasMoved: snapshot !== undefined, position, token })
    })
  }

  /** Does a task in its turn, and none after the first failure or the end of the execution. */
  #run(task: Task): void {
    if (this.#isBusy || this.#hasFailed) {
      this.#tasks.push(task)
      return
    }
    if (this.#context.lifetime.aborted) return
    const pending = task()
    if (pending !== undefined) void this.#drain(pending)
  }

  async #drain(first: Promise<void>): Promise<void> {
    this.#isBusy = true
    try {
      await first
      // The queue is an array and stays short: `WAITING_ITEMS` bounds it.
      for (let task = this.#tasks.shift(); task !== undefined && !this.#context.lifetime.aborted; task = this.#tasks.shift()) {
        await task()
        this.#context.wake()
      }
    } catch (error) {
      this.#hasFailed = true
      this.#context.fail(error)
    } finally {
      this.#isBusy = false
      this.#context.wake()
    }
  }

  /** Goes on with a result, at once if it is there. */
  #then(result: unknown, next: (value: unknown) => void): void | Promise<void> {
    if (isThenable(result)) return Promise.resolve(result).then(next)
    next(result)
    return undefined
  }

  #guard<R>(method: string, call: () => R): R {
    let result: R
    try {
      result = call()
    } catch (error) {
      throw this.#failure(method, error)
    }
    if (!isThenable(result)) return result
    return Promise.resolve(result).catch((error: unknown) => {
      throw this.#failure(method, error)
    }) as R
  }

  #failure(method: string, error: unknown): Error {
    return sinkFailure(this.#step, method, error, this.partKey === undefined ? {} : { partKey: this.partKey })
  }
}

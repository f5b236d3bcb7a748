/**
 * Owns what the tests of stream time share: a source whose partitions each go through a script of their own, a sink whose contents are exact after any
 * number of executions, and a logic that tells what time it is.
 */

import { AbortExecution, EOF, type KeyedStream, type LogicContext } from '../../src/index.ts'
import { type Batch, FixedPartitionedSource, StatefulSourcePartition } from '../../src/inputs/source.ts'
import { FixedPartitionedSink, StatefulSinkPartition } from '../../src/outputs/sink.ts'

/** Aborts the execution, once. */
export class Abort {
  isSpent = false
}

/** Gives items, by default none, and wants to be asked again at a time of the system. */
export class SleepUntil<X = never> {
  readonly timeMs: number
  readonly items: readonly X[]

  constructor(timeMs: number, items: readonly X[] = []) {
    this.timeMs = timeMs
    this.items = items
  }
}

/** What a partition does at a poll: a batch, which may be empty, a promise of one; and what makes things happen. */
export type Step<X> = readonly X[] | (() => readonly X[] | Promise<readonly X[]>) | SleepUntil<X> | Abort

export type Script<X> = readonly Step<X>[]

export interface PartitionsOptions {
  /** Whether batches come by promises. */
  readonly isAsync?: boolean
  /** Called at each poll, with the name of the partition and the number of the step. */
  readonly onPoll?: (part: string, position: number) => void
}

/** Partitions by name, each with a script. Positions count steps. */
export class Partitions<X> extends FixedPartitionedSource<X, number> {
  readonly #scripts: Readonly<Record<string, Script<X>>>
  readonly #options: PartitionsOptions

  constructor(scripts: Readonly<Record<string, Script<X>>>, options: PartitionsOptions = {}) {
    super()
    this.#scripts = scripts
    this.#options = options
  }

  override listParts(): string[] {
    return Object.keys(this.#scripts)
  }

  override buildPart(part: string, resumeState = 0): StatefulSourcePartition<X, number> {
    return new ScriptPartition(part, this.#scripts[part] as Script<X>, resumeState, this.#options)
  }
}

class ScriptPartition<X> extends StatefulSourcePartition<X, number> {
  readonly #part: string
  readonly #script: Script<X>
  readonly #options: PartitionsOptions
  #position: number
  #awakeAt: number | undefined

  constructor(part: string, script: Script<X>, position: number, options: PartitionsOptions) {
    super()
    this.#part = part
    this.#script = script
    this.#position = position
    this.#options = options
  }

  override nextBatch(): Batch<X> | Promise<Batch<X>> {
    this.#options.onPoll?.(this.#part, this.#position)
    return this.#options.isAsync === true ? Promise.resolve().then(() => this.#take()) : this.#take()
  }

  override nextAwake(): number | undefined {
    return this.#awakeAt
  }

  override snapshot(): number {
    return this.#position
  }

  #take(): Batch<X> | Promise<Batch<X>> {
    this.#awakeAt = undefined
    let step = this.#script[this.#position]
    for (; step instanceof Abort; step = this.#script[this.#position]) {
      if (!step.isSpent) {
        step.isSpent = true
        throw new AbortExecution()
      }
      this.#position += 1
    }
    if (step === undefined) return EOF
    this.#position += 1
    if (step instanceof SleepUntil) this.#awakeAt = step.timeMs
    return typeof step === 'function' ? step() : step instanceof SleepUntil ? step.items : step
  }
}

/** Keeps what is written by key; an execution goes on where the last committed epoch left it. */
export class ExactSink<V> extends FixedPartitionedSink<V, number> {
  readonly values: V[] = []

  override listParts(): string[] {
    return ['all']
  }

  override buildPart(_part: string, resumeState = 0): StatefulSinkPartition<V, number> {
    const { values } = this
    values.length = resumeState
    return new (class extends StatefulSinkPartition<V, number> {
      override writeBatch(batch: readonly V[]): void {
        values.push(...batch)
      }

      override snapshot(): number {
        return values.length
      }
    })()
  }
}

/** Brings numbers, which are their own timestamps, to one key, and tells what time it is as each comes and at each of some times: `5@3`, `time 4`. */
export function tellTime(
  up: { keyOn(stepId: string, key: (item: number) => string): KeyedStream<number> },
  times: readonly number[] = [],
): KeyedStream<string> {
  const keyed = up.keyOn('one_key', () => 'key')
  return keyed.stateful('tell', (left: readonly number[] | undefined, _key, _parts: unknown, context: LogicContext) => {
    let waiting = left ?? times
    return {
      onItem: (value: number) => [[`${value}@${context.watermark()}`]],
      onWatermark: (timeMs: number) => {
        waiting = waiting.slice(1)
        return [[`time ${timeMs}`]]
      },
      notifyAtWatermark: () => waiting[0],
      snapshot: () => waiting,
    }
  })
}

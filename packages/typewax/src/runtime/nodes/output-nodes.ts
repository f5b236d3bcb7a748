/** Owns the execution of an `output` step on one worker: routes items to the partitions of the sink, and answers barriers once all have flushed. */

import type { PlanStep } from '../../dataflow/plan.ts'
import { quote, TypewaxError } from '../../errors.ts'
import type { FixedPartitionedSink } from '../../outputs/sink.ts'
import { silence } from '../../thenable.ts'
import { type Barrier, type Batch, itemsOf, toKeyed } from '../batch.ts'
import type { Channel } from '../channel.ts'
import { describeStep, sinkFailure } from '../failure.ts'
import { PipeNode } from '../node.ts'
import type { PartitionLog } from '../state/partition-log.ts'
import type { WorkerContext } from '../worker-context.ts'
import type { BarrierAnswer, SinkPump } from './sink-pump.ts'

/** Sub-key under which the token of a prepared transaction is stored. */
export const TOKEN_SUB_KEY = 'prepared'

export abstract class OutputNode extends PipeNode {
  readonly pumps: readonly SinkPump[]

  constructor(step: PlanStep, pumps: readonly SinkPump[], channels: readonly Channel[], context: WorkerContext) {
    super(step, channels, context)
    this.pumps = pumps
  }

  /** Closes all partitions, after the last epoch is committed. */
  async close(): Promise<void> {
    for (const pump of this.pumps) await pump.close()
  }

  protected override hasRoom(): boolean {
    for (const pump of this.pumps) if (!pump.hasRoom) return false
    return true
  }
}

/** Writes everything to the worker's one partition. */
export class DynamicOutputNode extends OutputNode {
  protected override onBatch(batch: Batch): undefined {
    const [pump] = this.pumps as [SinkPump]
    pump.write(itemsOf(batch))
  }

  protected override onBarrier(barrier: Barrier): void {
    const [pump] = this.pumps as [SinkPump]
    pump.barrier(() => this.context.epochs.nodeDone(barrier.epoch))
  }
}

/** Writes each value to the partition that the sink chooses for its key. */
export class PartitionedOutputNode extends OutputNode {
  readonly #partOf: (key: string) => number
  readonly #log: PartitionLog
  /** By partition of the global set; absent for those of other workers. */
  readonly #parts: readonly (SinkPump | undefined)[]

  /** @param parts One for each partition of the global set, in order; `undefined` for those of other workers. */
  constructor(
    step: PlanStep,
    sink: FixedPartitionedSink<unknown, unknown>,
    parts: readonly (SinkPump | undefined)[],
    log: PartitionLog,
    channels: readonly Channel[],
    context: WorkerContext,
  ) {
    super(
      step,
      parts.filter((part) => part !== undefined),
      channels,
      context,
    )
    this.#parts = parts
    this.#partOf = partitioner(step, sink, [...parts.keys()])
    this.#log = log
  }

  protected override onBatch(incoming: Batch): undefined {
    const { keys, values } = toKeyed(incoming, this.step.userStepId)
    const parts = this.#parts
    if (parts.length === 0) throw this.#noPartitions()
    const groups: (unknown[] | undefined)[] = new Array(parts.length)
    for (let index = 0; index < keys.length; index++) {
      const part = this.#partOf(keys[index] as string)
      const group = groups[part]
      if (group === undefined) groups[part] = [values[index]]
      else group.push(values[index])
    }
    for (let part = 0; part < parts.length; part++) {
      const group = groups[part]
      if (group !== undefined) (parts[part] as SinkPump).write(group)
    }
  }

  protected override onBarrier(barrier: Barrier): void {
    const answers: (BarrierAnswer | undefined)[] = new Array(this.pumps.length)
    let missing = this.pumps.length
    if (missing === 0) this.#answered(barrier.epoch, [])
    this.pumps.forEach((pump, part) => {
      pump.barrier((answer) => {
        answers[part] = answer
        missing -= 1
        if (missing === 0) this.#answered(barrier.epoch, answers as BarrierAnswer[])
      })
    })
  }

  #answered(epoch: number, answers: readonly BarrierAnswer[]): void {
    const moved: [partKey: string, position: unknown, subKey?: string][] = []
    answers.forEach(({ hasMoved, position, token }, part) => {
      const pump = this.pumps[part] as SinkPump
      const partKey = pump.partKey as string
      if (hasMoved) moved.push([partKey, position])
      if (token === undefined) return
      moved.push([partKey, token.value, TOKEN_SUB_KEY])
      this.context.epochs.afterCommit(epoch, () => pump.commit(token.value))
    })
    this.#log.write(epoch, moved)
    this.context.epochs.nodeDone(epoch)
  }

  #noPartitions(): TypewaxError {
    const message = `the sink of ${describeStep(this.step)} got an item, but lists no partitions; did \`listParts\` return an empty array?`
    return new TypewaxError('NO_PARTITIONS', message, { stepId: this.step.userStepId })
  }
}

/** Makes the function that says what of a list, one place for each partition of the global set, belongs to a key. Of an empty list: 0. */
export function partitioner(step: PlanStep, sink: FixedPartitionedSink<unknown, unknown>, byPart: readonly number[]): (key: string) => number {
  return (key) => {
    let part: unknown
    try {
      part = sink.partFn(key)
    } catch (error) {
      throw sinkFailure(step, 'partFn', error, { key })
    }
    if (typeof part === 'number' && Number.isSafeInteger(part) && part >= 0) return byPart[part % byPart.length] ?? 0
    silence(part)
    const message = `\`partFn\` of ${describeStep(step)} must return a non-negative integer; got ${quote(part)} for key ${quote(key)}`
    throw new TypewaxError('INVALID_PART_NUMBER', message, { stepId: step.userStepId, key })
  }
}

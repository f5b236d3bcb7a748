/** Owns the nodes that only route: `branch`, `merge`, `redistribute` (on one worker: passes on) and `inspectDebug`. */

import type { PlanStep } from '../../dataflow/plan.ts'
import type { Inspector } from '../../dataflow/step.ts'
import { type Barrier, type Batch, itemsOf, makeBatch } from '../batch.ts'
import type { Channel, Outlet } from '../channel.ts'
import { userFailure, wrongReturn } from '../failure.ts'
import { PipeNode } from '../node.ts'
import type { PartitionLog } from '../state/partition-log.ts'
import type { WorkerContext } from '../worker-context.ts'
import { ReachedMark } from '../worker-marks.ts'

/** Passes everything on: `redistribute` where there is one worker only. */
export class PassNode extends PipeNode {
  protected override onBatch(batch: Batch): undefined {
    for (const outlet of this.outlets) outlet.emit(batch)
  }
}

/**
 * Passes on what its inbox joins. Its watermark follows from those of its upstreams, but not when one was idle and came back from behind: then it is
 * stored, so that what was late stays late when the flow is resumed.
 */
export class MergeNode extends PassNode {
  readonly #log: PartitionLog
  readonly #reached: ReachedMark

  constructor(step: PlanStep, log: PartitionLog, channels: readonly Channel[], context: WorkerContext) {
    super(step, channels, context)
    this.#log = log
    this.#reached = new ReachedMark(context)
    log.keepOnly(new Set([this.#reached.name]))
  }

  /** Takes up what the workers of an earlier execution stored. */
  restore(stored: ReadonlyMap<string, unknown>): void {
    this.watermarks.raise(this.#reached.restore(stored))
  }

  /** Where nothing else changes, nobody would hear of what was stored. */
  protected override onBegin(barrier: Barrier): void {
    const { watermarkMs, isIdle } = this.watermarks
    if (watermarkMs > Number.NEGATIVE_INFINITY) this.passOn({ kind: 'watermark', watermarkMs, isIdle })
    super.onBegin(barrier)
  }

  /** A worker that is alone need not store what follows from its upstreams. Of several, each must say how far it is, or nothing is sure of all. */
  protected override onBarrier(barrier: Barrier): void {
    const { watermarkMs, isIdle, isAhead } = this.watermarks
    const mustStore = isAhead || this.context.workerCount > 1
    this.#log.write(barrier.epoch, mustStore ? this.#reached.news({ watermarkMs, isOut: isIdle }) : [])
    super.onBarrier(barrier)
  }
}

export class BranchNode extends PipeNode {
  readonly #predicate: (item: unknown) => boolean

  constructor(step: PlanStep, predicate: (item: unknown) => boolean, channels: readonly Channel[], context: WorkerContext) {
    super(step, channels, context)
    this.#predicate = predicate
  }

  protected override onBatch(batch: Batch): undefined {
    const [trues, falses] = this.outlets as [Outlet, Outlet]
    const { keys, values } = batch
    const items = itemsOf(batch)
    const sides = [new Side(keys !== undefined), new Side(keys !== undefined)] as const
    for (let index = 0; index < items.length; index++) {
      const side = this.#ask(items[index], keys?.[index]) ? sides[0] : sides[1]
      side.values.push(values[index])
      side.keys?.push((keys as readonly string[])[index] as string)
    }
    trues.source = batch.source
    falses.source = batch.source
    trues.emit(makeBatch(sides[0].keys, sides[0].values))
    falses.emit(makeBatch(sides[1].keys, sides[1].values))
  }

  #ask(item: unknown, key: string | undefined): boolean {
    let answer: unknown
    try {
      answer = this.#predicate(item)
    } catch (error) {
      throw userFailure(this.step, 'predicate', error, key === undefined ? {} : { key })
    }
    if (typeof answer !== 'boolean') throw wrongReturn(this.step, 'predicate', 'a boolean', answer, key === undefined ? {} : { key })
    return answer
  }
}

class Side {
  readonly keys: string[] | undefined
  readonly values: unknown[] = []

  constructor(isKeyed: boolean) {
    this.keys = isKeyed ? [] : undefined
  }
}

export class InspectNode extends PipeNode {
  readonly #inspector: Inspector

  constructor(step: PlanStep, inspector: Inspector, channels: readonly Channel[], context: WorkerContext) {
    super(step, channels, context)
    this.#inspector = inspector
  }

  protected override onBatch(batch: Batch): undefined {
    const { stepId } = this.step
    try {
      for (const item of itemsOf(batch)) this.#inspector(stepId, item, this.epoch, this.context.workerIndex)
    } catch (error) {
      throw userFailure(this.step, 'inspector', error)
    }
    for (const outlet of this.outlets) outlet.emit(batch)
  }
}

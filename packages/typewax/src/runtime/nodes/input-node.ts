/** Owns the execution of an `input` step on one worker: polls its partitions in order of their names, begins barriers, ends. */

import type { PlanStep } from '../../dataflow/plan.ts'
import { END, makeBatch } from '../batch.ts'
import { Outlet } from '../channel.ts'
import { isAbort } from '../failure.ts'
import type { Node } from '../node.ts'
import type { PartitionLog } from '../state/partition-log.ts'
import type { WorkerContext } from '../worker-context.ts'
import type { SourcePump } from './source-pump.ts'

export class InputNode implements Node {
  readonly step: PlanStep
  readonly outlets: readonly [Outlet]
  itemsIn = 0
  /** Set by the worker before a sweep: the epoch that ends now. */
  barrier: number | undefined
  /** Set by the worker before a sweep: whether partitions may be polled. */
  mayPoll = true
  /** Set by the worker: whether promises may be begun ahead of need. Off where an epoch is one round of polls. */
  canPrefetch = true
  /** Set when a partition threw `AbortExecution`. */
  isAborted = false
  isEnded = false
  readonly pumps: readonly SourcePump[]
  readonly #log: PartitionLog
  /** The partition to begin with. */
  #turn = 0
  readonly #context: WorkerContext

  constructor(step: PlanStep, pumps: readonly SourcePump[], log: PartitionLog, context: WorkerContext) {
    this.step = step
    this.pumps = pumps
    this.outlets = [new Outlet()]
    this.#log = log
    this.#context = context
  }

  get wakeAt(): number | undefined {
    if (!this.mayPoll || !this.outlets[0].hasRoom) return undefined
    let earliest: number | undefined
    for (const pump of this.pumps) {
      const at = pump.wakeAt
      if (at !== undefined && (earliest === undefined || at < earliest)) earliest = at
    }
    return earliest
  }

  activate(): boolean {
    let wasActive = this.#endEpoch()
    if (this.mayPoll && this.#pullAll()) wasActive = true
    return this.#end() || wasActive
  }

  #endEpoch(): boolean {
    const epoch = this.barrier
    if (epoch === undefined) return false
    this.barrier = undefined
    const moved = this.pumps.filter((pump) => pump.hasMoved)
    this.#log.write(
      epoch,
      moved.map((pump) => [pump.partKey, pump.takePosition()] as const),
    )
    this.outlets[0].control({ kind: 'barrier', epoch })
    this.#context.epochs.nodeDone(epoch)
    return true
  }

  /** Polls every partition once, in order. If room runs out before all had their turn, the next sweep goes on with the one that is waiting. */
  #pullAll(): boolean {
    const { pumps } = this
    let wasActive = false
    for (let count = pumps.length; count > 0; count--) {
      if (!this.outlets[0].hasRoom) return wasActive
      if (this.#pull(pumps[this.#turn] as SourcePump)) wasActive = true
      this.#turn = (this.#turn + 1) % pumps.length
    }
    this.#turn = 0
    return wasActive
  }

  #pull(pump: SourcePump): boolean {
    const [outlet] = this.outlets
    if (pump.isEnded) return false
    let items: readonly unknown[] | undefined
    try {
      items = pump.next(this.#context.host.now(), this.canPrefetch)
    } catch (error) {
      if (!isAbort(error)) throw error
      this.isAborted = true
      return true
    }
    if (pump.hasMoved) this.#context.epochs.isDirty = true
    if (items === undefined) return pump.isEnded
    if (items.length === 0) return false
    this.#context.epochs.isDirty = true
    this.itemsIn += items.length
    outlet.emit(makeBatch(undefined, items))
    return true
  }

  #end(): boolean {
    if (this.isEnded || !this.pumps.every((pump) => pump.isEnded)) return false
    this.isEnded = true
    this.outlets[0].control(END)
    return true
  }
}

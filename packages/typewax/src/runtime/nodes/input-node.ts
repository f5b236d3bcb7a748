/** Owns the execution of an `input` step on one worker: polls its partitions in order of their names, begins barriers, ends. */

import type { PlanStep } from '../../dataflow/plan.ts'
import { END, makeBatch } from '../batch.ts'
import { Outlet } from '../channel.ts'
import { isAbort } from '../failure.ts'
import type { Node } from '../node.ts'
import type { PartitionLog } from '../state/partition-log.ts'
import type { WorkerContext } from '../worker-context.ts'
import type { SourcePump } from './source-pump.ts'

/** Decides whether a source partition may be polled. */
export interface Gate {
  holds(source: number): boolean
}

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
  /** Times of silence after which somebody downstream wants to know of a partition; ascending, in milliseconds. */
  quietAfterMs: readonly number[] = []
  /** Who may hold a partition back. */
  gates: readonly Gate[] = []
  /** Set by the builder: whether somebody downstream wants to know of the ends of partitions. */
  isWatched = false
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
      if (this.#isHeld(pump)) continue
      const at = least(pump.wakeAt, this.#quietAt(pump))
      earliest = least(earliest, at)
    }
    return earliest
  }

  /** Called once before the first activation: begins the execution, see `PipeNode.onBegin`. */
  begin(): void {
    this.outlets[0].control({ kind: 'barrier', epoch: this.#context.firstEpoch - 1 })
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
    if (pump.isEnded || this.#isHeld(pump)) return false
    const nowMs = this.#context.host.now()
    let items: readonly unknown[] | undefined
    try {
      items = pump.next(nowMs, this.canPrefetch)
    } catch (error) {
      if (!isAbort(error)) throw error
      this.isAborted = true
      return true
    }
    if (pump.hasMoved) this.#context.epochs.isDirty = true
    if (items === undefined || items.length === 0) return this.#gotNothing(pump, nowMs)
    this.#context.epochs.isDirty = true
    this.itemsIn += items.length
    const batch = makeBatch(undefined, items)
    batch.source = pump.source
    this.outlets[0].emit(batch)
    pump.toldCount = 0
    return true
  }

  #gotNothing(pump: SourcePump, nowMs: number): boolean {
    if (pump.isEnded) {
      if (this.isWatched) this.#tell(pump, Number.POSITIVE_INFINITY)
      return true
    }
    let wasActive = false
    for (let at = this.#quietAt(pump); at !== undefined && at <= nowMs; at = this.#quietAt(pump)) {
      this.#tell(pump, this.quietAfterMs[pump.toldCount++] as number)
      wasActive = true
    }
    return wasActive
  }

  /** When there will be news of the silence of a partition. */
  #quietAt({ silence, toldCount, isEnded }: SourcePump): number | undefined {
    const afterMs = this.quietAfterMs[toldCount]
    return afterMs === undefined || isEnded ? undefined : silence.lastsAt(afterMs)
  }

  #tell({ source }: SourcePump, quietMs: number): void {
    this.#context.epochs.isDirty = true
    this.outlets[0].control({ kind: 'sourceStatus', source, quietMs })
  }

  #isHeld({ source }: SourcePump): boolean {
    for (const gate of this.gates) if (gate.holds(source)) return true
    return false
  }

  #end(): boolean {
    if (this.isEnded || !this.pumps.every((pump) => pump.isEnded)) return false
    this.isEnded = true
    this.outlets[0].control(END)
    return true
  }
}

function least(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return Math.min(left, right)
}

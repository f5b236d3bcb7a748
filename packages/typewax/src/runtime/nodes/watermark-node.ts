/**
 * Owns the execution of `assignWatermarks`: follows the timestamps of each source partition, and puts the watermark of all behind the batch that moved
 * it. What is known of a partition is stored with its name, so that the watermark goes on where it was when the flow is resumed.
 */

import type { PlanStep } from '../../dataflow/plan.ts'
import type { WatermarkSettings } from '../../dataflow/step.ts'
import { type Barrier, type Batch, END, itemsOf, type SourceStatus } from '../batch.ts'
import type { Channel, Outlet } from '../channel.ts'
import { userFailure } from '../failure.ts'
import { PipeNode } from '../node.ts'
import type { PartitionLog } from '../state/partition-log.ts'
import { Watermarks } from '../watermarks.ts'
import type { WorkerContext } from '../worker-context.ts'
import { leastOf, ReachedMark, type StoredMark, storedByAll, workerName } from '../worker-marks.ts'
import type { Gate } from './input-node.ts'

/** A source partition. */
export interface MarkedSource {
  /** Number of the partition among all of the worker. */
  readonly source: number
  /** The same whenever the flow runs. */
  readonly key: string
}

interface Mark extends StoredMark {
  readonly key: string
  /** Its position among all. */
  readonly place: number
  watermarkMs: number
  isOut: boolean
  hasMoved: boolean
}

export class WatermarkNode extends PipeNode implements Gate {
  readonly #timestamp: (item: unknown) => number
  readonly #settings: WatermarkSettings
  readonly #log: PartitionLog
  readonly #marks: readonly Mark[]
  /** Place of a source partition in `#marks`. Empty where the partitions are not known: then all items count as of one. */
  readonly #places = new Map<number, number>()
  readonly #isBySource: boolean
  readonly #watermarks: Watermarks
  /** The watermark that was passed on. */
  readonly #reached: ReachedMark

  /** @param sources `undefined` where it is not known which partition an item comes from. */
  constructor(
    step: PlanStep,
    operation: { readonly timestamp: (item: unknown) => number; readonly options: WatermarkSettings },
    { sources, log }: { readonly sources: readonly MarkedSource[] | undefined; readonly log: PartitionLog },
    channels: readonly Channel[],
    context: WorkerContext,
  ) {
    super(step, channels, context)
    this.#timestamp = operation.timestamp
    this.#settings = operation.options
    this.#log = log
    this.#reached = new ReachedMark(context)
    this.#isBySource = sources !== undefined
    sources?.forEach(({ source }, place) => {
      this.#places.set(source, place)
    })
    const keys = sources?.map(({ key }) => key) ?? [workerName('stream', context)]
    this.#marks = keys.map((key, place) => ({ key, place, watermarkMs: Number.NEGATIVE_INFINITY, isOut: false, hasMoved: false }))
    this.#watermarks = new Watermarks(keys.length)
    if (keys.length === 0) this.#watermarks.refresh()
  }

  /** Names of what it stores. */
  get keys(): ReadonlySet<string> {
    return new Set([...this.#marks.map(({ key }) => key), this.#reached.name])
  }

  /** Takes up what an earlier execution stored. */
  restore(stored: ReadonlyMap<string, unknown>): void {
    // Where the items of all partitions come together, another number of workers shares them out in another way.
    const streams = this.#isBySource ? undefined : storedByAll('stream', stored)
    for (const mark of this.#marks) {
      const { watermarkMs, isOut } = (stored.get(mark.key) ?? (streams && leastOf(streams)) ?? mark) as StoredMark
      Object.assign(mark, { watermarkMs, isOut })
      this.#watermarks.set(mark.place, { kind: 'watermark', watermarkMs, isIdle: isOut })
    }
    this.#watermarks.raise(this.#reached.restore(stored))
  }

  holds(source: number): boolean {
    const { maxAheadMs } = this.#settings
    const place = this.#places.get(source)
    if (maxAheadMs === undefined || place === undefined || this.#watermarks.isIdle) return false
    return (this.#marks[place] as Mark).watermarkMs > this.#watermarks.leastMs + maxAheadMs
  }

  protected override onBegin(barrier: Barrier): void {
    const { watermarkMs, isIdle } = this.#watermarks
    if (isIdle || watermarkMs > Number.NEGATIVE_INFINITY) this.passOn({ kind: 'watermark', watermarkMs, isIdle })
    super.onBegin(barrier)
  }

  protected override onBatch(batch: Batch): undefined {
    const [outlet] = this.outlets as [Outlet]
    outlet.emit(batch)
    const place = this.#isBySource ? this.#places.get(batch.source) : 0
    if (place === undefined) throw new Error(`internal: step ${this.step.stepId} got items of an unknown source partition`)
    const mark = this.#marks[place] as Mark
    const watermarkMs = Math.max(mark.watermarkMs, this.#latest(batch) - this.#settings.outOfOrdernessMs)
    if (watermarkMs !== mark.watermarkMs || mark.isOut) this.#move(mark, { watermarkMs, isOut: false })
  }

  /** Watermarks that were assigned before are replaced by those assigned here. */
  protected override onWatermark(): undefined {}

  protected override onSourceStatus(status: SourceStatus): void {
    const mark = this.#marks[this.#places.get(status.source) ?? -1]
    const isOut = status.quietMs === Number.POSITIVE_INFINITY || status.quietMs === this.#settings.idleAfterMs
    if (mark !== undefined && isOut && !mark.isOut) this.#move(mark, { watermarkMs: mark.watermarkMs, isOut })
    this.passOn(status)
  }

  /** Who resumes the flow need not wait for a stream that has ended. Of partitions this is known by their own ends. */
  protected override onEnd(): undefined {
    const [mark] = this.#marks
    if (!this.#isBySource && mark !== undefined) Object.assign(mark, { isOut: true, hasMoved: true })
    this.passOn(END)
  }

  protected override onBarrier(barrier: Barrier): void {
    const { watermarkMs, isIdle } = this.#watermarks
    const moved = [...this.#reached.news({ watermarkMs, isOut: isIdle })]
    for (const mark of this.#marks) {
      if (!mark.hasMoved) continue
      mark.hasMoved = false
      moved.push([mark.key, { watermarkMs: mark.watermarkMs, isOut: mark.isOut }])
    }
    this.#log.write(barrier.epoch, moved)
    super.onBarrier(barrier)
  }

  #latest(batch: Batch): number {
    const items = itemsOf(batch)
    let latest = Number.NEGATIVE_INFINITY
    let index = 0
    try {
      for (; index < items.length; index++) {
        const timestampMs = this.#timestamp(items[index])
        if (timestampMs > latest) latest = timestampMs
      }
    } catch (error) {
      const key = batch.keys?.[index]
      throw userFailure(this.step, 'timestamp', error, key === undefined ? {} : { key })
    }
    return latest
  }

  #move(mark: Mark, { watermarkMs, isOut }: StoredMark): void {
    Object.assign(mark, { watermarkMs, isOut, hasMoved: true })
    const watermark = this.#watermarks.set(mark.place, { kind: 'watermark', watermarkMs, isIdle: isOut })
    if (watermark !== undefined) this.passOn(watermark)
  }
}

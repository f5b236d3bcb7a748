/**
 * Owns what all nodes share. A node executes one core step: it is activated once a sweep, handles what is queued as long as there is room
 * downstream, and passes control messages on. It never waits: what takes time goes on in the background and wakes the worker when it is done.
 */

import type { PlanStep } from '../dataflow/plan.ts'
import type { Barrier, Batch, Control, Message, SourceStatus, Watermark } from './batch.ts'
import { END } from './batch.ts'
import type { Channel } from './channel.ts'
import { Inbox, Outlet } from './channel.ts'
import type { Watermarks } from './watermarks.ts'
import type { WorkerContext } from './worker-context.ts'

/** Does a part of the work that a message began; true when it is done. Called again while there is room downstream. */
export type Rest = () => boolean

export interface Node {
  readonly step: PlanStep
  readonly outlets: readonly Outlet[]
  readonly itemsIn: number
  /** Handles what is queued. Returns whether anything was done. */
  activate(): boolean
  /** When it wants to be activated even if nothing is queued, in milliseconds since the epoch. */
  readonly wakeAt: number | undefined
  /** Works on snapshots until `deadlineMs` of the monotonic clock. Returns whether something is left. */
  work?(deadlineMs: number): boolean
}

/** A node with upstreams. Subclasses say what to do with a batch, a barrier and the end. */
export abstract class PipeNode implements Node {
  readonly step: PlanStep
  readonly outlets: readonly Outlet[]
  itemsIn = 0
  /** The epoch that batches handled now belong to. */
  protected epoch: number
  protected readonly context: WorkerContext
  readonly #inbox: Inbox
  #rest: Rest | undefined

  constructor(step: PlanStep, channels: readonly Channel[], context: WorkerContext) {
    this.step = step
    this.context = context
    this.epoch = context.firstEpoch
    this.#inbox = new Inbox(channels)
    this.outlets = step.downs.map(() => new Outlet())
  }

  get wakeAt(): number | undefined {
    return undefined
  }

  /** The watermark of the items that are handled now. */
  protected get watermarkMs(): number {
    return this.#inbox.watermarks.watermarkMs
  }

  /** The watermarks of its upstreams. */
  protected get watermarks(): Watermarks {
    return this.#inbox.watermarks
  }

  activate(): boolean {
    let wasActive = false
    while (this.hasRoom()) {
      if (this.#rest !== undefined) {
        wasActive = true
        if (!this.#rest()) continue
        this.#rest = undefined
      }
      const message = this.#inbox.next()
      if (message === undefined) return wasActive
      wasActive = true
      this.#rest = this.#handle(message)
    }
    return wasActive
  }

  /** Whether a message may be begun. By default: whether all consumers have room. */
  protected hasRoom(): boolean {
    for (const outlet of this.outlets) if (!outlet.hasRoom) return false
    return true
  }

  protected get isBusy(): boolean {
    return this.#rest !== undefined
  }

  /** Takes over work that was begun outside of a message. Not while `isBusy`. */
  protected resume(rest: Rest | undefined): void {
    this.#rest = rest
  }

  /** Handles a batch. Returns what is left to do of it, if it stopped for want of room. */
  protected abstract onBatch(batch: Batch): Rest | undefined

  /**
   * Begins the execution: all upstreams have, and nothing of this execution came before. Passes on the barrier of the epoch that is resumed after;
   * watermarks that an earlier execution had reached go ahead of it, so that every step knows them before any item, whoever sends it.
   */
  protected onBegin(barrier: Barrier): void {
    this.passOn(barrier)
  }

  /** Ends an epoch: report to `context.epochs` when this node's part of it is done, and pass the barrier on. */
  protected onBarrier(barrier: Barrier): void {
    this.passOn(barrier)
    this.context.epochs.nodeDone(barrier.epoch)
  }

  /** Handles the end of input. The end must be passed on when all is emitted. */
  protected onEnd(): Rest | undefined {
    this.passOn(END)
    return undefined
  }

  /** Handles a new watermark: all items that came before it have been handled. It must be passed on when all that follows from it is emitted. */
  protected onWatermark(watermark: Watermark): Rest | undefined {
    this.passOn(watermark)
    return undefined
  }

  /** Handles news of a source partition: of interest where watermarks are assigned. */
  protected onSourceStatus(status: SourceStatus): void {
    this.passOn(status)
  }

  protected passOn(message: Control): void {
    for (const outlet of this.outlets) outlet.control(message)
  }

  #handle(message: Message): Rest | undefined {
    switch (message.kind) {
      case 'batch':
        this.itemsIn += message.values.length
        return this.onBatch(message)
      case 'barrier':
        this.#barrier(message)
        return undefined
      case 'watermark':
        return this.onWatermark(message)
      case 'sourceStatus':
        this.onSourceStatus(message)
        return undefined
      case 'end':
        return this.onEnd()
    }
  }

  #barrier(barrier: Barrier): void {
    if (barrier.epoch < this.context.firstEpoch) this.onBegin(barrier)
    else this.onBarrier(barrier)
    this.epoch = barrier.epoch + 1
  }
}

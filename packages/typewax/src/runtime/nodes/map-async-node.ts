/**
 * Owns the execution of `mapAsync`: a bounded number of calls in flight, results in order or as they come. Barriers and the end wait for the results
 * of the items ahead of them; items behind may start, their results are held back. So a snapshot never loses an item in flight: it is replayed, or
 * its result is part of the epoch.
 */

import type { PlanStep } from '../../dataflow/plan.ts'
import type { AsyncMapper, MapAsyncSettings } from '../../dataflow/step.ts'
import { callWithRetry } from '../async-call.ts'
import { type Barrier, type Batch, END, type End, itemsOf, makeBatch, type Watermark } from '../batch.ts'
import type { Channel, Outlet } from '../channel.ts'
import { userFailure } from '../failure.ts'
import { PipeNode, type Rest } from '../node.ts'
import type { WorkerContext } from '../worker-context.ts'

/** An item in flight, or a control message that waits for those ahead of it. */
type Slot = { isDone: boolean; result: unknown } | Barrier | End | Watermark

export class MapAsyncNode extends PipeNode {
  readonly #mapper: AsyncMapper
  readonly #settings: MapAsyncSettings
  /** What is ahead, from `#head` on; in order. */
  #slots: Slot[] = []
  #head = 0
  /** Items among them. */
  #itemCount = 0

  constructor(
    step: PlanStep,
    operation: { readonly mapper: AsyncMapper; readonly options: MapAsyncSettings },
    channels: readonly Channel[],
    context: WorkerContext,
  ) {
    super(step, channels, context)
    this.#mapper = operation.mapper
    this.#settings = operation.options
  }

  override activate(): boolean {
    const emitted = this.#emit()
    return super.activate() || emitted
  }

  /** Results that wait count as in flight: memory stays bounded when the first of many is slow. */
  protected override hasRoom(): boolean {
    return super.hasRoom() && this.#itemCount < this.#settings.maxInFlight
  }

  protected override onBatch(batch: Batch): Rest | undefined {
    const items = itemsOf(batch)
    let index = 0
    const rest = (): boolean => {
      while (index < items.length && this.hasRoom()) this.#start(items[index++])
      return index === items.length
    }
    return rest() ? undefined : rest
  }

  protected override onBarrier(barrier: Barrier): void {
    this.#slots.push(barrier)
    this.#emit()
  }

  protected override onWatermark(watermark: Watermark): undefined {
    const last = this.#slots.length - 1
    const slot = last < this.#head ? undefined : this.#slots[last]
    if (slot !== undefined && 'kind' in slot && slot.kind === 'watermark') this.#slots[last] = watermark
    else this.#slots.push(watermark)
    this.#emit()
  }

  /** Its results come from many partitions: nobody behind it can tell which. */
  protected override onSourceStatus(): void {}

  protected override onEnd(): undefined {
    this.#slots.push(END)
    this.#emit()
  }

  #start(item: unknown): void {
    const slot = { isDone: false, result: undefined as unknown }
    this.#slots.push(slot)
    this.#itemCount += 1
    const { context, step } = this
    const done = (result: unknown): void => {
      slot.result = result
      slot.isDone = true
      context.wake()
    }
    const { recover } = this.#settings
    callWithRetry(this.#mapper, item, this.#settings, { stepId: step.userStepId, host: context.host, lifetime: context.lifetime }).then(
      done,
      (error: unknown) => (recover === undefined ? context.fail(userFailure(step, 'mapper', error)) : done(recover(item, error))),
    )
  }

  /** Emits what is done and may go. */
  #emit(): boolean {
    const [outlet] = this.outlets as [Outlet]
    let wasActive = false
    while (outlet.hasRoom) {
      const results = this.#settings.ordered ? this.#takeInOrder() : this.#takeDone()
      if (results.length > 0) {
        this.#itemCount -= results.length
        outlet.emit(makeBatch(undefined, results))
        wasActive = true
      }
      const control = this.#slots[this.#head]
      if (control === undefined || !('kind' in control)) break
      this.#head += 1
      this.passOn(control)
      if (control.kind === 'barrier') this.context.epochs.nodeDone(control.epoch)
      wasActive = true
    }
    this.#compact()
    return wasActive
  }

  #takeInOrder(): unknown[] {
    const results: unknown[] = []
    for (let slot = this.#slots[this.#head]; slot !== undefined && !('kind' in slot) && slot.isDone; slot = this.#slots[this.#head]) {
      results.push(slot.result)
      this.#head += 1
    }
    return results
  }

  /** Everything done up to the first control message. */
  #takeDone(): unknown[] {
    const results: unknown[] = []
    const waiting: Slot[] = []
    let index = this.#head
    for (; index < this.#slots.length; index++) {
      const slot = this.#slots[index] as Slot
      if ('kind' in slot) break
      if (slot.isDone) results.push(slot.result)
      else waiting.push(slot)
    }
    if (results.length === 0) return results
    this.#slots = [...waiting, ...this.#slots.slice(index)]
    this.#head = 0
    return results
  }

  #compact(): void {
    if (this.#head < 64 || this.#head * 2 < this.#slots.length) return
    this.#slots = this.#slots.slice(this.#head)
    this.#head = 0
  }
}

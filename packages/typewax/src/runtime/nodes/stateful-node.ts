/**
 * Owns the execution of `statefulBatch` on one worker: calls the logic of each key with what arrives, when its time comes and at the end of input,
 * and emits what it answers. Values, watermarks and the end go in the order in which they come; due notifications by the
 * clock come behind what is queued, and die at the end.
 */

import type { PlanStep } from '../../dataflow/plan.ts'
import { type AnyLogic, type AnyLogicBuilder, type Emit, NOTHING } from '../../dataflow/step.ts'
import { compareUtf8 } from '../assign.ts'
import { type Barrier, type Batch, END, toKeyed, type Watermark } from '../batch.ts'
import type { Channel, Outlet } from '../channel.ts'
import { userFailure } from '../failure.ts'
import { PipeNode, type Rest } from '../node.ts'
import { type Entry, WatermarkTimer } from '../state/entry.ts'
import { inOrder } from '../state/entry-order.ts'
import { type Found, KeyedState } from '../state/keyed-state.ts'
import type { LoadedStep } from '../state/load.ts'
import { Timers } from '../state/timers.ts'
import type { WorkerContext } from '../worker-context.ts'
import { Answers, type Method } from './answers.ts'
import { hasWishes, timeWish, watermarkWish } from './wishes.ts'

/** Keys that are looked up together, see `KeyedState.find`. Small enough for their entries to stay in the first cache. */
const LOOKUP_BLOCK = 128

/** Calls in a row for times that have passed already and do not get later, after which a logic is taken to ask for ever. */
const MAX_CALLS_AT_ONCE = 1_000_000

/** Keys whose due snapshots are taken together, before they are called. */
const SETTLE_BLOCK = 1_000

export class StatefulNode extends PipeNode {
  readonly #state: KeyedState
  readonly #timers = new Timers<Entry>()
  readonly #watermarkTimers = new Timers<Entry | WatermarkTimer>()
  readonly #granularity: 'batch' | 'item'
  /** The time of the stream up to which logics have been called. */
  #passedMs = Number.NEGATIVE_INFINITY
  #isEnded = false
  readonly #answers: Answers
  /** The method that is being called, for messages. */
  #method: Method = 'onBatch'
  /** Barrier whose snapshots are being taken. */
  #snapshotting: number | undefined

  constructor(
    step: PlanStep,
    operation: { readonly builder: AnyLogicBuilder; readonly granularity: 'batch' | 'item' },
    channels: readonly Channel[],
    context: WorkerContext,
  ) {
    super(step, channels, context)
    this.#granularity = operation.granularity
    this.#answers = new Answers(step, this.outlets[0] as Outlet)
    this.#state = new KeyedState(step, operation.builder, context, () => this.watermarkMs)
  }

  restore(loaded: LoadedStep): void {
    for (const entry of this.#state.restore(loaded)) this.#schedule(entry, entry.logic as AnyLogic)
  }

  override get wakeAt(): number | undefined {
    return this.isBusy || !this.#mayNotify() ? undefined : this.#timers.earliest
  }

  override activate(): boolean {
    const wasActive = super.activate()
    return this.#notify() || wasActive
  }

  work(deadlineMs: number): boolean {
    const epoch = this.#snapshotting
    if (epoch === undefined) {
      this.#state.clean(deadlineMs)
      return false
    }
    if (!this.#state.work(deadlineMs)) return true
    this.#snapshotting = undefined
    this.context.epochs.nodeDone(epoch)
    return false
  }

  protected override onBatch(incoming: Batch): Rest | undefined {
    const batch = toKeyed(incoming, this.step.userStepId)
    if (this.#granularity === 'batch') return this.#runBatches(batch.keys, batch.values)
    this.#state.settle(batch.keys)
    return this.#runItems(batch.keys, batch.values)
  }

  protected override onBarrier(barrier: Barrier): void {
    this.#state.barrier(barrier.epoch)
    this.#snapshotting = barrier.epoch
    this.passOn(barrier)
  }

  /** At the end, snapshots that are due are taken in the background before all keys are called. */
  protected override hasRoom(): boolean {
    return super.hasRoom() && !(this.#isEnded && this.#state.isSnapshotting)
  }

  protected override onEnd(): Rest | undefined {
    this.#isEnded = true
    this.#timers.clear()
    this.#watermarkTimers.clear()
    let rest: Rest | undefined
    const ending: Rest = () => {
      rest ??= this.#each(this.#keysWithEof(), (entry, logic) => {
        if (logic.onEof !== undefined) this.#take(entry, 'onEof', logic.onEof())
      })
      if (!rest()) return false
      this.#answers.flush()
      this.passOn(END)
      return true
    }
    return this.#state.isSnapshotting ? ending : this.#begin('onEof', ending)
  }

  /** Time passes in order: all that is due at a time comes before what is due later, however far the watermark moved at once. */
  protected override onWatermark(watermark: Watermark): Rest | undefined {
    let timeMs = Number.NEGATIVE_INFINITY
    let due: readonly Entry[] = []
    let index = 0
    return this.#begin('onWatermark', () => {
      for (;;) {
        for (; index < due.length; index++) {
          if (this.#answers.isFull && !this.#answers.flush()) return false
          if (index % SETTLE_BLOCK === 0 && this.#state.isSnapshotting) this.#state.settle(keysOf(due.slice(index, index + SETTLE_BLOCK)))
          this.#passAt(due[index] as Entry, timeMs)
        }
        timeMs = this.#watermarkTimers.earliest ?? Number.POSITIVE_INFINITY
        if (timeMs > watermark.watermarkMs || timeMs === Number.POSITIVE_INFINITY) break
        this.#passedMs = Math.max(this.#passedMs, timeMs)
        due = this.#dueEarliest()
        index = 0
      }
      this.#passedMs = watermark.watermarkMs
      this.#answers.flush()
      this.passOn(watermark)
      return true
    })
  }

  /** Takes out the keys that are due at the earliest time. */
  #dueEarliest(): readonly Entry[] {
    const entries: Entry[] = []
    for (const sleeper of this.#watermarkTimers.takeEarliest()) {
      const entry = sleeper instanceof WatermarkTimer ? sleeper.entry : sleeper
      if (entry.logic !== undefined) entries.push(entry)
    }
    return inOrder(entries)
  }

  #passAt(entry: Entry, timeMs: number): void {
    const logic = entry.logic as AnyLogic
    this.#state.mark(entry)
    try {
      if (logic.onWatermark !== undefined) this.#take(entry, 'onWatermark', logic.onWatermark(timeMs))
    } catch (error) {
      throw userFailure(this.step, 'onWatermark', error, { key: entry.key })
    }
    this.#schedule(entry, logic)
  }

  #keysWithEof(): string[] {
    this.#method = 'onEof'
    const keys: string[] = []
    if (!this.#state.hasEof) return keys
    for (const entry of this.#state.entries.values()) if (entry.logic?.onEof !== undefined) keys.push(entry.key)
    return keys.sort(compareUtf8)
  }

  /** Item-wise logics: in order of arrival, a discarded logic is built anew within the batch. */
  #runItems(keys: readonly string[], values: readonly unknown[]): Rest | undefined {
    const state = this.#state
    const found: Found = []
    let index = 0
    let foundUntil = 0
    return this.#begin('onItem', () => {
      while (index < keys.length) {
        if (this.#answers.isFull && !this.#answers.flush()) return false
        const from = index
        foundUntil = Math.min(from + LOOKUP_BLOCK, keys.length)
        let hasNotifications = state.find(keys, from, foundUntil, found)
        for (; index < foundUntil; index++) {
          let entry = found[index - from]
          if (entry?.logic === undefined) {
            entry = state.touch(keys[index] as string)
            hasNotifications ||= hasWishes(entry.logic)
          }
          const logic = entry.logic as AnyLogic
          try {
            const emit = (logic.onItem as (value: unknown) => Emit<unknown>).call(logic, values[index])
            if (emit !== NOTHING) this.#take(entry, 'onItem', emit)
          } catch (error) {
            throw userFailure(this.step, logic.callee ?? 'onItem', error, { key: entry.key })
          }
          if (hasNotifications) this.#schedule(entry, logic)
        }
      }
      return true
    })
  }

  /** Batch-wise logics: each key gets its values of the batch, keys in order of first arrival. */
  #runBatches(keys: readonly string[], values: readonly unknown[]): Rest | undefined {
    const groups = new Map<string, unknown[]>()
    for (let index = 0; index < keys.length; index++) {
      const group = groups.get(keys[index] as string)
      if (group === undefined) groups.set(keys[index] as string, [values[index]])
      else group.push(values[index])
    }
    const rest = this.#each([...groups.keys()], (entry, logic) => {
      const emit = (logic.onBatch as (values: readonly unknown[]) => Emit<unknown>).call(logic, groups.get(entry.key) as unknown[])
      this.#take(entry, 'onBatch', emit)
    })
    return this.#begin('onBatch', rest)
  }

  #notify(): boolean {
    const earliest = this.#timers.earliest
    if (earliest === undefined || this.isBusy || !this.#mayNotify()) return false
    const nowMs = this.context.host.now()
    if (earliest > nowMs) return false
    const due = this.#timers.takeDue(nowMs).filter((entry) => entry.logic !== undefined)
    if (due.length === 0) return false
    this.context.epochs.isDirty = true
    const keys = due.map((entry) => entry.key).sort(compareUtf8)
    const rest = this.#each(keys, (entry, logic) => {
      if (logic.onNotify !== undefined) this.#take(entry, 'onNotify', logic.onNotify())
    })
    this.resume(this.#begin('onNotify', rest))
    return true
  }

  /** Not behind the last barrier: what a notification emits then would belong to no epoch. */
  #mayNotify(): boolean {
    return !this.context.epochs.isFinalEnded && this.hasRoom()
  }

  /** Calls something for each of some keys, as far as there is room. */
  #each(keys: readonly string[], call: (entry: Entry, logic: AnyLogic) => void): Rest {
    let index = 0
    return () => {
      for (; index < keys.length; index++) {
        if (this.#answers.isFull && !this.#answers.flush()) return false
        if (index % SETTLE_BLOCK === 0) this.#state.settle(keys.slice(index, index + SETTLE_BLOCK))
        const entry = this.#state.touch(keys[index] as string)
        const logic = entry.logic as AnyLogic
        this.#call(entry, () => call(entry, logic))
        if (hasWishes(logic)) this.#schedule(entry, logic)
      }
      return true
    }
  }

  #call(entry: Entry, call: () => void): void {
    try {
      call()
    } catch (error) {
      throw userFailure(this.step, this.#method, error, { key: entry.key })
    }
  }

  /** Runs the first part of some work and emits; returns the rest, if any. */
  #begin(method: Method, work: Rest): Rest | undefined {
    const rest = (): boolean => {
      this.#method = method
      const isDone = work()
      this.#answers.flush()
      return isDone
    }
    return rest() ? undefined : rest
  }

  /** Takes in what a logic answered. */
  #take(entry: Entry, method: Method, answer: Emit<unknown>): void {
    if (!this.#answers.take(entry, method, answer)) return
    this.#unschedule(entry)
    this.#state.discard(entry)
  }

  /** Asks a logic for its wake-ups: the latest answers count. */
  #schedule(entry: Entry, logic: AnyLogic): void {
    if (this.#isEnded || entry.logic === undefined) return
    const byTime = logic.notifyAt !== undefined
    if (logic.notifyAtWatermark !== undefined) {
      const at = this.#catchUp(entry, logic)
      if (entry.logic !== logic) return
      // Most logics have wake-ups of one kind: the place of the other is free.
      if (!byTime) this.#seat(entry, true)
      this.#watermarkTimers.set(byTime ? this.#timerOf(entry) : entry, at)
    }
    if (!byTime) return
    this.#seat(entry, false)
    this.#timers.set(entry, timeWish(this.step, entry.key, logic))
  }

  /** A logic may come to ask for another kind of time than before: then it leaves its place. */
  #seat(entry: Entry, isByWatermark: boolean): void {
    if (entry.isByWatermark === isByWatermark) return
    ;(entry.isByWatermark ? this.#watermarkTimers : this.#timers).set(entry, undefined)
    entry.isByWatermark = isByWatermark
  }

  #timerOf(entry: Entry): WatermarkTimer {
    entry.watermarkTimer ??= new WatermarkTimer(entry)
    return entry.watermarkTimer
  }

  #unschedule(entry: Entry): void {
    ;(entry.isByWatermark ? this.#watermarkTimers : this.#timers).set(entry, undefined)
    if (entry.watermarkTimer !== undefined) this.#watermarkTimers.set(entry.watermarkTimer, undefined)
  }

  /**
   * Asks a logic for the watermark to be called at. For times that the stream passed before it asked, it is called at once: ahead of its next value,
   * so that batches make no difference.
   */
  #catchUp(entry: Entry, logic: AnyLogic): number | undefined {
    let [calls, lastMs] = [0, Number.NEGATIVE_INFINITY]
    for (;;) {
      const at = watermarkWish(this.step, entry.key, logic)
      if (at === undefined || at > this.#passedMs || this.#passedMs === Number.NEGATIVE_INFINITY || logic.onWatermark === undefined) return at
      calls = at > lastMs ? 0 : calls + 1
      lastMs = at
      if (calls === MAX_CALLS_AT_ONCE) throw this.#answers.wrong(entry, 'notifyAtWatermark', 'a later time or undefined at some time', at)
      try {
        this.#take(entry, 'onWatermark', logic.onWatermark(at))
      } catch (error) {
        throw userFailure(this.step, 'onWatermark', error, { key: entry.key })
      }
      if (entry.logic !== logic) return undefined
    }
  }
}

function keysOf(entries: readonly Entry[]): string[] {
  return entries.map(({ key }) => key)
}

/**
 * Owns what goes on in a window operator for one key: asks the clock for the time of each value, puts late ones aside, lets the others wait for the
 * watermark if they are to be in order, and opens, feeds, merges and closes windows. Knows neither streams nor what windows do with values.
 *
 * The state is stored in parts: one for each open window and each block of waiting values, so that a key with many is not stored whole when one
 * changes.
 */

import { DISCARD, type Emit, type LogicContext, RETAIN, type StatefulBatchLogic, type SubKeyChanges } from '../dataflow/step.ts'
import { quote, TypewaxError } from '../errors.ts'
import { Changes } from './changes.ts'
import type { Clock, ClockLogic } from './clock.ts'
import type { WindowMetadata } from './metadata.ts'
import { type StoredBlock, ValueQueue } from './value-queue.ts'
import type { WindowLogic, WindowLogicBuilder } from './window-logic.ts'
import type { Windower, WindowerLogic } from './windower.ts'

/** What the driver emits. A late value gives one event for each window that it would have been in. */
export type WindowEvent<V, W> =
  | readonly [windowId: number, kind: 'down', result: W]
  | readonly [windowId: number, kind: 'late', value: V]
  | readonly [windowId: number, kind: 'meta', metadata: WindowMetadata]

/** What the drivers of a step share. */
export interface WindowSettings<V, W, S> {
  readonly clock: Clock<V>
  readonly windower: Windower
  readonly builder: WindowLogicBuilder<V, W, S>
  readonly ordered: boolean
  /** `Infinity`: never. */
  readonly forgetAfterMs: number
}

/** What is stored of a key besides the parts. */
export interface DriverState {
  readonly clock: unknown
  /** Absent while there is nothing to remember. */
  readonly windower: unknown
}

const WINDOW = 'w'
const BLOCK = 'q'

/** What a key has while it is not idle. */
interface Active<V, W, S> {
  readonly windower: WindowerLogic
  readonly windows: Map<number, WindowLogic<V, W, S>>
  /** Of `windows`. */
  readonly changes: Changes
  /** Absent if values need not wait. */
  readonly queue: ValueQueue<V> | undefined
}

const NONE: readonly never[] = []

type Parts<V, S> = ReadonlyMap<string, S | StoredBlock<V>>

export class WindowDriver<V, W, S> implements StatefulBatchLogic<V, WindowEvent<V, W>, DriverState, S | StoredBlock<V>> {
  readonly #settings: WindowSettings<V, W, S>
  readonly #context: LogicContext
  readonly #clock: ClockLogic<V>
  /** Absent while the key is idle: then its clock is all there is. */
  #active: Active<V, W, S> | undefined
  #watermarkMs = Number.NEGATIVE_INFINITY
  /** When the key is forgotten, if nothing happens until then. */
  #forgetAtMs: number | undefined

  constructor(settings: WindowSettings<V, W, S>, resumeState: DriverState | undefined, parts: Parts<V, S>, context: LogicContext) {
    this.#settings = settings
    this.#context = context
    this.#clock = settings.clock.build(resumeState?.clock, context)
    if (resumeState?.windower !== undefined || parts.size > 0) this.#active = makeActive(settings, resumeState?.windower, parts)
    this.#rest()
  }

  onBatch(values: readonly V[]): Emit<WindowEvent<V, W>> {
    const clock = this.#clock
    const active = this.#activate()
    const { queue, windower } = active
    const late: WindowEvent<V, W>[] = []
    const events: WindowEvent<V, W>[] = []
    clock.beforeBatch()
    for (const value of values) {
      const timestampMs = clock.onItem(value)
      if (!Number.isFinite(timestampMs)) throw wrongTime(timestampMs)
      if (timestampMs < clock.watermarkMs) for (const id of windower.lateFor(timestampMs)) late.push([id, 'late', value])
      else if (queue === undefined) this.#insert(active, timestampMs, value, events)
      else queue.push(timestampMs, value)
    }
    return this.#flush(active, clock.watermarkMs, late.length === 0 ? events : late.concat(events))
  }

  onNotify(): Emit<WindowEvent<V, W>> {
    this.#clock.onNotify()
    if (this.#forgetAtMs !== undefined && this.#forgetAtMs <= this.#context.now()) return [[], DISCARD]
    return this.#flush(this.#activate(), this.#clock.watermarkMs)
  }

  onEof(): Emit<WindowEvent<V, W>> {
    return this.#flush(this.#activate(), this.#clock.onEof())
  }

  notifyAt(): number | undefined {
    const closeMs = this.#active?.windower.notifyAt() ?? Number.POSITIVE_INFINITY
    const nextMs = Math.min(closeMs, this.#active?.queue?.earliestMs ?? Number.POSITIVE_INFINITY)
    return nextMs === Number.POSITIVE_INFINITY ? this.#forgetAtMs : this.#clock.wakeAt(nextMs)
  }

  snapshot(): DriverState {
    const windower = this.#active?.windower
    return { clock: this.#clock.snapshot(), windower: windower === undefined || windower.isEmpty() ? undefined : windower.snapshot() }
  }

  subKeyChanges(): SubKeyChanges {
    const active = this.#active
    if (active === undefined) return { changed: [], removed: [] }
    const [windows, blocks] = [active.changes.take(WINDOW), active.queue?.takeChanges(BLOCK)]
    // All parts that were stored are reported as removed by now.
    if (isIdle(active) && active.windower.isEmpty()) this.#active = undefined
    return blocks === undefined ? windows : { changed: [...windows.changed, ...blocks.changed], removed: [...windows.removed, ...blocks.removed] }
  }

  snapshotSubKey(subKey: string): S | StoredBlock<V> {
    const { windows, queue } = this.#activate()
    const number = numberIn(subKey)
    return subKey.startsWith(BLOCK) ? (queue?.snapshotBlock(number) ?? []) : (windows.get(number) as WindowLogic<V, W, S>).snapshot()
  }

  #activate(): Active<V, W, S> {
    this.#active ??= makeActive(this.#settings, undefined, new Map())
    return this.#active
  }

  /** Brings all windows to a watermark: values that waited for it first, then merges, then closes. */
  #flush(active: Active<V, W, S>, watermarkMs: number, events: WindowEvent<V, W>[] = []): Emit<WindowEvent<V, W>> {
    if (!(watermarkMs >= this.#watermarkMs)) throw wrongWatermark(watermarkMs, this.#watermarkMs)
    // The watermark of the end is for this once: who goes on with the flow finds the clock as it was.
    this.#watermarkMs = this.#clock.watermarkMs
    for (const { timestampMs, value } of active.queue?.takeUntil(watermarkMs) ?? NONE) this.#insert(active, timestampMs, value, events)
    this.#merge(active, events)
    this.#close(active, watermarkMs, events)
    this.#rest()
    const isForgettable = isIdle(active) && active.windower.isEmpty() && this.#clock.snapshot() === undefined
    return [events, isForgettable ? DISCARD : RETAIN]
  }

  #insert({ windower, windows, changes }: Active<V, W, S>, timestampMs: number, value: V, events: WindowEvent<V, W>[]): void {
    for (const id of windower.openFor(timestampMs)) {
      let window = windows.get(id)
      if (window === undefined) {
        window = this.#settings.builder(undefined)
        windows.set(id, window)
      }
      changes.change(id)
      emit(id, window.onValue(value, timestampMs), events)
    }
  }

  #merge({ windower, windows, changes }: Active<V, W, S>, events: WindowEvent<V, W>[]): void {
    for (const [originalId, targetId] of windower.merged()) {
      const [original, target] = [windows.get(originalId), windows.get(targetId)]
      if (original === undefined || target === undefined || original === target) continue
      windows.delete(originalId)
      changes.remove(originalId)
      changes.change(targetId)
      emit(targetId, target.onMerge(original), events)
    }
  }

  #close({ windower, windows, changes }: Active<V, W, S>, watermarkMs: number, events: WindowEvent<V, W>[]): void {
    for (const [id, metadata] of windower.closeFor(watermarkMs)) {
      const window = windows.get(id)
      windows.delete(id)
      changes.remove(id)
      if (window !== undefined) emit(id, window.onClose(), events)
      events.push([id, 'meta', metadata])
    }
  }

  /** Sets the time to forget the key, if there is one. */
  #rest(): void {
    const { forgetAfterMs } = this.#settings
    if (forgetAfterMs === Number.POSITIVE_INFINITY) return
    this.#forgetAtMs = this.#active === undefined || isIdle(this.#active) ? this.#context.now() + forgetAfterMs : undefined
  }
}

/** Puts together what a key had, or what a new one has: no parts. */
function makeActive<V, W, S>({ windower, builder, ordered }: WindowSettings<V, W, S>, windowerState: unknown, parts: Parts<V, S>): Active<V, W, S> {
  const windows = new Map<number, WindowLogic<V, W, S>>()
  const blocks = new Map<number, StoredBlock<V>>()
  for (const [subKey, state] of parts) {
    if (subKey.startsWith(BLOCK)) blocks.set(numberIn(subKey), state as StoredBlock<V>)
    else windows.set(numberIn(subKey), builder(state as S))
  }
  // What waited still does, should values have been ordered when it was stored, and are no longer.
  const queue = ordered || blocks.size > 0 ? new ValueQueue<V>() : undefined
  queue?.restore(blocks)
  return { windower: windower.build(windowerState), windows, changes: new Changes(), queue }
}

/** Whether a key has neither a window nor a value that waits for one. */
function isIdle({ windows, queue }: { readonly windows: { readonly size: number }; readonly queue: { readonly size: number } | undefined }): boolean {
  return windows.size === 0 && (queue === undefined || queue.size === 0)
}

function emit<V, W>(windowId: number, results: Iterable<W>, events: WindowEvent<V, W>[]): void {
  for (const result of results) events.push([windowId, 'down', result])
}

function numberIn(subKey: string): number {
  return Number(subKey.slice(1))
}

function wrongTime(timestampMs: unknown): TypewaxError {
  return new TypewaxError('WRONG_RETURN', `\`onItem\` of the clock must return a finite number, the timestamp; got ${quote(timestampMs)}`)
}

function wrongWatermark(watermarkMs: unknown, beforeMs: number): TypewaxError {
  return new TypewaxError('WRONG_RETURN', `the watermark of the clock must be a number and not go back; got ${quote(watermarkMs)} after ${beforeMs}`)
}

/**
 * Owns what goes on in a window operator for one key: puts late values aside, lets the others wait for the watermark if they are to be in order, and
 * opens, feeds, merges and closes windows. Knows neither streams nor what windows do with values. Windows with early results or allowed lateness are
 * `FiringDriver`'s, which builds on this.
 *
 * The state is stored in parts: one for each open window and each block of waiting values, so that a key with many is not stored whole when one
 * changes.
 */

import type { SubKeyChanges, Tuple } from '../dataflow/step.ts'
import { Changes } from './changes.ts'
import type { WindowMetadata } from './metadata.ts'
import type { TimedLogic } from './timed.ts'
import { type StoredBlock, ValueQueue } from './value-queue.ts'
import type { Timing, WindowEvent } from './window-event.ts'
import type { WindowLogic, WindowLogicBuilder } from './window-logic.ts'
import type { Windower, WindowerLogic } from './windower.ts'

/** What the drivers of a step share. */
export interface WindowSettings<V, W, S> {
  readonly windower: Windower
  readonly builder: WindowLogicBuilder<V, W, S>
  readonly ordered: boolean
  /** Whether a value is late for a window if that is over, and not if it is below the watermark. */
  readonly isLateByWindow: boolean
  /** Whether windows give nothing before they are over. Then a value that waits needs no wake-up of its own. */
  readonly isQuiet: boolean
  /** Whether window ids may be used again once a key has no windows. */
  readonly isForgetful: boolean
}

/** What is stored of a key besides the parts; `undefined`: nothing. */
export type WindowerState = unknown

export type WindowParts = ReadonlyMap<string, unknown>

const BLOCK = 'q'

/** What is stored of a window that may give more than one result. */
export interface StoredWindow<S, F = unknown> {
  readonly firing: F
  /** Empty if nothing has come since the last result was discarded. */
  readonly states: readonly S[]
}

type Closed = readonly [windowId: number, metadata: WindowMetadata]

/** Where events go. */
export type Events<V, W> = WindowEvent<V, W>[]

export class WindowDriver<V, W, S> implements TimedLogic<V, WindowEvent<V, W>, WindowerState, unknown> {
  protected readonly windower: WindowerLogic
  protected readonly windows: Map<number, WindowLogic<V, W, S>> = new Map()
  protected readonly changes: Changes = new Changes()
  /** Parts that the other kind of driver stored, before options were changed. They are stored anew with the next change. */
  readonly #foreignParts: string[] = []
  readonly #settings: WindowSettings<V, W, S>
  /** Absent if values need not wait. */
  #queue: ValueQueue<V> | undefined

  constructor(settings: WindowSettings<V, W, S>, windowerState: WindowerState) {
    this.#settings = settings
    this.windower = settings.windower.build(windowerState)
    this.#queue = settings.ordered ? new ValueQueue<V>() : undefined
  }

  /** Puts back what was stored. */
  restore(parts: WindowParts): void {
    const blocks = new Map<number, StoredBlock<V>>()
    for (const [subKey, state] of parts) {
      const number = numberIn(subKey)
      if (subKey.startsWith(BLOCK)) blocks.set(number, state as StoredBlock<V>)
      else if (subKey.startsWith(this.windowPrefix)) this.restoreWindow(number, state)
      else {
        this.adoptWindow(number, state)
        if (this.windows.has(number)) this.changes.change(number)
        this.#foreignParts.push(subKey)
      }
    }
    // What waited still does, should values have been ordered when it was stored, and are no longer.
    if (blocks.size > 0) this.#queue ??= new ValueQueue<V>()
    this.#queue?.restore(blocks)
  }

  onItem(value: V, timestampMs: number, watermarkMs: number, out: Events<V, W>): void {
    const isLate = timestampMs < watermarkMs
    if (this.#queue === undefined && !isLate) {
      this.#insert(this.windower.openFor(timestampMs), value, timestampMs, watermarkMs, out)
      return
    }
    if (!isLate) this.#queue?.push(timestampMs, value)
    // What is awaited by the close of a window only would gather where values come often.
    if (this.#settings.isQuiet && this.#queue !== undefined) this.#drain(this.#queue, watermarkMs, out)
    if (isLate) this.#late(value, timestampMs, watermarkMs, out)
  }

  /** Brings all windows to a watermark: values that waited for it first, then closes. */
  onTime(watermarkMs: number, out: Events<V, W>): void {
    if (this.#queue !== undefined) this.#drain(this.#queue, watermarkMs, out)
    this.close(watermarkMs, out)
  }

  get dueMs(): number {
    const windowsDueMs = this.windowsDueMs
    const earliestMs = this.#queue?.earliestMs
    if (earliestMs === undefined) return windowsDueMs
    return Math.min(windowsDueMs, this.#settings.isQuiet ? (this.windower.overFor?.(earliestMs) ?? earliestMs) : earliestMs)
  }

  get isIdle(): boolean {
    return this.openCount === 0 && (this.#queue === undefined || this.#queue.size === 0)
  }

  get isDone(): boolean {
    return this.isIdle && (this.#settings.isForgetful || this.windower.isEmpty())
  }

  snapshot(): WindowerState {
    return this.windower.isEmpty() ? undefined : this.windower.snapshot()
  }

  subKeyChanges(): SubKeyChanges {
    const [windows, blocks] = [this.changes.take(this.windowPrefix), this.#queue?.takeChanges(BLOCK)]
    const foreign = this.#foreignParts.splice(0)
    if (blocks === undefined && foreign.length === 0) return windows
    return { changed: [...windows.changed, ...(blocks?.changed ?? [])], removed: [...windows.removed, ...(blocks?.removed ?? []), ...foreign] }
  }

  snapshotSubKey(subKey: string): unknown {
    const number = numberIn(subKey)
    return subKey.startsWith(BLOCK) ? (this.#queue?.snapshotBlock(number) ?? []) : this.snapshotWindow(number)
  }

  /** Names of the parts of windows begin with it. */
  protected get windowPrefix(): string {
    return 'w'
  }

  protected get openCount(): number {
    return this.windows.size
  }

  /** The watermark at which a window closes. */
  protected get windowsDueMs(): number {
    return this.windower.notifyAt() ?? Number.POSITIVE_INFINITY
  }

  /** The last watermark at which windows were still taken to be open. */
  protected lateUntil(watermarkMs: number): number {
    return watermarkMs
  }

  protected restoreWindow(id: number, state: unknown): void {
    this.windows.set(id, this.#settings.builder(state as S))
  }

  /** Takes over what `FiringDriver` stored. A window that was over has given its result. */
  protected adoptWindow(id: number, state: unknown): void {
    const { firing, states } = state as StoredWindow<S, { readonly isOver: boolean }>
    if (!firing.isOver) this.restoreWindow(id, states[0])
  }

  protected snapshotWindow(id: number): unknown {
    return (this.windows.get(id) as WindowLogic<V, W, S>).snapshot()
  }

  protected timingOf(_id: number, _watermarkMs: number): Timing {
    return 'early'
  }

  /** What a window gives when it gets a value or another window. */
  protected emit(id: number, results: Iterable<Tuple<W>>, watermarkMs: number, out: Events<V, W>): void {
    for (const result of results) out.push([id, 'down', result as W, this.timingOf(id, watermarkMs), this.windower.look(id).metadata])
  }

  /** A value has waited for its time, on the way to a watermark. Gives the time at which its windows get it. */
  protected passTo(_timestampMs: number, watermarkMs: number, _out: Events<V, W>): number {
    return watermarkMs
  }

  /** A window got a value. */
  protected inserted(_id: number, _watermarkMs: number, _out: Events<V, W>): void {}

  /** A window took another one in. */
  protected merged(_originalId: number, _targetId: number): void {}

  protected close(watermarkMs: number, out: Events<V, W>): void {
    const closed = this.windower.closeFor(watermarkMs)
    for (const [id, metadata] of this.#settings.isForgetful && closed.length > 1 ? closed.toSorted(byTime) : closed) {
      const window = this.windows.get(id)
      this.windows.delete(id)
      this.changes.remove(id)
      if (window !== undefined) for (const result of window.onClose()) out.push([id, 'down', result as W, 'onTime', metadata])
      out.push([id, 'meta', metadata])
    }
  }

  protected windowOf(id: number): WindowLogic<V, W, S> {
    let window = this.windows.get(id)
    if (window === undefined) {
      window = this.#settings.builder(undefined)
      this.windows.set(id, window)
    }
    return window
  }

  /** Gives their values to windows that a watermark has come to. */
  #drain(queue: ValueQueue<V>, watermarkMs: number, out: Events<V, W>): void {
    if ((queue.earliestMs ?? Number.POSITIVE_INFINITY) > watermarkMs) return
    for (const { timestampMs, value } of queue.takeUntil(watermarkMs)) {
      const nowMs = this.passTo(timestampMs, watermarkMs, out)
      this.#insert(this.windower.openFor(timestampMs), value, timestampMs, nowMs, out)
    }
  }

  #late(value: V, timestampMs: number, watermarkMs: number, out: Events<V, W>): void {
    const { windower } = this
    if (!this.#settings.isLateByWindow || windower.openLate === undefined) {
      for (const id of windower.lateFor(timestampMs)) out.push([id, 'late', value])
      return
    }
    const { open, over } = windower.openLate(timestampMs, this.lateUntil(watermarkMs))
    for (const id of over) out.push([id, 'late', value])
    this.#insert(open, value, timestampMs, watermarkMs, out)
  }

  #insert(ids: readonly number[], value: V, timestampMs: number, watermarkMs: number, out: Events<V, W>): void {
    for (const id of ids) {
      this.changes.change(id)
      this.emit(id, this.windowOf(id).onValue(value, timestampMs), watermarkMs, out)
    }
    // Merges first: a window that is gone gives no results of its own.
    const target = this.#merge(watermarkMs, out)
    for (const id of ids) this.inserted(target === undefined || this.windows.has(id) ? id : target, watermarkMs, out)
  }

  /** Does the merges that the last value brought about. Gives the window that took the last one in. */
  #merge(watermarkMs: number, out: Events<V, W>): number | undefined {
    let last: number | undefined
    for (const [originalId, targetId] of this.windower.merged()) {
      if (originalId === targetId) continue
      const [original, target] = [this.windows.get(originalId), this.windows.get(targetId)]
      this.windows.delete(originalId)
      this.changes.remove(originalId)
      if (original !== undefined) {
        this.changes.change(targetId)
        // Its results so far may have been discarded: then there is nothing to merge into.
        if (target === undefined) this.windows.set(targetId, original)
        else this.emit(targetId, target.onMerge(original), watermarkMs, out)
      }
      this.merged(originalId, targetId)
      last = targetId
    }
    return last
  }
}

/** By the time of the stream, the order in which windows were opened would be up to the pace of the sources. */
function byTime([one, { closeTimeMs: oneMs }]: Closed, [other, { closeTimeMs: otherMs }]: Closed): number {
  return oneMs - otherMs || one - other
}

function numberIn(subKey: string): number {
  return Number(subKey.slice(1))
}

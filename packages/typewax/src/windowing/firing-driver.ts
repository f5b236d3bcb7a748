/**
 * Owns windows that give more than one result: early ones, and corrections for values that come after the window was over. A window that is over stays
 * for the allowed lateness. What it gives is the result so far, or, discarding, what has come since the last result.
 */

import type { LogicContext } from '../dataflow/step.ts'
import { TypewaxError } from '../errors.ts'
import { type Events, type StoredWindow, WindowDriver, type WindowSettings } from './driver.ts'
import { type EarlyResults, Firing, type FiringState } from './firing.ts'
import type { WindowMetadata } from './metadata.ts'
import type { Timing } from './window-event.ts'
import type { WindowLogic } from './window-logic.ts'

/** What the drivers of a step share. */
export interface FiringSettings<V, W, S> extends WindowSettings<V, W, S> {
  readonly early: EarlyResults | undefined
  readonly allowedLatenessMs: number
  readonly mode: 'accumulating' | 'discarding'
}

export class FiringDriver<V, W, S> extends WindowDriver<V, W, S> {
  readonly #settings: FiringSettings<V, W, S>
  readonly #context: LogicContext
  readonly #usesSystemTime: boolean
  readonly #firings = new Map<number, Firing>()
  /** Those that are not over, in the order in which they were opened: with a long lateness they are few. */
  readonly #open = new Map<number, Firing>()
  /** No later than when something is due; absent if it must be found again. Asked for after each value, so not found anew each time. */
  #dueMs: number | undefined

  constructor(settings: FiringSettings<V, W, S>, windowerState: unknown, context: LogicContext) {
    super(settings, windowerState)
    this.#settings = settings
    this.#context = context
    this.#usesSystemTime = typeof settings.early === 'object' && 'everyMs' in settings.early
  }

  onSystemTime(_watermarkMs: number, out: Events<V, W>): void {
    const nowMs = this.#context.now()
    for (const [id, firing] of this.#dueUntil(nowMs, (each) => each.systemDueMs)) this.#fireEarly(id, firing, this.windower.look(id).metadata, out)
  }

  get systemDueMs(): number | undefined {
    if (!this.#usesSystemTime) return undefined
    let dueMs = Number.POSITIVE_INFINITY
    for (const firing of this.#open.values()) dueMs = Math.min(dueMs, firing.systemDueMs)
    return dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs
  }

  protected override get openCount(): number {
    return this.#firings.size
  }

  protected override get windowsDueMs(): number {
    this.#dueMs ??= this.#earliestDueMs()
    return this.#dueMs
  }

  #earliestDueMs(): number {
    let dueMs = super.windowsDueMs + this.#settings.allowedLatenessMs
    for (const firing of this.#open.values()) dueMs = Math.min(dueMs, firing.overAtMs, firing.dueMs)
    return dueMs
  }

  protected override lateUntil(watermarkMs: number): number {
    return watermarkMs === Number.POSITIVE_INFINITY ? watermarkMs : watermarkMs - this.#settings.allowedLatenessMs
  }

  protected override get windowPrefix(): string {
    return 'f'
  }

  protected override restoreWindow(id: number, state: unknown): void {
    const { firing: stored, states } = state as StoredWindow<S, FiringState | undefined>
    for (const each of states) super.restoreWindow(id, each)
    const firing = new Firing(this.#settings.early, stored)
    firing.overAtMs = this.windower.look(id).overAtMs
    this.#firings.set(id, firing)
    if (!firing.isOver) this.#open.set(id, firing)
  }

  /** Takes over what `WindowDriver` stored. */
  protected override adoptWindow(id: number, state: unknown): void {
    this.restoreWindow(id, { firing: undefined, states: [state] })
  }

  protected override snapshotWindow(id: number): StoredWindow<S, FiringState> {
    const firing = this.#firings.get(id) as Firing
    return { firing: firing.snapshot(), states: this.windows.has(id) ? [super.snapshotWindow(id) as S] : [] }
  }

  protected override timingOf(id: number, watermarkMs: number): Timing {
    return this.#firings.get(id)?.hasEnded === true || this.windower.look(id).overAtMs <= watermarkMs ? 'late' : 'early'
  }

  /** Step by step, however far the watermark moved at once: otherwise windows would be over before they get the values that waited for them. */
  protected override passTo(timestampMs: number, _watermarkMs: number, out: Events<V, W>): number {
    this.close(timestampMs, out)
    return timestampMs
  }

  protected override inserted(id: number, watermarkMs: number, out: Events<V, W>): void {
    const firing = this.#firingOf(id)
    const { overAtMs, metadata } = this.windower.look(id)
    firing.overAtMs = overAtMs
    // A session that was over may go on.
    if (firing.isOver && overAtMs > watermarkMs) {
      firing.isOver = false
      this.#open.set(id, firing)
    }
    const isDue = firing.onChange(this.#usesSystemTime ? this.#context.now() : 0, watermarkMs, metadata.openTimeMs)
    if (overAtMs <= watermarkMs) this.#fireOver(id, firing, 'late', metadata, out)
    else if (isDue) this.#fireEarly(id, firing, metadata, out)
    this.#dueNoLaterThan(firing.isOver ? overAtMs + this.#settings.allowedLatenessMs : Math.min(overAtMs, firing.dueMs))
  }

  protected override merged(originalId: number, targetId: number): void {
    const original = this.#firings.get(originalId)
    this.#firings.delete(originalId)
    this.#open.delete(originalId)
    if (original !== undefined) this.#firingOf(targetId).onMerge(original)
    this.changes.change(targetId)
  }

  protected override close(watermarkMs: number, out: Events<V, W>): void {
    if (this.windowsDueMs > watermarkMs) return
    this.#dueMs = undefined
    for (const [id, firing] of this.#dueUntil(watermarkMs, (each) => Math.min(each.overAtMs, each.dueMs))) {
      const { metadata } = this.windower.look(id)
      if (firing.overAtMs <= watermarkMs) this.#fireOver(id, firing, 'onTime', metadata, out)
      else this.#fireEarly(id, firing, metadata, out)
    }
    for (const [id, metadata] of this.windower.closeFor(this.#goneUntil(watermarkMs))) {
      const firing = this.#open.get(id)
      // The windower has the last word: of fractions of milliseconds it may know better.
      if (firing !== undefined) this.#fireOver(id, firing, 'onTime', metadata, out)
      this.windows.delete(id)
      this.#firings.delete(id)
      this.changes.remove(id)
    }
  }

  /** Windows that were over at this watermark take no more values. What was waited for has come, even if rounding makes the difference less. */
  #goneUntil(watermarkMs: number): number {
    const nextMs = super.windowsDueMs
    const goneMs = this.lateUntil(watermarkMs)
    return nextMs + this.#settings.allowedLatenessMs <= watermarkMs ? Math.max(nextMs, goneMs) : goneMs
  }

  /** Those whose time has come, in order of time: in which order they were opened is not stored. */
  #dueUntil(untilMs: number, timeOf: (firing: Firing) => number): readonly (readonly [id: number, firing: Firing])[] {
    const due: [id: number, firing: Firing][] = []
    for (const entry of this.#open) if (timeOf(entry[1]) <= untilMs) due.push(entry)
    return due.sort(([id, firing], [otherId, other]) => timeOf(firing) - timeOf(other) || id - otherId)
  }

  #dueNoLaterThan(dueMs: number): void {
    if (this.#dueMs !== undefined) this.#dueMs = Math.min(this.#dueMs, dueMs)
  }

  #firingOf(id: number): Firing {
    let firing = this.#firings.get(id)
    if (firing === undefined) {
      firing = new Firing(this.#settings.early, undefined)
      this.#firings.set(id, firing)
      this.#open.set(id, firing)
    }
    return firing
  }

  /** Gives the result of a window that is over: what `timing` says if it never was before, else a correction. Its metadata comes once. */
  #fireOver(id: number, firing: Firing, timing: 'onTime' | 'late', metadata: WindowMetadata, out: Events<V, W>): void {
    this.#fire(id, firing, firing.hasEnded ? 'late' : timing, metadata, out)
    firing.isOver = true
    this.#open.delete(id)
    if (firing.hasEnded) return
    firing.hasEnded = true
    out.push([id, 'meta', metadata])
  }

  /** Gives a result of a window that is not over: an early one, unless it goes on after its end. */
  #fireEarly(id: number, firing: Firing, metadata: WindowMetadata, out: Events<V, W>): void {
    this.#fire(id, firing, firing.hasEnded ? 'late' : 'early', metadata, out)
  }

  #fire(id: number, firing: Firing, timing: Timing, metadata: WindowMetadata, out: Events<V, W>): void {
    firing.onResult()
    this.changes.change(id)
    const window = this.windows.get(id)
    if (window === undefined) return
    for (const result of resultsOf(window)) out.push([id, 'down', result, timing, metadata])
    if (this.#settings.mode === 'discarding') this.windows.delete(id)
  }
}

function resultsOf<V, W, S>(window: WindowLogic<V, W, S>): Iterable<W> {
  if (window.onTrigger !== undefined) return window.onTrigger() as Iterable<W>
  const message = 'a window logic needs a method `onTrigger` to give results early or late; add it, or leave out `early` and `allowedLatenessMs`'
  throw new TypewaxError('WRONG_RETURN', message)
}

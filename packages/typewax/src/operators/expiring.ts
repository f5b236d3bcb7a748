/**
 * Owns `ttlMs`: a wrapper around the logic of a key that drops it when no value has come for long enough. The time of a value decides alone whether it
 * finds a state; a wake-up only cleans up. Steps without `ttlMs` have no part in this.
 */

import { type AnyLogic, type AnyLogicBuilder, DISCARD, type Emit, type LogicContext, NOTHING, RETAIN, type SubKeyChanges } from '../dataflow/step.ts'
import { returnedMs, type Timestamp } from '../timestamp.ts'
import { checkOptions, wrongReturn } from './checks.ts'
import { checkTimed, type TimeOptions } from './time-options.ts'

export interface TtlOptions<in V> extends TimeOptions<V> {
  /**
   * Time without a value after which a key is dropped, in milliseconds: nothing is emitted, and the next value finds no state. Default: never. What the
   * logic asked to be called for at a time before that is called first. With `ttlMs` the time of the last value is stored with the state; it may be added
   * to a flow that has state, and be made `Infinity` later, but not be left out again.
   */
  readonly ttlMs?: number
}

/** What a step is told that has a `ttlMs`. */
export interface Ttl {
  readonly ttlMs: number
  readonly timestamp: ((value: unknown) => Timestamp) | undefined
}

/** Checks the options of a step that may have a `ttlMs`; `undefined` if it has none. Throws `INVALID_ARGUMENT`. */
export function checkTtl(operator: string, stepId: string, options: unknown): Ttl | undefined {
  if (options === undefined) return undefined
  checkOptions({ operator, stepId, name: 'options' }, options)
  const { ttlMs, timestamp } = options as TtlOptions<unknown>
  checkTimed(operator, stepId, { ttlMs }, timestamp)
  return ttlMs === undefined ? undefined : { ttlMs, timestamp }
}

/** Makes logics that are dropped out of logics that are not. */
export function expiring(builder: AnyLogicBuilder, ttl: Ttl): AnyLogicBuilder {
  return (stored, key, parts, context) => {
    const { touchedMs, state } = isStamped(stored)
      ? { touchedMs: stored['~touchedMs'], state: stored['~state'] }
      : { touchedMs: undefined, state: stored }
    const logic = builder(state, key, parts, context)
    // What is no logic, the runtime refuses.
    if (!isLogic(logic)) return logic
    return new ExpiringLogic({ ttl, builder, key, context }, logic, touchedMs, parts) as AnyLogic
  }
}

/** What is stored: the state with the time of the last value. */
interface Stamped {
  readonly '~touchedMs': number
  readonly '~state': unknown
}

function isStamped(stored: unknown): stored is Stamped {
  return typeof stored === 'object' && stored !== null && '~touchedMs' in stored
}

interface Place {
  readonly ttl: Ttl
  readonly builder: AnyLogicBuilder
  readonly key: string
  readonly context: LogicContext
}

const NO_PARTS: ReadonlyMap<string, never> = new Map<string, never>()
const GONE: Emit<never> = [[], DISCARD]

/** Earlier than any watermark: what asks for it is called at the first one. */
const ANY_WATERMARK_MS = -Number.MAX_VALUE

class ExpiringLogic {
  readonly #place: Place
  #logic: AnyLogic
  /** Time of the last value. Absent in a state of before there was a `ttlMs`, until there is a time. */
  #touchedMs: number | undefined
  /** What the logic answered when it was last asked. */
  #innerAtMs: number | undefined
  #innerAtWatermarkMs: number | undefined
  /** Sub-keys that are stored: of the logic, if it has any, and of those that were dropped since. */
  #stored: Set<string> | undefined
  #dropped: Set<string> | undefined
  /** Name of the user's function that is being called, if it is not one of the logic's. */
  #callee: string | undefined
  /** These are there if the logic has them, or this asks for them itself. */
  notifyAt?: (() => number | undefined) | undefined
  notifyAtWatermark?: (() => number | undefined) | undefined
  onEof?: (() => Emit<unknown>) | undefined
  subKeyChanges?: (() => SubKeyChanges) | undefined

  constructor(place: Place, logic: AnyLogic, touchedMs: number | undefined, parts: ReadonlyMap<string, unknown>) {
    this.#place = place
    this.#logic = logic
    this.#touchedMs = touchedMs
    this.#adopt(logic)
    if (parts.size > 0) this.#stored = new Set(parts.keys())
    if (touchedMs === undefined && !this.#followsStream) this.#touchedMs = place.context.now()
  }

  get callee(): string | undefined {
    return this.#callee ?? this.#logic.callee
  }

  onItem(value: unknown): Emit<unknown> {
    const timeMs = this.#timeOf(value)
    if (this.#isOver(timeMs)) this.#startAnew()
    this.#touch(timeMs)
    return (this.#logic.onItem as (value: unknown) => Emit<unknown>)(value)
  }

  /** By the time of the stream, a logic may be over in the middle of a batch. */
  onBatch(values: readonly unknown[]): Emit<unknown> {
    const emitted: unknown[] = []
    let from = 0
    for (let index = 0; index < values.length; index++) {
      const timeMs = this.#timeOf(values[index])
      if (this.#isOver(timeMs)) {
        if (index > from) for (const each of this.#onBatch(values.slice(from, index))[0]) emitted.push(each)
        this.#startAnew()
        from = index
      }
      this.#touch(timeMs)
    }
    const answer = this.#onBatch(from === 0 ? values : values.slice(from))
    return emitted.length === 0 || !Array.isArray(answer) ? answer : [[...emitted, ...answer[0]], answer[1] ?? RETAIN]
  }

  onNotify(): Emit<unknown> {
    const nowMs = this.#place.context.now()
    if (this.#innerAtMs !== undefined && this.#innerAtMs <= nowMs && (this.#followsStream || this.#innerAtMs <= this.#dueMs)) {
      return this.#logic.onNotify?.() ?? NOTHING
    }
    return !this.#followsStream && this.#dueMs <= nowMs ? GONE : NOTHING
  }

  onWatermark(timeMs: number): Emit<unknown> {
    if (this.#innerAtWatermarkMs !== undefined && this.#innerAtWatermarkMs <= timeMs && this.#innerAtWatermarkMs <= this.#dueMs) {
      return this.#logic.onWatermark?.(timeMs) ?? NOTHING
    }
    if (!this.#followsStream) return NOTHING
    this.#touchedMs ??= this.#place.context.watermark()
    return this.#dueMs <= timeMs ? GONE : NOTHING
  }

  snapshot(): unknown {
    const state = this.#logic.snapshot()
    return this.#touchedMs === undefined ? state : { '~touchedMs': this.#touchedMs, '~state': state }
  }

  snapshotSubKey(subKey: string): unknown {
    return this.#logic.snapshotSubKey?.(subKey)
  }

  get #followsStream(): boolean {
    return this.#place.ttl.timestamp !== undefined
  }

  get #dueMs(): number {
    return this.#touchedMs === undefined ? Number.POSITIVE_INFINITY : this.#touchedMs + this.#place.ttl.ttlMs
  }

  #timeOf(value: unknown): number {
    const { ttl, context } = this.#place
    if (ttl.timestamp === undefined) return context.now()
    this.#callee = 'timestamp'
    // A late value counts as of the watermark: its key may have been dropped.
    const timeMs = Math.max(returnedMs('timestamp', ttl.timestamp(value)), context.watermark())
    this.#callee = undefined
    return timeMs
  }

  /** Whether a value of this time finds nothing. What the logic waits for at an earlier time comes first. */
  #isOver(timeMs: number): boolean {
    const dueMs = this.#dueMs
    if (timeMs < dueMs) return false
    const awaitedMs = this.#followsStream ? this.#innerAtWatermarkMs : this.#innerAtMs
    return awaitedMs === undefined || awaitedMs > dueMs
  }

  #touch(timeMs: number): void {
    this.#touchedMs = Math.max(this.#touchedMs ?? timeMs, timeMs)
  }

  #startAnew(): void {
    const { builder, key, context } = this.#place
    this.#callee = 'builder'
    const logic = builder(undefined, key, NO_PARTS, context)
    if (!isLogic(logic)) throw wrongReturn('builder', 'a logic with `onItem` (or `onBatch`) and `snapshot`', logic)
    this.#callee = undefined
    this.#logic = logic
    this.#touchedMs = undefined
    this.#innerAtMs = undefined
    this.#innerAtWatermarkMs = undefined
    if (this.#stored !== undefined) this.#dropped = new Set([...(this.#dropped ?? []), ...this.#stored])
    this.#stored = undefined
    this.#adopt(logic)
  }

  #adopt(logic: AnyLogic): void {
    if (logic.notifyAt !== undefined || !this.#followsStream) this.notifyAt = this.askTime
    if (logic.notifyAtWatermark !== undefined || this.#followsStream) this.notifyAtWatermark = this.askWatermark
    if (logic.onEof !== undefined) this.onEof = this.end
    if (logic.subKeyChanges !== undefined) this.subKeyChanges = this.takeChanges
  }

  #onBatch(values: readonly unknown[]): Emit<unknown> {
    return (this.#logic.onBatch as (values: readonly unknown[]) => Emit<unknown>)(values)
  }

  private askTime(): number | undefined {
    this.#innerAtMs = this.#logic.notifyAt?.()
    return this.#followsStream ? this.#innerAtMs : this.#earlier(this.#innerAtMs)
  }

  private askWatermark(): number | undefined {
    this.#innerAtWatermarkMs = this.#logic.notifyAtWatermark?.()
    if (!this.#followsStream) return this.#innerAtWatermarkMs
    return this.#touchedMs === undefined ? ANY_WATERMARK_MS : this.#earlier(this.#innerAtWatermarkMs)
  }

  /** What is no time, the runtime refuses. */
  #earlier(innerMs: number | undefined): number | undefined {
    if (innerMs === undefined) return this.#dueMs
    return typeof innerMs === 'number' ? Math.min(innerMs, this.#dueMs) : innerMs
  }

  private end(): Emit<unknown> {
    return this.#logic.onEof?.() ?? NOTHING
  }

  /** What was stored of dropped logics goes, unless it has come again. */
  private takeChanges(): SubKeyChanges {
    const changes = this.#logic.subKeyChanges?.()
    const [changed, removed] = [[...(changes?.changed ?? [])], [...(changes?.removed ?? [])]]
    for (const subKey of removed) this.#stored?.delete(subKey)
    if (changed.length > 0) {
      this.#stored ??= new Set()
      for (const subKey of changed) this.#stored.add(subKey)
    }
    const dropped = this.#dropped
    this.#dropped = undefined
    return { changed, removed: dropped === undefined ? removed : [...dropped, ...removed] }
  }
}

function isLogic(value: AnyLogic | undefined): value is AnyLogic {
  return typeof value?.snapshot === 'function' && typeof (value.onItem ?? value.onBatch) === 'function'
}

/**
 * Owns a key of a window operator with a runtime that the test plays: system time, the watermark of the stream, a store. It calls the logic as the
 * engine does, and insists that what was due is not due again.
 */

import assert from 'node:assert/strict'
import type { AnyLogic, AnyLogicBuilder } from '../../src/dataflow/step.ts'
import type { KeyedStream } from '../../src/index.ts'
import type { WindowEvent } from '../../src/windowing/window-event.ts'
import { operationsOf } from '../operators/flows.ts'

type Answer = readonly [Iterable<unknown>, boolean?] | undefined

/** `V` are the values, `W` the results. */
export class PlayedKey<V, W = V[]> {
  nowMs = 0
  watermarkMs = Number.NEGATIVE_INFINITY
  /** All events so far. */
  readonly events: WindowEvent<V, W>[] = []
  /** How often the key was forgotten: ids may be used again then. And for each event, how often it had been before. */
  life = 0
  readonly lives: number[] = []
  readonly #builder: AnyLogicBuilder
  readonly #parts = new Map<string, unknown>()
  #state: unknown
  #logic: AnyLogic | undefined

  constructor(build: (up: KeyedStream<V>) => unknown) {
    const operations = operationsOf<[string, V]>((up) => {
      const timed = up.assignWatermarks('time', () => 0, { outOfOrdernessMs: 0 })
      build(timed.keyed('keyed') as KeyedStream<V>)
    })
    const stateful = operations.find((each) => each.kind === 'statefulBatch')
    assert.ok(stateful !== undefined)
    this.#builder = stateful.builder
  }

  /** Whether the key has a logic. */
  get isKnown(): boolean {
    return this.#logic !== undefined
  }

  get parts(): ReadonlyMap<string, unknown> {
    return this.#parts
  }

  /** A value arrives: the last one of its batch, or with others behind it, before which nothing else is called. */
  item(value: V, isLast = true): void {
    this.#logic ??= this.#build()
    this.#take(this.#logic.onItem?.(value))
    if (isLast) this.#settle()
  }

  passTime(durationMs: number): void {
    const untilMs = this.nowMs + durationMs
    for (;;) {
      const at = this.#logic?.notifyAt?.()
      if (at === undefined || at > untilMs) break
      this.nowMs = Math.max(this.nowMs, at)
      this.#settle()
    }
    this.nowMs = untilMs
  }

  passWatermark(watermarkMs: number): void {
    this.watermarkMs = Math.max(this.watermarkMs, watermarkMs)
    this.#settle()
  }

  end(): void {
    this.#take(this.#logic?.onEof?.())
  }

  /** Lets the key look at the time. */
  nudge(): void {
    this.#take(this.#logic?.onNotify?.())
  }

  /** Stores what changed, and goes on with what was stored. */
  store(): void {
    // Time that has passed since the last call would be lost: that of a run that failed does not count.
    this.nudge()
    if (this.#logic === undefined) return
    this.#state = structuredClone(this.#logic.snapshot())
    const { changed = [], removed = [] } = this.#logic.subKeyChanges?.() ?? {}
    for (const subKey of removed) this.#parts.delete(subKey)
    for (const subKey of changed) this.#parts.set(subKey, structuredClone(this.#logic.snapshotSubKey?.(subKey)))
    // A store gives parts back in any order.
    const reversed = [...this.#parts].reverse()
    this.#parts.clear()
    for (const [subKey, part] of reversed) this.#parts.set(subKey, part)
    this.#logic = this.#build()
    this.#settle()
  }

  #build(): AnyLogic {
    const context = { now: () => this.nowMs, watermark: () => this.watermarkMs }
    return this.#builder(structuredClone(this.#state), 'key', structuredClone(this.#parts), context)
  }

  /** Calls the logic for all that is due. */
  #settle(): void {
    for (let due = this.#logic?.notifyAtWatermark?.(); due !== undefined && due <= this.watermarkMs; ) {
      this.#take(this.#logic?.onWatermark?.(due))
      const next = this.#logic?.notifyAtWatermark?.()
      assert.ok(next === undefined || next > due, `the watermark ${due} is asked for again: ${next}`)
      due = next
    }
    const at = this.#logic?.notifyAt?.()
    if (at === undefined || at > this.nowMs) return
    this.#take(this.#logic?.onNotify?.())
    const next = this.#logic?.notifyAt?.()
    assert.ok(next === undefined || next > this.nowMs, `the time ${this.nowMs} is asked for again: ${next}`)
  }

  #take(answer: Answer): void {
    if (answer === undefined) return
    // Results may be accumulators that go on.
    for (const event of answer[0]) this.events.push(structuredClone(event) as WindowEvent<V, W>)
    this.lives.push(...this.events.slice(this.lives.length).map(() => this.life))
    if (answer[1] !== true) return
    this.life += 1
    this.#logic = undefined
    this.#state = undefined
    this.#parts.clear()
  }
}

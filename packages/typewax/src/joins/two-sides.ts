/**
 * Owns what the joins in event time have in common: two sides that are one stream for their logic, and results and late values that are told apart
 * behind it. Their state is two buffers, stored block by block.
 */

import type { SubKeyChanges } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { type Labelled, labelled } from '../operators/join.ts'
import { checkKeyed, picked } from '../operators/transform.ts'
import { checkClock } from '../windowing/checks.ts'
import type { Clock } from '../windowing/clock.ts'
import { ofValues } from '../windowing/labelled-clock.ts'
import { type TimedBuilder, type TimedLogic, timed } from '../windowing/timed.ts'
import type { StoredBlock, TimeBuffer } from './time-buffer.ts'

/** The streams that a join in event time makes. */
export interface JoinOut<out V, out W> {
  /** Rows. */
  readonly down: KeyedStream<W>
  /** Values of both sides that came too late: their timestamp was below the watermark. */
  readonly late: KeyedStream<V>
}

/** What a logic emits. */
export type JoinEvent = readonly [kind: 'down', row: unknown[]] | readonly [kind: 'late', value: unknown]

/** The buffers of a key, the left one first. */
export type Buffers = readonly [left: TimeBuffer<unknown>, right: TimeBuffer<unknown>]

export interface TwoSidesLogic extends Pick<TimedLogic<Labelled, JoinEvent, undefined>, 'onItem' | 'onTime' | 'dueMs'> {
  readonly buffers: Buffers
}

/** The streams as they were given to the operator. */
export interface Ups {
  readonly left: KeyedStream<unknown>
  readonly right: KeyedStream<unknown>
}

/** Checks what all joins in event time are given. */
export function checkSides(operator: string, stepId: string, { left, right }: Ups, clock: unknown): void {
  for (const side of [left, right]) checkKeyed(operator, stepId, side)
  checkClock(operator, stepId, clock)
}

/** Adds the steps of a join. */
export function joinSides<V, W>(
  { left, right }: Ups,
  clock: Clock<V>,
  builder: () => TwoSidesLogic,
  forgetAfterMs: number | undefined,
): JoinOut<V, W> {
  const build: TimedBuilder<Labelled, JoinEvent, undefined, StoredBlock<unknown>> = (_state, _key, parts) => new StoredSides(builder(), parts)
  const events = timed('statefulBatch', labelled([left, right]), ofValues(clock), build, { forgetAfterMs })
  return {
    down: picked('unwrapDown', events, ([kind, row]) => (kind === 'down' ? (row as W) : undefined)),
    late: picked('unwrapLate', events, ([kind, value]) => (kind === 'late' ? (value as V) : undefined)),
  }
}

const PREFIXES = ['l', 'r'] as const

/** A logic whose buffers are stored. Apart from them it has no state. */
class StoredSides implements TimedLogic<Labelled, JoinEvent, undefined, StoredBlock<unknown>> {
  readonly #logic: TwoSidesLogic

  constructor(logic: TwoSidesLogic, parts: ReadonlyMap<string, StoredBlock<unknown>>) {
    this.#logic = logic
    for (const [subKey, block] of parts) this.#bufferOf(subKey).restoreBlock(numberIn(subKey), block)
  }

  onItem(value: Labelled, timestampMs: number, watermarkMs: number, out: JoinEvent[]): void {
    this.#logic.onItem(value, timestampMs, watermarkMs, out)
  }

  onTime(watermarkMs: number, out: JoinEvent[]): void {
    this.#logic.onTime(watermarkMs, out)
  }

  get dueMs(): number {
    return this.#logic.dueMs
  }

  get isDone(): boolean {
    return this.#logic.buffers.every(({ isEmpty }) => isEmpty)
  }

  snapshot(): undefined {
    return undefined
  }

  subKeyChanges(): SubKeyChanges {
    const [left, right] = this.#logic.buffers.map((buffer, side) => buffer.takeChanges(PREFIXES[side] as string)) as [SubKeyChanges, SubKeyChanges]
    return { changed: [...left.changed, ...right.changed], removed: [...left.removed, ...right.removed] }
  }

  snapshotSubKey(subKey: string): StoredBlock<unknown> {
    return this.#bufferOf(subKey).snapshotBlock(numberIn(subKey))
  }

  #bufferOf(subKey: string): TimeBuffer<unknown> {
    return this.#logic.buffers[subKey.startsWith(PREFIXES[0]) ? 0 : 1]
  }
}

function numberIn(subKey: string): number {
  return Number(subKey.slice(1))
}

/**
 * Owns the order of time under the time of a stream: values of a key are held until the watermark has come to them, and handed on by timestamp. What
 * comes out then depends on the values alone, and not on the order in which they came. Late values are left out.
 */

import type { SubKeyChanges } from '../dataflow/step.ts'
import type { Timestamp } from '../timestamp.ts'
import { type StoredBlock, ValueQueue } from '../windowing/value-queue.ts'
import type { ClockedBuilder, ClockedLogic } from './clocked.ts'

/** Lets a logic without parts see its values in the order of time: by the system clock it does anyway. */
export function inOrder<V, W, S>(
  timestamp: ((value: V) => Timestamp) | undefined,
  builder: (resumeState: S | undefined) => ClockedLogic<V, W, S>,
): ClockedBuilder<V, W, S, StoredBlock<V>> {
  if (timestamp === undefined) return (resumeState) => builder(resumeState)
  return (resumeState, _key, parts) => new InOrderLogic(builder(resumeState), parts)
}

class InOrderLogic<V, W, S> implements ClockedLogic<V, W, S, StoredBlock<V>> {
  readonly #queue = new ValueQueue<V>()
  readonly #logic: ClockedLogic<V, W, S>

  constructor(logic: ClockedLogic<V, W, S>, parts: ReadonlyMap<string, StoredBlock<V>>) {
    this.#logic = logic
    if (parts.size > 0) this.#queue.restore(new Map(Array.from(parts, ([subKey, block]) => [Number(subKey), block] as const)))
  }

  onItem(value: V, timestampMs: number, watermarkMs: number): void {
    if (timestampMs >= watermarkMs) this.#queue.push(timestampMs, value)
  }

  onTime(timeMs: number, out: W[]): void {
    this.#handOn(timeMs, out)
    if (this.#logic.dueMs <= timeMs) this.#logic.onTime(timeMs, out)
  }

  onEof(out: W[]): void {
    this.#handOn(Number.POSITIVE_INFINITY, out)
    this.#logic.onEof?.(out)
  }

  get dueMs(): number {
    return Math.min(this.#queue.earliestMs ?? Number.POSITIVE_INFINITY, this.#logic.dueMs)
  }

  get isDone(): boolean {
    return this.#queue.size === 0 && this.#logic.isDone
  }

  snapshot(): S {
    return this.#logic.snapshot()
  }

  subKeyChanges(): SubKeyChanges {
    return this.#queue.takeChanges('')
  }

  snapshotSubKey(subKey: string): StoredBlock<V> {
    return this.#queue.snapshotBlock(Number(subKey))
  }

  #handOn(untilMs: number, out: W[]): void {
    for (const { value, timestampMs } of this.#queue.takeUntil(untilMs)) this.#logic.onItem(value, timestampMs, timestampMs, out)
  }
}

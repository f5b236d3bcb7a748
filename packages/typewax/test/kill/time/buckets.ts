/** Owns a user's logic with timers of event time: sums of the items of a key by bucket of time, each given when the watermark has come to its end. */

import { DISCARD, type Emit, type LogicContext, RETAIN, type StatefulLogic, type SubKeyChanges } from '../../../src/index.ts'
import type { Item } from './items.ts'

const BUCKET_MS = 700

/** What is stored of a bucket, under its number. */
export interface Bucket {
  count: number
  sum: number
}

export type BucketEvent = readonly [kind: 'down', bucket: number, sums: Bucket] | readonly [kind: 'late', id: number]

export class Buckets implements StatefulLogic<Item, BucketEvent, null, Bucket> {
  readonly #context: LogicContext
  readonly #buckets: Map<number, Bucket>
  #changed = new Set<string>()
  #removed = new Set<string>()

  constructor(parts: ReadonlyMap<string, Bucket>, context: LogicContext) {
    this.#context = context
    this.#buckets = new Map(Array.from(parts, ([number, bucket]) => [Number(number), bucket] as const))
  }

  onItem({ id, at, n }: Item): Emit<BucketEvent> {
    const number = Math.floor(at / BUCKET_MS)
    if (endOf(number) <= this.#context.watermark()) return [[['late', id]], this.#buckets.size === 0]
    const { count, sum } = this.#buckets.get(number) ?? { count: 0, sum: 0 }
    this.#buckets.set(number, { count: count + 1, sum: sum + n })
    this.#changed.add(String(number))
    return [[], RETAIN]
  }

  onWatermark(timeMs: number): Emit<BucketEvent> {
    return [this.#takeUntil(timeMs), this.#buckets.size === 0]
  }

  onEof(): Emit<BucketEvent> {
    return [this.#takeUntil(Number.POSITIVE_INFINITY), DISCARD]
  }

  notifyAtWatermark(): number | undefined {
    return this.#buckets.size === 0 ? undefined : endOf(Math.min(...this.#buckets.keys()))
  }

  snapshot(): null {
    return null
  }

  subKeyChanges(): SubKeyChanges {
    const changes = { changed: this.#changed, removed: this.#removed }
    this.#changed = new Set()
    this.#removed = new Set()
    return changes
  }

  snapshotSubKey(number: string): Bucket {
    return this.#buckets.get(Number(number)) as Bucket
  }

  #takeUntil(timeMs: number): BucketEvent[] {
    const due = [...this.#buckets].filter(([number]) => endOf(number) <= timeMs).sort(([one], [other]) => one - other)
    for (const [number] of due) {
      this.#buckets.delete(number)
      this.#changed.delete(String(number))
      this.#removed.add(String(number))
    }
    return due.map(([number, bucket]) => ['down', number, bucket])
  }
}

function endOf(number: number): number {
  return (number + 1) * BUCKET_MS
}

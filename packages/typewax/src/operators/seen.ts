/** Owns what `dedupe` and `distinct` share: which values of a key were seen before. Each id is a part of the state, so that a new one is stored alone. */

import type { SubKeyChanges } from '../dataflow/step.ts'
import { quote, TypewaxError } from '../errors.ts'
import { ChangedParts } from './changed-parts.ts'
import { wrongReturn } from './checks.ts'
import type { ClockedLogic } from './clocked.ts'

/** What can be compared: values of the same type that print the same are equal. */
export type Identity = string | number | bigint | boolean | null | undefined

/** What the logics of a step share. */
export interface Seeing<V> {
  /** Gives what makes two values equal. `undefined`: they do themselves. */
  readonly by: ((value: V) => Identity) | undefined
  /** Time from the first sight of an id until it is forgotten, in milliseconds. */
  readonly withinMs: number
}

/** How often at most ids are forgotten in the time that they are remembered for. */
const CLEANINGS = 16

export class SeenLogic<V> implements ClockedLogic<V, V, null, number> {
  readonly #seeing: Seeing<V>
  readonly #changes = new ChangedParts()
  /** When each id was first seen, by sub-key, in the order of arrival: so nearly in the order of time. */
  readonly #seen: Map<string, number>
  #dueMs = Number.POSITIVE_INFINITY

  constructor(seeing: Seeing<V>, parts: ReadonlyMap<string, number>) {
    this.#seeing = seeing
    this.#seen = new Map([...parts].sort(([, one], [, other]) => one - other))
    this.#findDue(Number.NEGATIVE_INFINITY)
  }

  get callee(): string {
    return 'by'
  }

  /** A late value counts as of the watermark: what was seen earlier may have been forgotten. */
  onItem(value: V, timestampMs: number, watermarkMs: number, out: V[]): void {
    const { by, withinMs } = this.#seeing
    const subKey = by === undefined ? ownSubKey(value) : subKeyOf(by(value))
    const timeMs = Math.max(timestampMs, watermarkMs)
    const firstMs = this.#seen.get(subKey)
    if (firstMs !== undefined) {
      if (Math.abs(timeMs - firstMs) < withinMs) return
      if (timeMs < firstMs) {
        // From a partition that is behind, and too long before to be the same. The later sight is the one that others are still compared with.
        out.push(value)
        return
      }
      this.#seen.delete(subKey)
    }
    this.#seen.set(subKey, timeMs)
    this.#changes.change(subKey)
    if (this.#dueMs === Number.POSITIVE_INFINITY) this.#dueMs = timeMs + withinMs
    out.push(value)
  }

  /** Forgets from the front: an id that came out of order may wait for those before it. Whether an id that is still there counts, its time alone decides. */
  onTime(timeMs: number): void {
    for (const [subKey, firstMs] of this.#seen) {
      if (firstMs + this.#seeing.withinMs > timeMs) break
      this.#seen.delete(subKey)
      this.#changes.remove(subKey)
    }
    this.#findDue(timeMs + this.#seeing.withinMs / CLEANINGS)
  }

  get dueMs(): number {
    return this.#dueMs
  }

  get isDone(): boolean {
    return this.#seen.size === 0
  }

  snapshot(): null {
    return null
  }

  subKeyChanges(): SubKeyChanges {
    return this.#changes.take()
  }

  snapshotSubKey(subKey: string): number {
    return this.#seen.get(subKey) as number
  }

  /** Not at each id's own time: who begins to read a map passes all that was deleted at its front. */
  #findDue(earliestMs: number): void {
    const [first] = this.#seen.values()
    this.#dueMs = first === undefined ? Number.POSITIVE_INFINITY : Math.max(first + this.#seeing.withinMs, earliestMs)
  }
}

/** A sub-key is a text: what has a different type gets a different one. */
function textOf(identity: unknown): string | undefined {
  if (typeof identity === 'string') return `s${identity}`
  if (typeof identity === 'number') return `n${identity}`
  if (typeof identity === 'bigint') return `i${identity}`
  return typeof identity === 'boolean' || identity === null || identity === undefined ? String(identity) : undefined
}

function subKeyOf(identity: unknown): string {
  const subKey = textOf(identity)
  if (subKey !== undefined) return subKey
  throw wrongReturn('by', 'a string, number, bigint, boolean, null or undefined', identity)
}

function ownSubKey(value: unknown): string {
  const subKey = textOf(value)
  if (subKey !== undefined) return subKey
  const message = `values must be strings, numbers, bigints, booleans, null or undefined to be compared; got ${quote(value)}; say with \`by\` what makes two equal`
  throw new TypewaxError('UNEXPECTED_ITEM', message)
}

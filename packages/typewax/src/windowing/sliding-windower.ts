/** Owns windows of one length that begin at regular times, and overlap if they are longer than the distance of their beginnings. */

import { quote, TypewaxError } from '../errors.ts'
import { checkOption, checkTimestamp } from './checks.ts'
import type { WindowMetadata } from './metadata.ts'
import type { Timestamp } from './timestamp.ts'
import type { Windower, WindowerLogic } from './windower.ts'

export interface SlidingWindowerOptions {
  /** Length of each window, in milliseconds. */
  readonly lengthMs: number
  /** Time from the beginning of a window to that of the next, in milliseconds: at most the length, or there would be gaps. */
  readonly offsetMs: number
  /** Beginning of window 0. Those before have negative numbers. */
  readonly alignTo: Timestamp
}

/**
 * Windows of `lengthMs`, one every `offsetMs`. Window `i` lasts from `alignTo + i · offsetMs`, inclusive, for `lengthMs`.
 *
 * ```ts
 * new SlidingWindower({ lengthMs: minutes(10), offsetMs: minutes(1), alignTo: 0 })
 * ```
 */
export class SlidingWindower implements Windower<readonly number[]> {
  readonly #times: Times

  /** @throws `INVALID_ARGUMENT` */
  constructor(options: SlidingWindowerOptions) {
    this.#times = timesOf('SlidingWindower', options)
  }

  build(resumeState: unknown): WindowerLogic<readonly number[]> {
    return new SlidingWindowerLogic(this.#times, resumeState as readonly number[] | undefined)
  }
}

interface Times {
  readonly lengthMs: number
  readonly offsetMs: number
  readonly alignMs: number
}

/** Checks the options; `name` is the class that was given them. */
export function timesOf(name: string, { lengthMs, offsetMs, alignTo }: SlidingWindowerOptions): Times {
  checkOption(`\`lengthMs\` of ${name}`, lengthMs, { zero: false, infinite: false })
  checkOption(`\`offsetMs\` of ${name}`, offsetMs, { zero: false, infinite: false })
  const alignMs = checkTimestamp(`\`alignTo\` of ${name}`, alignTo)
  if (offsetMs <= lengthMs) return { lengthMs, offsetMs, alignMs }
  const message = `\`offsetMs\` of ${name} must not be more than \`lengthMs\` (${lengthMs}), or values between windows would be lost; got ${quote(offsetMs)}`
  throw new TypewaxError('INVALID_ARGUMENT', message)
}

const NO_MERGES: readonly (readonly [number, number])[] = []
const NO_IDS: ReadonlySet<number> = new Set()

export class SlidingWindowerLogic implements WindowerLogic<readonly number[]> {
  readonly #times: Times
  /** In the order in which they were opened: they close in that order. */
  readonly #open: Set<number>
  /** When the first of the open windows closes. */
  #nextCloseMs = Number.POSITIVE_INFINITY

  constructor(times: Times, resumeState: readonly number[] | undefined) {
    this.#times = times
    this.#open = new Set(resumeState)
    for (const id of this.#open) this.#nextCloseMs = Math.min(this.#nextCloseMs, this.#closeMsOf(id))
  }

  openFor(timestampMs: number): readonly number[] {
    const ids = this.lateFor(timestampMs)
    for (const id of ids) {
      if (this.#open.has(id)) continue
      this.#open.add(id)
      this.#nextCloseMs = Math.min(this.#nextCloseMs, this.#closeMsOf(id))
    }
    return ids
  }

  lateFor(timestampMs: number): readonly number[] {
    const { lengthMs, offsetMs, alignMs } = this.#times
    const sinceMs = timestampMs - alignMs
    const first = Math.floor((sinceMs - lengthMs) / offsetMs) + 1
    const count = Math.floor(sinceMs / offsetMs) - first + 1
    const ids: number[] = []
    // By count: an id so great that adding 1 does not change it must not go on for ever.
    for (let index = 0; index < count; index++) ids.push(first + index)
    return ids
  }

  merged(): typeof NO_MERGES {
    return NO_MERGES
  }

  closeFor(watermarkMs: number): readonly (readonly [number, WindowMetadata])[] {
    const closed: [number, WindowMetadata][] = []
    if (watermarkMs < this.#nextCloseMs) return closed
    this.#nextCloseMs = Number.POSITIVE_INFINITY
    for (const id of this.#open) {
      const closeTimeMs = this.#closeMsOf(id)
      if (closeTimeMs <= watermarkMs) {
        this.#open.delete(id)
        closed.push([id, { openTimeMs: closeTimeMs - this.#times.lengthMs, closeTimeMs, mergedIds: NO_IDS }])
      } else this.#nextCloseMs = Math.min(this.#nextCloseMs, closeTimeMs)
    }
    return closed
  }

  notifyAt(): number | undefined {
    return this.#open.size === 0 ? undefined : this.#nextCloseMs
  }

  isEmpty(): boolean {
    return this.#open.size === 0
  }

  snapshot(): readonly number[] {
    return [...this.#open]
  }

  #closeMsOf(id: number): number {
    const { lengthMs, offsetMs, alignMs } = this.#times
    return alignMs + id * offsetMs + lengthMs
  }
}

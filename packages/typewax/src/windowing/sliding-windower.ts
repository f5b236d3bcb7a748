/** Owns windows of one length that begin at regular times, and overlap if they are longer than the distance of their beginnings. */

import { quote, TypewaxError } from '../errors.ts'
import type { Timestamp } from '../timestamp.ts'
import { checkOption, checkTimestamp, checkWhole } from './checks.ts'
import type { WindowMetadata } from './metadata.ts'
import type { LateWindows, OpenWindowView, RegularWindows, Windower, WindowerLogic } from './windower.ts'

export interface SlidingWindowerOptions {
  /** Length of each window, in whole milliseconds. */
  readonly lengthMs: number
  /** Time from the beginning of a window to that of the next, in whole milliseconds: at most the length, or there would be gaps. */
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
  readonly '~kind' = 'windower' as const
  readonly regular: RegularWindows

  /** @throws `INVALID_ARGUMENT` */
  constructor(options: SlidingWindowerOptions) {
    this.regular = timesOf('SlidingWindower', options)
  }

  build(resumeState: unknown): WindowerLogic<readonly number[]> {
    return new SlidingWindowerLogic(this.regular, resumeState as readonly number[] | undefined)
  }
}

/** Checks the options; `name` is the class that was given them. */
export function timesOf(name: string, { lengthMs, offsetMs, alignTo }: SlidingWindowerOptions): RegularWindows {
  checkOption(`\`lengthMs\` of ${name}`, lengthMs, { zero: false, infinite: false })
  checkOption(`\`offsetMs\` of ${name}`, offsetMs, { zero: false, infinite: false })
  const alignMs = checkTimestamp(`\`alignTo\` of ${name}`, alignTo)
  checkWhole(`\`lengthMs\` of ${name}`, lengthMs)
  checkWhole(`\`offsetMs\` of ${name}`, offsetMs)
  checkWhole(`\`alignTo\` of ${name}`, alignMs)
  if (offsetMs <= lengthMs) return { lengthMs, offsetMs, alignMs }
  const message = `\`offsetMs\` of ${name} must not be more than \`lengthMs\` (${lengthMs}), or values between windows would be lost; got ${quote(offsetMs)}`
  throw new TypewaxError('INVALID_ARGUMENT', message)
}

const NO_MERGES: readonly (readonly [number, number])[] = []
const NO_IDS: ReadonlySet<number> = new Set()

export class SlidingWindowerLogic implements WindowerLogic<readonly number[]> {
  readonly #times: RegularWindows
  /** In the order in which they were opened: they close in that order. */
  readonly #open: Set<number>
  /** When the first of the open windows closes. */
  #nextCloseMs = Number.POSITIVE_INFINITY
  /** The window that was opened last, and its bounds. */
  #lastIds: readonly number[] = []
  #lastFromMs = Number.POSITIVE_INFINITY
  #lastUntilMs = Number.NEGATIVE_INFINITY

  constructor(times: RegularWindows, resumeState: readonly number[] | undefined) {
    this.#times = times
    this.#open = new Set(resumeState)
    for (const id of this.#open) this.#nextCloseMs = Math.min(this.#nextCloseMs, this.#closeMsOf(id))
  }

  openFor(timestampMs: number): readonly number[] {
    if (timestampMs >= this.#lastFromMs && timestampMs < this.#lastUntilMs) return this.#lastIds
    const ids = this.lateFor(timestampMs)
    for (const id of ids) this.#openWindow(id)
    this.#remember(ids)
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

  openLate(timestampMs: number, watermarkMs: number): LateWindows {
    const open: number[] = []
    const over: number[] = []
    for (const id of this.lateFor(timestampMs)) (this.#closeMsOf(id) <= watermarkMs ? over : open).push(id)
    for (const id of open) this.#openWindow(id)
    return { open, over }
  }

  overFor(timestampMs: number): number {
    const { lengthMs, offsetMs, alignMs } = this.#times
    return this.#closeMsOf(Math.floor((timestampMs - alignMs - lengthMs) / offsetMs) + 1)
  }

  look(id: number): OpenWindowView {
    const overAtMs = this.#closeMsOf(id)
    return { overAtMs, metadata: this.#metadataOf(overAtMs) }
  }

  merged(): typeof NO_MERGES {
    return NO_MERGES
  }

  closeFor(watermarkMs: number): readonly (readonly [number, WindowMetadata])[] {
    const closed: [number, WindowMetadata][] = []
    if (watermarkMs < this.#nextCloseMs) return closed
    this.#nextCloseMs = Number.POSITIVE_INFINITY
    this.#lastUntilMs = Number.NEGATIVE_INFINITY
    for (const id of this.#open) {
      const closeTimeMs = this.#closeMsOf(id)
      if (closeTimeMs <= watermarkMs) {
        this.#open.delete(id)
        closed.push([id, this.#metadataOf(closeTimeMs)])
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

  #openWindow(id: number): void {
    if (this.#open.has(id)) return
    this.#open.add(id)
    this.#nextCloseMs = Math.min(this.#nextCloseMs, this.#closeMsOf(id))
  }

  /** Where windows do not overlap, most values fall into the window of the one before. */
  #remember(ids: readonly number[]): void {
    const [id] = ids
    if (id === undefined || this.#times.lengthMs !== this.#times.offsetMs) return
    this.#lastIds = ids
    this.#lastUntilMs = this.#closeMsOf(id)
    this.#lastFromMs = this.#lastUntilMs - this.#times.lengthMs
  }

  #metadataOf(closeTimeMs: number): WindowMetadata {
    return { openTimeMs: closeTimeMs - this.#times.lengthMs, closeTimeMs, mergedIds: NO_IDS }
  }

  #closeMsOf(id: number): number {
    const { lengthMs, offsetMs, alignMs } = this.#times
    return alignMs + id * offsetMs + lengthMs
  }
}

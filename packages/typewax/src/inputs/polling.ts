/** Owns the source that asks for one item at fixed intervals: the base of everything that polls an API, a sensor or a table. */

import { quote, TypewaxError } from '../errors.ts'
import { now as systemNow } from '../time.ts'
import { type Awaitable, type Batch, type EndOfInput, EOF, FixedPartitionedSource, StatefulSourcePartition } from './source.ts'

/** Thrown by `nextItem` to be asked again after a pause, in place of the interval. */
export class Retry extends Error {
  /** Marks the class across copies of the package. */
  readonly '~retryMs': number

  constructor(delayMs: number) {
    super(`retry after ${delayMs} ms`)
    this.name = 'Retry'
    this['~retryMs'] = delayMs
  }
}

/** A moment: milliseconds since the epoch, a `Date`, or a Temporal object such as `Temporal.Instant`. */
export type Moment = number | Date | { readonly epochMilliseconds: number }

export interface PollingOptions {
  /** The time in milliseconds since the epoch. Default: the system clock. */
  readonly now?: () => number
}

const ONLY_PART = 'singleton'

/**
 * Polls on a fixed cadence: the first time at once, or at the next multiple of the interval counted from `alignTo`, then every `intervalMs`. After a delay
 * the polls that were missed follow without pause. It has one partition, `singleton`, so one worker polls.
 *
 * ```ts
 * class Temperature extends SimplePollingSource<number> {
 *   async nextItem() { return (await (await fetch(url)).json()).celsius }
 * }
 * flow.input('temperature', new Temperature(minutes(1)))
 * ```
 *
 * With `snapshot` (and `resume`) the source has a position and replays; without, what was polled and not committed is lost in a crash.
 */
export abstract class SimplePollingSource<out X, S = undefined> extends FixedPartitionedSource<X, S | undefined> {
  override readonly replay: 'exact' | 'none'
  readonly #intervalMs: number
  readonly #alignToMs: number | undefined
  readonly #now: () => number

  constructor(intervalMs: number, alignTo?: Moment, options: PollingOptions = {}) {
    super()
    if (!(intervalMs > 0)) throw new TypewaxError('INVALID_ARGUMENT', `\`intervalMs\` must be above 0; got ${quote(intervalMs)}`)
    this.#intervalMs = intervalMs
    this.#alignToMs = alignTo === undefined ? undefined : toMilliseconds(alignTo)
    this.#now = options.now ?? systemNow
    this.replay = this.snapshot === undefined ? 'none' : 'exact'
  }

  /**
   * Gives the next item, `undefined` if there is none now, `EOF` to end.
   *
   * - **Called** once an interval; never while an earlier promise of it is pending.
   * - **May throw** `new Retry(delayMs)` to be asked again sooner or later than in an interval. Any other error ends the run.
   */
  abstract nextItem(): Awaitable<X | EndOfInput | undefined>

  /** Gives the position behind the last item: plain data. **Called** after `nextItem` has resolved. */
  snapshot?(): S

  /** Goes to a position of an earlier execution. **Called** once before the first poll, and not on a fresh start. */
  resume?(state: S): void

  listParts(): string[] {
    return [ONLY_PART]
  }

  buildPart(_forPart: string, resumeState: S | undefined): StatefulSourcePartition<X, S | undefined> {
    if (resumeState !== undefined) this.resume?.(resumeState)
    return new PollingPartition(this, this.#intervalMs, firstPoll(this.#now(), this.#intervalMs, this.#alignToMs))
  }
}

class PollingPartition<X, S> extends StatefulSourcePartition<X, S | undefined> {
  readonly #source: SimplePollingSource<X, S>
  readonly #intervalMs: number
  #awakeAt: number

  constructor(source: SimplePollingSource<X, S>, intervalMs: number, awakeAt: number) {
    super()
    this.#source = source
    this.#intervalMs = intervalMs
    this.#awakeAt = awakeAt
  }

  override nextAwake(): number {
    return this.#awakeAt
  }

  async nextBatch(): Promise<Batch<X>> {
    try {
      const item = await this.#source.nextItem()
      this.#awakeAt += this.#intervalMs
      if (item === EOF) return EOF
      return item === undefined ? [] : [item as X]
    } catch (error) {
      this.#awakeAt += pauseOf(error)
      return []
    }
  }

  snapshot(): S | undefined {
    return this.#source.snapshot?.()
  }
}

function firstPoll(nowMs: number, intervalMs: number, alignToMs: number | undefined): number {
  if (alignToMs === undefined) return nowMs
  // The remainder of a division that rounds down: `alignTo` may lie ahead.
  const sinceLast = (((nowMs - alignToMs) % intervalMs) + intervalMs) % intervalMs
  return sinceLast === 0 ? nowMs : nowMs + intervalMs - sinceLast
}

/** The pause that a `Retry` asks for; any other error is thrown on. */
function pauseOf(error: unknown): number {
  if (typeof error === 'object' && error !== null && '~retryMs' in error) return error['~retryMs'] as number
  throw error
}

function toMilliseconds(moment: Moment): number {
  const timeMs = typeof moment === 'number' ? moment : moment instanceof Date ? moment.getTime() : moment?.epochMilliseconds
  if (Number.isFinite(timeMs)) return timeMs
  throw new TypewaxError('INVALID_ARGUMENT', `\`alignTo\` must be a time; got ${quote(moment)}`)
}

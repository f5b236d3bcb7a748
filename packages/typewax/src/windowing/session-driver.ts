/**
 * Owns sessions over an aggregate for one key, by the time of the stream. Gives what `WindowDriver` would give with a `SessionWindower`: most keys have
 * one session open, and for that a windower, a logic and a map are much.
 */

import type { Aggregate } from '../aggregates/aggregate.ts'
import type { WindowMetadata } from './metadata.ts'
import { LATE_SESSION_ID } from './session-windower.ts'
import type { TimedLogic } from './timed.ts'
import type { WindowEvent } from './window-event.ts'

/** What the drivers of a step share. */
export interface SessionSettings<V, A, R> {
  readonly gapMs: number
  readonly aggregate: Aggregate<V, A, R>
}

interface Session<A> {
  readonly id: number
  fromMs: number
  untilMs: number
  /** Absent for most. */
  mergedIds: ReadonlySet<number> | undefined
  accumulator: A
}

/** What is stored of a key: the id of the next session, and those that are open, in the order in which they were opened. */
export interface SessionsState<A> {
  readonly nextId: number
  readonly open: readonly (readonly [id: number, fromMs: number, untilMs: number, mergedIds: readonly number[], accumulator: A])[]
}

const NO_IDS: ReadonlySet<number> = new Set()

export class SessionDriver<V, A, R> implements TimedLogic<V, WindowEvent<V, R>, SessionsState<A>> {
  readonly #settings: SessionSettings<V, A, R>
  /** In the order in which they were opened. */
  #open: Session<A>[]
  #nextId: number
  /** When the first session is over; `Infinity`: there is none. */
  dueMs: number = Number.POSITIVE_INFINITY

  constructor(settings: SessionSettings<V, A, R>, state: SessionsState<A> | undefined) {
    this.#settings = settings
    this.#nextId = state?.nextId ?? 0
    this.#open = (state?.open ?? []).map(([id, fromMs, untilMs, merged, accumulator]) => {
      return { id, fromMs, untilMs, mergedIds: merged.length === 0 ? undefined : new Set(merged), accumulator }
    })
    this.#schedule()
  }

  get isDone(): boolean {
    return this.#open.length === 0
  }

  onItem(value: V, timestampMs: number, watermarkMs: number, out: WindowEvent<V, R>[]): void {
    const { aggregate } = this.#settings
    let session = this.#near(timestampMs)
    if (session === undefined) {
      if (timestampMs < watermarkMs && this.#overAt(timestampMs) <= watermarkMs) {
        out.push([LATE_SESSION_ID, 'late', value])
        return
      }
      session = { id: this.#nextId++, fromMs: timestampMs, untilMs: timestampMs, mergedIds: undefined, accumulator: aggregate.create() }
      this.#open.push(session)
    }
    session.accumulator = aggregate.add(session.accumulator, value)
    if (timestampMs < session.fromMs) session.fromMs = timestampMs
    else if (timestampMs > session.untilMs) session.untilMs = timestampMs
    if (this.#open.length > 1) this.#merge()
    this.#schedule()
  }

  onTime(watermarkMs: number, out: WindowEvent<V, R>[]): void {
    const isOver = ({ untilMs }: Session<A>): boolean => this.#overAt(untilMs) <= watermarkMs
    const over = this.#open.filter(isOver)
    if (over.length === 0) return
    if (over.length > 1) over.sort((one, other) => one.untilMs - other.untilMs || one.id - other.id)
    this.#open = over.length === this.#open.length ? [] : this.#open.filter((session) => !isOver(session))
    for (const { id, fromMs, untilMs, mergedIds = NO_IDS, accumulator } of over) {
      const metadata: WindowMetadata = { openTimeMs: fromMs, closeTimeMs: untilMs, mergedIds }
      out.push([id, 'down', this.#settings.aggregate.result(accumulator), 'onTime', metadata], [id, 'meta', metadata])
    }
    // As if the key had been forgotten, whether or not it is.
    if (this.#open.length === 0) this.#nextId = 0
    this.#schedule()
  }

  snapshot(): SessionsState<A> {
    const open = this.#open.map(
      ({ id, fromMs, untilMs, mergedIds = NO_IDS, accumulator }) => [id, fromMs, untilMs, [...mergedIds], accumulator] as const,
    )
    return { nextId: this.#nextId, open }
  }

  #near(timestampMs: number): Session<A> | undefined {
    const { gapMs } = this.#settings
    for (const session of this.#open) if (timestampMs >= session.fromMs - gapMs && timestampMs <= session.untilMs + gapMs) return session
    return undefined
  }

  /** Merges sessions that are near each other by now into the one that began earlier, from the earliest to the latest. */
  #merge(): void {
    const { gapMs, aggregate } = this.#settings
    const [first, ...others] = this.#open.toSorted((one, other) => one.fromMs - other.fromMs)
    let last = first as Session<A>
    const gone = new Set<Session<A>>()
    for (const next of others) {
      if (next.fromMs - last.untilMs > gapMs) {
        last = next
        continue
      }
      last.untilMs = Math.max(last.untilMs, next.untilMs)
      last.mergedIds = new Set([...(last.mergedIds ?? NO_IDS), next.id])
      last.accumulator = aggregate.merge(last.accumulator, next.accumulator)
      gone.add(next)
    }
    if (gone.size > 0) this.#open = this.#open.filter((session) => !gone.has(session))
  }

  /** A millisecond beyond the end of the gap: a value at the watermark is on time, and may be exactly a gap behind the last one. */
  #overAt(untilMs: number): number {
    return untilMs + this.#settings.gapMs + 1
  }

  #schedule(): void {
    let firstMs = Number.POSITIVE_INFINITY
    for (const { untilMs } of this.#open) if (untilMs < firstMs) firstMs = untilMs
    this.dueMs = this.#overAt(firstMs)
  }
}

/** Owns `sessionize`: says of each value which session it belongs to, at once. */

import { compose } from '../dataflow/operator.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkDuration, checkOptions } from './checks.ts'
import { type ClockedLogic, clocked } from './clocked.ts'
import { checkTimestamp, type TimeOptions } from './time-options.ts'
import { checkKeyed } from './transform.ts'

/** The session that a value belongs to, and its place in it. */
export interface Session {
  /** The key and the start: no other session has it. */
  readonly id: string
  /** Time of the first value that came, in milliseconds since the epoch. */
  readonly startMs: number
  /** Number of values of the session that came before: 0 begins one. */
  readonly index: number
}

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Puts to each value the session that it belongs to: values of a key that are at most `gapMs` apart are in one. Nothing waits, so the end of a session
     * is not seen; windows with a `SessionWindower` tell of it. A key is forgotten when its session is over.
     *
     * ```ts
     * clicks.sessionize('visits', minutes(30)).filterValue('landings', ([session]) => session.index === 0)
     * ```
     *
     * By the time of the stream, a value that comes before the start of a session, and near, belongs to it and changes nothing that was said. Two sessions
     * that a later one brings together stay two. A late value counts as of the watermark.
     */
    sessionize(stepId: string, gapMs: number, options?: TimeOptions<V>): KeyedStream<[session: Session, value: V]>
  }
}

/** The function form of `stream.sessionize`. */
export function sessionize<V>(
  stepId: string,
  up: KeyedStream<V>,
  gapMs: number,
  options: TimeOptions<V> = {},
): KeyedStream<[session: Session, value: V]> {
  return compose('sessionize', stepId, { up }, (inner) => {
    checkKeyed('sessionize', stepId, inner.up)
    checkDuration({ operator: 'sessionize', stepId, name: 'gapMs' }, gapMs)
    checkOptions({ operator: 'sessionize', stepId, name: 'options' }, options)
    checkTimestamp('sessionize', stepId, options.timestamp)
    return clocked<V, [Session, V], readonly OpenSession[]>('statefulBatch', inner.up, options.timestamp, (resumeState, key) => {
      return new SessionizeLogic(gapMs, key, resumeState ?? [])
    })
  })
}

/** A session that may go on. Between the earliest and the latest of its times no value begins another one. */
interface OpenSession {
  readonly startMs: number
  readonly earliestMs: number
  readonly latestMs: number
  readonly count: number
}

class SessionizeLogic<V> implements ClockedLogic<V, [Session, V], readonly OpenSession[]> {
  readonly #gapMs: number
  readonly #key: string
  /** By the system clock one at most, by the time of the stream a few: those that the watermark has not passed. */
  #open: readonly OpenSession[]

  constructor(gapMs: number, key: string, open: readonly OpenSession[]) {
    this.#gapMs = gapMs
    this.#key = key
    this.#open = open
  }

  onItem(value: V, timestampMs: number, watermarkMs: number, out: [Session, V][]): void {
    const timeMs = Math.max(timestampMs, watermarkMs)
    const index = this.#open.findIndex(({ earliestMs, latestMs }) => timeMs >= earliestMs - this.#gapMs && timeMs <= latestMs + this.#gapMs)
    const before = this.#open[index] ?? { startMs: timeMs, earliestMs: timeMs, latestMs: timeMs, count: 0 }
    const { startMs, count } = before
    const session = {
      startMs,
      earliestMs: Math.min(before.earliestMs, timeMs),
      latestMs: Math.max(before.latestMs, timeMs),
      count: count + 1,
    }
    this.#open = index < 0 ? [...this.#open, session] : this.#open.with(index, session)
    out.push([{ id: `${this.#key}@${startMs}`, startMs, index: count }, value])
  }

  onTime(timeMs: number): void {
    this.#open = this.#open.filter(({ latestMs }) => overAtMs(latestMs, this.#gapMs) > timeMs)
  }

  get dueMs(): number {
    let dueMs = Number.POSITIVE_INFINITY
    for (const { latestMs } of this.#open) dueMs = Math.min(dueMs, overAtMs(latestMs, this.#gapMs))
    return dueMs
  }

  get isDone(): boolean {
    return this.#open.length === 0
  }

  snapshot(): readonly OpenSession[] {
    return this.#open
  }
}

/** A millisecond beyond the end of the gap, which still belongs to the session. */
function overAtMs(latestMs: number, gapMs: number): number {
  return latestMs + gapMs + 1
}

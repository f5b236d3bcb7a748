/** Owns the steps that all joins in event time are made of: two sides become one stream, and rows and late values are told apart behind the join. */

import type { KeyedStream } from '../dataflow/stream.ts'
import { type Labelled, labelled } from '../operators/join.ts'
import { checkKeyed, picked } from '../operators/transform.ts'
import { checkClock } from '../windowing/checks.ts'
import type { Clock } from '../windowing/clock.ts'
import { ofValues } from '../windowing/labelled-clock.ts'
import { timed } from '../windowing/timed.ts'
import type { BufferedSides, JoinEvent, StoredSide } from './buffered-sides.ts'

/** The streams that a join in event time makes. */
export interface JoinOut<out V, out W> {
  /** Rows. */
  readonly down: KeyedStream<W>
  /** Values of both sides that came too late: below the watermark. */
  readonly late: KeyedStream<V>
}

export interface JoinSides {
  readonly left: KeyedStream<unknown>
  readonly right: KeyedStream<unknown>
}

/** Checks what all joins in event time are given. */
export function checkTimedJoin(operator: string, stepId: string, { left, right }: JoinSides, clock: unknown): void {
  for (const side of [left, right]) checkKeyed(operator, stepId, side)
  checkClock(operator, stepId, clock)
}

/** Adds the steps. `builder` makes the logic of a key, given what was stored of its buffers. */
export function timedJoin<V, W>(
  { left, right }: JoinSides,
  clock: Clock<V>,
  builder: (parts: ReadonlyMap<string, StoredSide>) => BufferedSides,
  forgetAfterMs: number | undefined,
): JoinOut<V, W> {
  const events = timed<Labelled, JoinEvent, undefined, StoredSide>(
    'statefulBatch',
    labelled([left, right]),
    ofValues(clock),
    (_state, _key, parts) => builder(parts),
    { forgetAfterMs },
  )
  return {
    down: picked('unwrapDown', events, ([kind, row]) => (kind === 'down' ? (row as W) : undefined)),
    late: picked('unwrapLate', events, ([kind, value]) => (kind === 'late' ? (value as V) : undefined)),
  }
}

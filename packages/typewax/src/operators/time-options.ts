/** Owns the option by which operators that go by time are told which time: of the system, or of the stream. */

import { checkFunction } from '../dataflow/operator.ts'
import type { Timestamp } from '../timestamp.ts'
import { checkDuration } from './checks.ts'

export interface TimeOptions<in V> {
  /**
   * Reads the time of a value: a number of milliseconds, a `Date`, or a Temporal object. With it, the operator goes by the time of the stream: the
   * timestamps and the watermark, so that a replay gives what the original gave. Needs `assignWatermarks` upstream, else `NO_WATERMARKS`. Default: the
   * operator goes by the system clock.
   */
  readonly timestamp?: (value: V) => Timestamp
}

/** Checks the option. */
export function checkTimestamp(operator: string, stepId: string, timestamp: unknown): void {
  if (timestamp !== undefined) checkFunction(operator, stepId, 'timestamp', timestamp)
}

/** Checks a duration that may be absent, by the name of its option, and the time that it is measured in: of no use without it. */
export function checkTimed(operator: string, stepId: string, duration: Readonly<Record<string, unknown>>, timestamp: unknown): void {
  const [name, value] = Object.entries(duration)[0] as [string, unknown]
  if (value !== undefined || timestamp !== undefined) checkDuration({ operator, stepId, name }, value)
  checkTimestamp(operator, stepId, timestamp)
}

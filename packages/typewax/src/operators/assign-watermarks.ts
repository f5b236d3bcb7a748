/** Owns the core operator `assignWatermarks`: where a stream gets its time from. */

import { checkFunction, core } from '../dataflow/operator.ts'
import type { CoreOperation } from '../dataflow/step.ts'
import { KeyedStream, type Stream } from '../dataflow/stream.ts'
import { quote, TypewaxError } from '../errors.ts'
import { returnedMs, type Timestamp } from '../timestamp.ts'
import { checkDuration, checkOptionNames } from './checks.ts'

export interface AssignWatermarksOptions {
  /** How far an item may be behind the latest one of its source partition and still be on time, in milliseconds. `Infinity`: nothing is ever late. */
  readonly outOfOrdernessMs: number
  /**
   * Time after which a source partition that was polled and gave nothing is left out of the minimum, in milliseconds by the system clock. One that
   * nobody polls, because the flow is busy or holds it back, is not silent. Default: never; one silent partition then holds the time of the stream.
   */
  readonly idleAfterMs?: number
  /**
   * How far the watermark of a source partition may be ahead of the slowest one, in milliseconds of event time: further, and it is not polled until
   * the others have caught up. So windows of one fast partition do not fill the memory. Requires `idleAfterMs`; only one step may hold an input back.
   * Default: no limit.
   */
  readonly maxAheadMs?: number
}

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Gives the stream a time of its own: the watermark, before which no more items are expected. Operators with a `StreamClock` go by it.
     *
     * The watermark of a source partition is its latest timestamp minus `outOfOrdernessMs`; that of the stream is the least over all partitions that
     * have not ended. It never goes back, flows on through all steps, and where streams meet the lesser counts. It is stored with the partition, so
     * that a resumed run takes it up where it was.
     *
     * ```ts
     * clicks.assignWatermarks('time', (click) => click.at, { outOfOrdernessMs: seconds(5) })
     * ```
     *
     * Best called right after the input, where partitions can be told apart: before stateful steps, `redistribute` and `mapAsync`. After them all items
     * count as of one partition, and `idleAfterMs` and `maxAheadMs` are `INVALID_ARGUMENT` when the flow is run.
     *
     * @param timestamp Reads the time of an item: a number of milliseconds, a `Date`, or a Temporal object. Anything else ends the run: `WRONG_RETURN`.
     */
    assignWatermarks(stepId: string, timestamp: (item: X) => Timestamp, options: AssignWatermarksOptions): this
  }
}

/** The function form of `stream.assignWatermarks`. */
export function assignWatermarks<Up extends Stream<unknown>>(
  stepId: string,
  up: Up,
  timestamp: (item: Up['~item']) => Timestamp,
  options: AssignWatermarksOptions,
): Up {
  const toOperation = (): CoreOperation => {
    checkFunction('assignWatermarks', stepId, 'timestamp', timestamp)
    checkOptionNames(`assignWatermarks ${quote(stepId)}`, options, ['outOfOrdernessMs', 'idleAfterMs', 'maxAheadMs'])
    const { outOfOrdernessMs, idleAfterMs, maxAheadMs } = options ?? {}
    const named = { outOfOrdernessMs, ...(idleAfterMs !== undefined && { idleAfterMs }), ...(maxAheadMs !== undefined && { maxAheadMs }) }
    for (const [name, value] of Object.entries(named)) checkDuration({ operator: 'assignWatermarks', stepId, name }, value)
    if (maxAheadMs !== undefined && idleAfterMs === undefined) {
      const message = `\`maxAheadMs\` of assignWatermarks ${quote(stepId)} needs \`idleAfterMs\` too: else one silent partition would hold all others back for ever`
      throw new TypewaxError('INVALID_ARGUMENT', message, { stepId })
    }
    return { kind: 'assignWatermarks', timestamp: toMilliseconds(timestamp), options: { outOfOrdernessMs, idleAfterMs, maxAheadMs } }
  }
  return core('assignWatermarks', stepId, { up }, toOperation, { down: up instanceof KeyedStream }).down as unknown as Up
}

/** Most timestamps are numbers: they need no more than a look. */
function toMilliseconds(timestamp: (item: never) => Timestamp): (item: unknown) => number {
  const read = timestamp as (item: unknown) => Timestamp
  return (item) => returnedMs('timestamp', read(item))
}

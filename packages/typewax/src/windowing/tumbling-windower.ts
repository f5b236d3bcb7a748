/** Owns windows of one length that follow each other without gap or overlap. */

import type { Timestamp } from '../timestamp.ts'
import { SlidingWindowerLogic, timesOf } from './sliding-windower.ts'
import type { RegularWindows, Windower, WindowerLogic } from './windower.ts'

export interface TumblingWindowerOptions {
  /** Length of each window, in whole milliseconds. */
  readonly lengthMs: number
  /** Beginning of window 0. Those before have negative numbers. */
  readonly alignTo: Timestamp
}

/**
 * Windows of `lengthMs`, one after the other. Each includes its beginning and not its end.
 *
 * ```ts
 * new TumblingWindower({ lengthMs: minutes(1), alignTo: 0 })
 * ```
 */
export class TumblingWindower implements Windower<readonly number[]> {
  readonly '~kind' = 'windower' as const
  readonly regular: RegularWindows

  /** @throws `INVALID_ARGUMENT` */
  constructor({ lengthMs, alignTo }: TumblingWindowerOptions) {
    this.regular = timesOf('TumblingWindower', { lengthMs, offsetMs: lengthMs, alignTo })
  }

  build(resumeState: unknown): WindowerLogic<readonly number[]> {
    return new SlidingWindowerLogic(this.regular, resumeState as readonly number[] | undefined)
  }
}

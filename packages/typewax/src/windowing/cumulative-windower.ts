/**
 * Owns windows that share a beginning and grow by regular steps, as those of `CUMULATE` in Flink. They open and close like tumbling windows of one step
 * each, which does the bookkeeping; what differs is that a value is in all windows of its cycle that are not over, and where a window begins.
 */

import { quote, TypewaxError } from '../errors.ts'
import type { Timestamp } from '../timestamp.ts'
import type { WindowMetadata } from './metadata.ts'
import { SlidingWindowerLogic, timesOf } from './sliding-windower.ts'
import type { OpenWindowView, RegularWindows, Windower, WindowerLogic } from './windower.ts'

export interface CumulativeWindowerOptions {
  /** Length of the longest window, in milliseconds: after that, windows begin anew. */
  readonly lengthMs: number
  /** How much longer each window is than the one before, in milliseconds. The length must be a multiple of it. */
  readonly stepMs: number
  /** Beginning of window 0. Those before have negative numbers. */
  readonly alignTo: Timestamp
}

/**
 * Windows that grow: of one step, two steps and so on up to `lengthMs`, all with the same beginning. Then the next ones begin. Each includes its
 * beginning and not its end.
 *
 * ```ts
 * new CumulativeWindower({ lengthMs: minutes(60 * 24), stepMs: minutes(60), alignTo: 0 }) // each hour: the day so far
 * ```
 *
 * With `n = lengthMs / stepMs` windows to a cycle, window `i · n + j` lasts from `alignTo + i · lengthMs`, inclusive, for `j + 1` steps: window `k` ends
 * at `alignTo + (k + 1) · stepMs`.
 */
export class CumulativeWindower implements Windower<readonly number[]> {
  readonly '~kind' = 'windower' as const
  readonly #steps: RegularWindows
  readonly #stepCount: number

  /** @throws `INVALID_ARGUMENT` */
  constructor({ lengthMs, stepMs, alignTo }: CumulativeWindowerOptions) {
    this.#stepCount = timesOf('CumulativeWindower', { lengthMs, offsetMs: lengthMs, alignTo }).lengthMs / stepMs
    checkStep(stepMs, lengthMs)
    this.#steps = timesOf('CumulativeWindower', { lengthMs: stepMs, offsetMs: stepMs, alignTo })
  }

  build(resumeState: unknown): WindowerLogic<readonly number[]> {
    return new CumulativeWindowerLogic(this.#steps, this.#stepCount, resumeState as readonly number[] | undefined)
  }
}

function checkStep(stepMs: unknown, lengthMs: number): void {
  if (typeof stepMs === 'number' && stepMs > 0 && stepMs <= lengthMs && Number.isInteger(lengthMs / stepMs)) return
  const message = `\`stepMs\` of CumulativeWindower must be a duration in milliseconds that \`lengthMs\` (${lengthMs}) is a multiple of; got ${quote(stepMs)}`
  throw new TypewaxError('INVALID_ARGUMENT', message)
}

class CumulativeWindowerLogic extends SlidingWindowerLogic {
  readonly #steps: RegularWindows
  readonly #stepCount: number

  constructor(steps: RegularWindows, stepCount: number, resumeState: readonly number[] | undefined) {
    super(steps, resumeState)
    this.#steps = steps
    this.#stepCount = stepCount
  }

  /** From the window of the step that the time is in to the last one of the cycle. */
  override lateFor(timestampMs: number): readonly number[] {
    const [first = 0] = super.lateFor(timestampMs)
    const count = this.#stepCount - this.#placeInCycle(first)
    return Array.from({ length: count }, (_, index) => first + index)
  }

  override look(id: number): OpenWindowView {
    const { overAtMs, metadata } = super.look(id)
    return { overAtMs, metadata: this.#fromBeginning(id, metadata) }
  }

  override closeFor(watermarkMs: number): readonly (readonly [number, WindowMetadata])[] {
    return super.closeFor(watermarkMs).map(([id, metadata]) => [id, this.#fromBeginning(id, metadata)] as const)
  }

  #fromBeginning(id: number, metadata: WindowMetadata): WindowMetadata {
    const { alignMs, lengthMs: stepMs } = this.#steps
    return { ...metadata, openTimeMs: alignMs + (id - this.#placeInCycle(id)) * stepMs }
  }

  /** 0-based, also of windows with negative numbers. */
  #placeInCycle(id: number): number {
    return id - Math.floor(id / this.#stepCount) * this.#stepCount
  }
}

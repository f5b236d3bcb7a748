/** Entry point `typewax/connectors/demo`: a source to try a dataflow with. */

import { quote, TypewaxError } from '../errors.ts'
import { type Batch, EOF, FixedPartitionedSource, StatefulSourcePartition } from '../inputs/source.ts'
import { random } from '../random.ts'
import { now as systemNow } from '../time.ts'

export interface RandomMetricOptions {
  /** Time between two values; default 700. */
  readonly intervalMs?: number
  /** How many values there are; default: without end. */
  readonly count?: number
  /** Gives a value. Default: a random integer from 0 to 9. */
  readonly nextRandom?: () => number
  /** The time in milliseconds since the epoch. Default: the system clock. */
  readonly now?: () => number
}

/** When the next value is due, and how many there were. */
export interface RandomMetricPosition {
  readonly awakeAt: number
  readonly count: number
}

/**
 * Emits `[metricName, value]` at fixed intervals. Its one partition is named for the metric. A resumed execution goes on counting, and catches up without
 * pause with what was due meanwhile; the values themselves are drawn anew.
 */
export class RandomMetricSource extends FixedPartitionedSource<[metricName: string, value: number], RandomMetricPosition> {
  readonly #metricName: string
  readonly #options: Required<RandomMetricOptions>

  constructor(metricName: string, options: RandomMetricOptions = {}) {
    super()
    const { intervalMs = 700, count = Number.POSITIVE_INFINITY, nextRandom = digit, now = systemNow } = options
    if (typeof metricName !== 'string') throw new TypewaxError('INVALID_ARGUMENT', `\`metricName\` must be a string; got ${quote(metricName)}`)
    if (!(intervalMs >= 0)) throw new TypewaxError('INVALID_ARGUMENT', `\`intervalMs\` must be 0 or more; got ${quote(intervalMs)}`)
    this.#metricName = metricName
    this.#options = { intervalMs, count, nextRandom, now }
  }

  listParts(): string[] {
    return [this.#metricName]
  }

  buildPart(forPart: string, resumeState: RandomMetricPosition | undefined): StatefulSourcePartition<[string, number], RandomMetricPosition> {
    return new RandomMetricPartition(forPart, this.#options, resumeState ?? { awakeAt: this.#options.now(), count: 0 })
  }
}

class RandomMetricPartition extends StatefulSourcePartition<[string, number], RandomMetricPosition> {
  override readonly isSynchronous = true
  readonly #metricName: string
  readonly #options: Required<RandomMetricOptions>
  #awakeAt: number
  #count: number

  constructor(metricName: string, options: Required<RandomMetricOptions>, { awakeAt, count }: RandomMetricPosition) {
    super()
    this.#metricName = metricName
    this.#options = options
    this.#awakeAt = awakeAt
    this.#count = count
  }

  override nextAwake(): number {
    return this.#awakeAt
  }

  nextBatch(): Batch<[string, number]> {
    if (this.#count >= this.#options.count) return EOF
    this.#count++
    // The end needs no waiting for.
    if (this.#count < this.#options.count) this.#awakeAt += this.#options.intervalMs
    return [[this.#metricName, this.#options.nextRandom()]]
  }

  snapshot(): RandomMetricPosition {
    return { awakeAt: this.#awakeAt, count: this.#count }
  }
}

function digit(): number {
  return Math.floor(random() * 10)
}

/** Owns the source of Nexmark's events: a partition for each reader, whose position is the number of its next event. */

import { type Batch, EOF, FixedPartitionedSource, StatefulSourcePartition } from 'typewax/inputs'
import type { Event } from './events.ts'
import { EventGenerator } from './generator.ts'

export interface NexmarkOptions {
  /** How many events there are in all. */
  readonly eventCount: number
  /** The rate of event time; default 10,000. The lifetime of auctions depends on it. */
  readonly eventsPerSecond?: number
  /** Default 1. Reader `r` of `n` makes the events r, r + n, r + 2 n, …, so all readers are at about the same time. */
  readonly readerCount?: number
  /** Default 1,024. */
  readonly batchSize?: number
}

/** Emits Nexmark's events, as fast as they are asked for. */
export class NexmarkSource extends FixedPartitionedSource<Event, number> {
  readonly #options: Required<NexmarkOptions>

  constructor({ eventCount, eventsPerSecond = 10_000, readerCount = 1, batchSize = 1_024 }: NexmarkOptions) {
    super()
    this.#options = { eventCount, eventsPerSecond, readerCount, batchSize }
  }

  listParts(): string[] {
    return Array.from({ length: this.#options.readerCount }, (_, reader) => `reader-${reader}`)
  }

  buildPart(forPart: string, resumeState: number | undefined): StatefulSourcePartition<Event, number> {
    const reader = Number(forPart.slice('reader-'.length))
    return new NexmarkPartition(this.#options, resumeState ?? reader)
  }
}

class NexmarkPartition extends StatefulSourcePartition<Event, number> {
  override readonly isSynchronous = true
  readonly #options: Required<NexmarkOptions>
  readonly #generator: EventGenerator
  #nextEvent: number

  constructor(options: Required<NexmarkOptions>, nextEvent: number) {
    super()
    this.#options = options
    this.#generator = new EventGenerator(options.eventsPerSecond)
    this.#nextEvent = nextEvent
  }

  nextBatch(): Batch<Event> {
    const { eventCount, readerCount, batchSize } = this.#options
    if (this.#nextEvent >= eventCount) return EOF
    const end = Math.min(eventCount, this.#nextEvent + batchSize * readerCount)
    const batch: Event[] = []
    for (; this.#nextEvent < end; this.#nextEvent += readerCount) batch.push(this.#generator.make(this.#nextEvent))
    return batch
  }

  snapshot(): number {
    return this.#nextEvent
  }
}

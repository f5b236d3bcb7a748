/** Owns `TestingSource`: a source over an array in which ends, crashes and pauses are items. */

import { AbortExecution, type EndOfInput, EOF, FixedPartitionedSource, StatefulSourcePartition } from '../inputs/source.ts'
import { now } from '../time.ts'

/** Ends this execution; the next one continues behind it. */
class EofMark {
  readonly '~mark' = 'eof'
}

/** Aborts the execution at the next poll, once: a later execution passes it. */
class AbortMark {
  readonly '~mark' = 'abort'
  isSpent = false
}

/** Lets the source sleep. */
class PauseMark {
  readonly '~mark' = 'pause'
  readonly durationMs: number

  constructor(durationMs: number) {
    this.durationMs = durationMs
  }
}

type Mark = EofMark | AbortMark | PauseMark

export interface TestingSourceOptions {
  /** Items in a batch. Default 1. */
  readonly batchSize?: number
  /** Says when the item at an index may be read at the earliest, in milliseconds since the epoch. Default: at once. */
  readonly awakeAt?: (index: number) => number | undefined
  /** Time of day, for pauses. Default: the machine's. */
  readonly now?: () => number
}

/**
 * Reads an array, in one partition called `iterable`. Marks among the items make things happen: `TestingSource.EOF`, `TestingSource.ABORT()`,
 * `TestingSource.PAUSE(ms)`. Positions count them, so that a resumed execution neither repeats nor leaves out an item.
 */
export class TestingSource<X> extends FixedPartitionedSource<X, number> {
  /** Ends the execution here; the next one continues behind it. */
  static readonly EOF: EofMark = new EofMark()
  /** Makes a mark that aborts the execution here, once. */
  static ABORT(): AbortMark {
    return new AbortMark()
  }
  /** Makes a mark that lets the source sleep for some milliseconds. */
  static PAUSE(durationMs: number): PauseMark {
    return new PauseMark(durationMs)
  }

  readonly #items: readonly (X | Mark)[]
  readonly #options: TestingSourceOptions

  constructor(items: Iterable<X | Mark>, options: TestingSourceOptions = {}) {
    super()
    this.#items = [...items]
    this.#options = options
  }

  override listParts(): string[] {
    return ['iterable']
  }

  override buildPart(_forPart: string, resumeState: number | undefined): TestingPartition<X> {
    return new TestingPartition(this.#items, resumeState ?? 0, this.#options)
  }
}

class TestingPartition<X> extends StatefulSourcePartition<X, number> {
  readonly #items: readonly (X | Mark)[]
  readonly #batchSize: number
  readonly #options: TestingSourceOptions
  #index: number
  #pausedUntil: number | undefined

  constructor(items: readonly (X | Mark)[], index: number, options: TestingSourceOptions) {
    super()
    this.#items = items
    this.#index = index
    this.#batchSize = options.batchSize ?? 1
    this.#options = options
  }

  override nextBatch(): X[] | EndOfInput {
    this.#pausedUntil = undefined
    const batch: X[] = []
    while (batch.length < this.#batchSize) {
      if (this.#index >= this.#items.length) return batch.length === 0 ? EOF : batch
      const item = this.#items[this.#index] as X | Mark
      if (!isMark(item)) {
        batch.push(item)
        this.#index += 1
        if (this.#options.awakeAt?.(this.#index) !== undefined) return batch
      } else if (item['~mark'] === 'pause') {
        this.#index += 1
        this.#pausedUntil = (this.#options.now ?? now)() + item.durationMs
        return batch
      } else if (batch.length > 0) return batch
      else if (item['~mark'] === 'eof') {
        this.#index += 1
        return EOF
      } else this.#abort(item)
    }
    return batch
  }

  override nextAwake(): number | undefined {
    return this.#pausedUntil ?? this.#options.awakeAt?.(this.#index)
  }

  override snapshot(): number {
    return this.#index
  }

  #abort(mark: AbortMark): void {
    if (!mark.isSpent) {
      mark.isSpent = true
      throw new AbortExecution()
    }
    this.#index += 1
  }
}

function isMark(item: unknown): item is Mark {
  return item instanceof EofMark || item instanceof AbortMark || item instanceof PauseMark
}

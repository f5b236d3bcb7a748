/** Owns sources made of what JavaScript already can iterate asynchronously: generators, web streams, Node streams, clients of all sorts. */

import { messageOf, quote, TypewaxError } from '../errors.ts'
import { yieldTurn } from '../time.ts'
import { AsyncPuller, type Deadline } from './async-puller.ts'
import { positiveInteger } from './checks.ts'
import { type Batch, DynamicSource, EOF, type PartitionContext, StatelessSourcePartition } from './source.ts'

export interface AsyncIterableOptions {
  /** Most items in a batch; default 1,000. */
  readonly batchSize?: number
}

/**
 * Makes a source of an async iterable, or of a function that gives one at the start of each execution. A batch holds what is there at once; nothing waits
 * for a batch to fill up. Worker 0 reads it, the others have no items: use `redistribute` or a keyed step to spread them.
 *
 * Items are not seen again after a crash. When the execution ends before the iterable does, the iterable is ended: a web stream is cancelled, a Node
 * stream destroyed, `return` of any other iterator called. Throws `INVALID_ARGUMENT` for anything else than an async iterable or a function.
 */
export function fromAsyncIterable<X>(iterable: AsyncIterable<X> | (() => AsyncIterable<X>), options: AsyncIterableOptions = {}): DynamicSource<X> {
  const batchSize = positiveInteger('batchSize', options.batchSize ?? 1_000)
  if (typeof iterable === 'function') return new AsyncIterableSource(iterable, batchSize)
  checkIterable(iterable)
  return new AsyncIterableSource(() => iterable, batchSize)
}

class AsyncIterableSource<X> extends DynamicSource<X> {
  readonly #open: () => AsyncIterable<X>
  readonly #batchSize: number

  constructor(open: () => AsyncIterable<X>, batchSize: number) {
    super()
    this.#open = open
    this.#batchSize = batchSize
  }

  override build(workerIndex: number, _workerCount: number, context: PartitionContext): StatelessSourcePartition<X> {
    if (workerIndex > 0) return new EmptyPartition()
    const iterable = this.#open()
    checkIterable(iterable)
    return new AsyncIterablePartition(readerOf(iterable), this.#batchSize, context)
  }
}

/** A pending read stays pending from one batch to the next: the engine never waits for it. */
class AsyncIterablePartition<X> extends StatelessSourcePartition<X> {
  readonly #puller: AsyncPuller<X>
  readonly #batchSize: number

  constructor(reader: Reader<X>, batchSize: number, { signal, logger }: PartitionContext) {
    super()
    this.#puller = new AsyncPuller(reader.next)
    this.#batchSize = batchSize
    const end = (): void => {
      if (this.#puller.isDone) return
      reader.end().catch((error: unknown) => logger.warn(`ending the iterable of a source failed: ${messageOf(error)}`))
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  }

  async nextBatch(): Promise<Batch<X>> {
    const items: X[] = []
    await this.#puller.gather(items, 1, { hasPassed: false, onPassed: undefined })
    if (items.length === 0) return EOF
    await this.#puller.gather(items, this.#batchSize, endOfTurn())
    return items
  }
}

class EmptyPartition extends StatelessSourcePartition<never> {
  nextBatch(): Batch<never> {
    return EOF
  }
}

/** What can be read, and ended while a read is pending. */
interface Reader<X> {
  readonly next: () => Promise<IteratorResult<X, unknown>>
  end(): Promise<unknown>
}

/** A pending `next` holds back the `return` of the iterator of a stream, so streams are ended by their own means. */
function readerOf<X>(iterable: AsyncIterable<X>): Reader<X> {
  if (iterable instanceof ReadableStream) {
    const reader: ReadableStreamDefaultReader<X> = iterable.getReader()
    return { next: () => reader.read() as Promise<IteratorResult<X, unknown>>, end: () => reader.cancel() }
  }
  const iterator = iterable[Symbol.asyncIterator]()
  const next = (): Promise<IteratorResult<X, unknown>> => iterator.next()
  if ('destroy' in iterable && typeof iterable.destroy === 'function') {
    const destroy = iterable.destroy.bind(iterable)
    return { next, end: async () => destroy() }
  }
  return { next, end: async () => iterator.return?.() }
}

/** Passes when the event loop has done what is due now. */
function endOfTurn(): Deadline {
  const deadline: Deadline = { hasPassed: false, onPassed: undefined }
  yieldTurn(() => {
    deadline.hasPassed = true
    deadline.onPassed?.()
  })
  return deadline
}

function checkIterable(value: unknown): void {
  if (typeof value === 'object' && value !== null && Symbol.asyncIterator in value) return
  throw new TypewaxError('INVALID_ARGUMENT', `\`fromAsyncIterable\` takes an async iterable, or a function that gives one; got ${quote(value)}`)
}

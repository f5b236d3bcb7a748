/** Owns helpers that gather items into batches, for sources whose client gives them one by one. */

import { setTimer as systemTimer } from '../time.ts'
import { AsyncPuller, type Deadline } from './async-puller.ts'
import { positiveInteger } from './checks.ts'
import { type EndOfInput, EOF } from './source.ts'

/** Cuts `items` into arrays of `size`, the last one shorter. */
export function* batch<X>(items: Iterable<X>, size: number): Generator<X[], void, void> {
  positiveInteger('size', size)
  let gathered: X[] = []
  for (const item of items) {
    gathered.push(item)
    if (gathered.length < size) continue
    yield gathered
    gathered = []
  }
  if (gathered.length > 0) yield gathered
}

export interface BatchGetterOptions<N> {
  /** Most items in a batch. */
  readonly batchSize: number
  /** What the getter returns when it has nothing now: it ends the batch, which may be empty. Default `undefined`. */
  readonly yieldOn?: N
}

/**
 * Gathers what `getter` returns until the batch is full, `getter` returns `yieldOn` (nothing now) or `EOF`. After `EOF` comes the batch so far, even if empty,
 * and then the end.
 */
export function* batchGetter<X, N = undefined>(getter: () => X | N | EndOfInput, options: BatchGetterOptions<N>): Generator<X[], void, void> {
  positiveInteger('batchSize', options.batchSize)
  for (;;) {
    const gathered: X[] = []
    while (gathered.length < options.batchSize) {
      const item = getter()
      if (item === EOF) {
        yield gathered
        return
      }
      if (Object.is(item, options.yieldOn)) break
      gathered.push(item as X)
    }
    yield gathered
  }
}

export interface BatchAsyncOptions {
  /** How long a batch is waited for, from the moment it is asked for. */
  readonly timeoutMs: number
  /** Most items in a batch. */
  readonly batchSize: number
  /** Calls back after a delay, and gives a function that prevents it. Default: `setTimeout`. */
  readonly setTimer?: (delayMs: number, callback: () => void) => () => void
}

/**
 * Gathers the items of an async iterable until the batch is full or its time is over; it may be empty then. The item that is waited for at that
 * moment is not lost: it begins the next batch. An error comes after the items before it. Ending the generator early ends the iterable.
 */
export async function* batchAsync<X>(items: AsyncIterable<X>, options: BatchAsyncOptions): AsyncGenerator<X[], void, void> {
  const iterator = items[Symbol.asyncIterator]()
  const puller = new AsyncPuller(() => iterator.next())
  const { timeoutMs, setTimer = systemTimer } = options
  const batchSize = positiveInteger('batchSize', options.batchSize)
  try {
    while (!puller.isDone) {
      const deadline: Deadline = { hasPassed: false, onPassed: undefined }
      const cancel = setTimer(timeoutMs, () => {
        deadline.hasPassed = true
        deadline.onPassed?.()
      })
      const gathered: X[] = []
      await puller.gather(gathered, batchSize, deadline).finally(cancel)
      if (gathered.length > 0 || !puller.isDone) yield gathered
    }
  } finally {
    // Not awaited: a generator that waits for its next item would hold back the one who has stopped waiting. What it throws is of no use to anybody.
    if (!puller.isDone) Promise.resolve(iterator.return?.()).catch(() => {})
  }
}

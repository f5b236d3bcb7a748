import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, batchAsync, batchGetter } from '../../src/inputs/batch.ts'
import { EOF } from '../../src/inputs/source.ts'
import { collect, deferred, turn } from './deferred.ts'

test('batch: cuts into arrays of the size, the last one shorter', () => {
  assert.deepEqual([...batch([1, 2, 3, 4, 5], 2)], [[1, 2], [3, 4], [5]])
  assert.deepEqual([...batch([1, 2], 2)], [[1, 2]])
  assert.deepEqual([...batch([], 2)], [])
})

test('batch: takes no more items than it needs', () => {
  const taken: number[] = []
  function* items(): Generator<number> {
    for (let n = 1; ; n++) {
      taken.push(n)
      yield n
    }
  }
  assert.deepEqual(batch(items(), 3).next().value, [1, 2, 3])
  assert.deepEqual(taken, [1, 2, 3])
})

function getterOf<X>(items: readonly X[]): () => X | typeof EOF {
  const rest = [...items]
  return () => (rest.length === 0 ? EOF : rest.shift()!)
}

test('batchGetter: ends a batch where there is nothing now, and after EOF with the batch so far', () => {
  const options = { batchSize: 2, yieldOn: null }
  assert.deepEqual([...batchGetter(getterOf([1, 2, null, 3, null, null, 4]), options)], [[1, 2], [], [3], [], [4]])
  assert.deepEqual([...batchGetter(getterOf([1, 2]), options)], [[1, 2], []])
})

test('batchGetter: undefined is nothing, unless yieldOn says otherwise', () => {
  assert.deepEqual([...batchGetter(getterOf([1, undefined, 2]), { batchSize: 5 })], [[1], [2]])
  assert.deepEqual([...batchGetter<number | undefined, number>(getterOf([1, undefined, 2]), { batchSize: 5, yieldOn: 2 })], [[1, undefined], []])
})

test('batches: a size below 1 is refused', async () => {
  assert.throws(() => batch([], 0).next(), { code: 'INVALID_ARGUMENT' })
  assert.throws(() => batchGetter(() => EOF, { batchSize: 0 }).next(), { code: 'INVALID_ARGUMENT' })
  await assert.rejects(batchAsync(itemsOf([]), { timeoutMs: 1, batchSize: 0 }).next(), { code: 'INVALID_ARGUMENT' })
})

async function* itemsOf<X>(items: readonly X[]): AsyncGenerator<X> {
  yield* items
}

/** Timers that fire when the test says so. */
function makeTimers(): { setTimer(delayMs: number, callback: () => void): () => void; fire(): void; delays: number[]; readonly active: number } {
  const callbacks = new Set<() => void>()
  const delays: number[] = []
  return {
    setTimer(delayMs, callback) {
      delays.push(delayMs)
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
    fire: () => callbacks.forEach((callback) => void callback()),
    delays,
    get active() {
      return callbacks.size
    },
  }
}

/** An async iterable that the test feeds. */
function makeFeed<X>(): AsyncIterableIterator<X> & {
  give(item: X): void
  end(): void
  fail(error: Error): void
  calls: number
  isReturned: boolean
} {
  let next = deferred<IteratorResult<X, undefined>>()
  const settle = (act: (pending: typeof next) => void): void => {
    const pending = next
    next = deferred()
    act(pending)
  }
  return {
    calls: 0,
    isReturned: false,
    next() {
      this.calls++
      return next.promise
    },
    async return() {
      this.isReturned = true
      return { done: true, value: undefined }
    },
    give: (item) => settle((pending) => pending.resolve({ done: false, value: item })),
    end: () => settle((pending) => pending.resolve({ done: true, value: undefined })),
    fail: (error) => settle((pending) => pending.reject(error)),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

test('batchAsync: gives full batches, and what is left at the end', async () => {
  const timers = makeTimers()
  assert.deepEqual(await collect(batchAsync(itemsOf([1, 2, 3]), { timeoutMs: 10, batchSize: 2, ...timers })), [[1, 2], [3]])
  assert.deepEqual(await collect(batchAsync(itemsOf([1, 2]), { timeoutMs: 10, batchSize: 2, ...timers })), [[1, 2]])
  assert.ok(timers.delays.every((delayMs) => delayMs === 10))
  assert.equal(timers.active, 0)
})

test('batchAsync: gives what there is when the time is over, and keeps the item that was waited for', async () => {
  const timers = makeTimers()
  const feed = makeFeed<number>()
  const batches = batchAsync(feed, { timeoutMs: 10, batchSize: 3, ...timers })
  const first = batches.next()
  feed.give(1)
  await turn()
  timers.fire()
  assert.deepEqual((await first).value, [1])
  const second = batches.next()
  await turn()
  timers.fire()
  assert.deepEqual((await second).value, [])
  assert.equal(feed.calls, 2)
  const third = batches.next()
  feed.give(2)
  await turn()
  feed.end()
  assert.deepEqual((await third).value, [2])
  assert.equal((await batches.next()).done, true)
})

test('batchAsync: an error comes after the items before it', async () => {
  const timers = makeTimers()
  const feed = makeFeed<number>()
  const batches = batchAsync(feed, { timeoutMs: 10, batchSize: 3, ...timers })
  const first = batches.next()
  feed.give(1)
  await turn()
  feed.fail(new Error('boom'))
  assert.deepEqual((await first).value, [1])
  await assert.rejects(batches.next(), /boom/)
  assert.equal((await batches.next()).done, true)
})

test('batchAsync: an error while nobody waits is no unhandled rejection', async () => {
  const timers = makeTimers()
  const feed = makeFeed<number>()
  const batches = batchAsync(feed, { timeoutMs: 10, batchSize: 3, ...timers })
  const first = batches.next()
  await turn()
  timers.fire()
  assert.deepEqual((await first).value, [])
  feed.fail(new Error('boom'))
  await turn()
  await assert.rejects(batches.next(), /boom/)
})

test('batchAsync: ending it early ends the iterable, without waiting for an item', async () => {
  const timers = makeTimers()
  const feed = makeFeed<number>()
  const batches = batchAsync(feed, { timeoutMs: 10, batchSize: 3, ...timers })
  const first = batches.next()
  await turn()
  timers.fire()
  await first
  await batches.return()
  assert.equal(feed.isReturned, true)
})

test('batchAsync: the system timer is the default', async () => {
  const feed = makeFeed<number>()
  const batches = batchAsync(feed, { timeoutMs: 1, batchSize: 3 })
  assert.deepEqual((await batches.next()).value, [])
  await batches.return()
})

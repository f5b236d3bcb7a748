import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { test } from 'node:test'
import { fromAsyncIterable } from '../../src/inputs/async-iterable.ts'
import { type DynamicSource, EOF, type StatelessSourcePartition } from '../../src/inputs/source.ts'
import { makeContext } from '../connectors/drive.ts'
import { deferred, turn } from './deferred.ts'

async function build<X>(source: DynamicSource<X>, context = makeContext()): Promise<StatelessSourcePartition<X>> {
  return source.build(0, 1, context)
}

async function batches<X>(source: DynamicSource<X>): Promise<X[][]> {
  const partition = await build(source)
  const all: X[][] = []
  for (;;) {
    const batch = await partition.nextBatch()
    if (batch === EOF) return all
    all.push([...(batch as Iterable<X>)])
  }
}

async function* count(to: number): AsyncGenerator<number> {
  for (let n = 1; n <= to; n++) yield n
}

test('fromAsyncIterable: batches hold what is there at once, up to the batch size', async () => {
  assert.deepEqual(await batches(fromAsyncIterable(count(5), { batchSize: 2 })), [[1, 2], [3, 4], [5]])
  assert.deepEqual(await batches(fromAsyncIterable(count(0))), [])
})

test('fromAsyncIterable: a batch does not wait for an item that takes its time, and the item is not lost', async () => {
  const gate = deferred<void>()
  async function* items(): AsyncGenerator<number> {
    yield 1
    yield 2
    await gate.promise
    yield 3
  }
  const partition = await build(fromAsyncIterable(items()))
  assert.deepEqual(await partition.nextBatch(), [1, 2])
  const next = partition.nextBatch()
  await turn()
  gate.resolve()
  assert.deepEqual(await next, [3])
  assert.equal(await partition.nextBatch(), EOF)
})

test('fromAsyncIterable: reads web streams and Node streams', async () => {
  const web = new ReadableStream<string>({
    start(controller) {
      for (const item of ['a', 'b', 'c']) controller.enqueue(item)
      controller.close()
    },
  })
  assert.deepEqual((await batches(fromAsyncIterable(web))).flat(), ['a', 'b', 'c'])
  assert.deepEqual((await batches(fromAsyncIterable(Readable.from(['a', 'b', 'c'])))).flat(), ['a', 'b', 'c'])
})

test('fromAsyncIterable: a function gives a fresh iterable to each execution', async () => {
  const source = fromAsyncIterable(() => count(2))
  assert.deepEqual(await batches(source), [[1, 2]])
  assert.deepEqual(await batches(source), [[1, 2]])
})

test('fromAsyncIterable: worker 0 reads, the others have nothing', async () => {
  const source = fromAsyncIterable(() => count(2))
  const other = await source.build(1, 2, makeContext())
  assert.equal(await other.nextBatch(), EOF)
  assert.equal(source.replay, 'none')
})

test('fromAsyncIterable: an error comes after the items before it', async () => {
  async function* items(): AsyncGenerator<number> {
    yield 1
    throw new Error('boom')
  }
  const partition = await build(fromAsyncIterable(items()))
  assert.deepEqual(await partition.nextBatch(), [1])
  await assert.rejects(async () => partition.nextBatch(), /boom/)
})

test('fromAsyncIterable: the end of the execution calls return of an iterator', async () => {
  let isClosed = false
  async function* items(): AsyncGenerator<number> {
    try {
      for (let n = 0; ; n++) yield n
    } finally {
      isClosed = true
    }
  }
  const context = makeContext()
  const partition = await build(fromAsyncIterable(items(), { batchSize: 1 }), context)
  await partition.nextBatch()
  context.end()
  await turn()
  assert.equal(isClosed, true)
})

test('fromAsyncIterable: the end of the execution ends streams even while an item is waited for', async () => {
  const cancelled: string[] = []
  const web = new ReadableStream<string>({ cancel: () => void cancelled.push('web') })
  const node = new PassThrough().on('close', () => cancelled.push('node'))
  for (const stream of [web, node]) {
    const context = makeContext()
    const partition = await build(fromAsyncIterable<unknown>(stream), context)
    const pending = Promise.resolve(partition.nextBatch()).catch(() => EOF)
    await turn()
    context.end()
    assert.equal(await pending, EOF)
  }
  assert.deepEqual(cancelled, ['web', 'node'])
})

test('fromAsyncIterable: an iterable that has ended is not ended again', async () => {
  let returns = 0
  const iterator: AsyncIterableIterator<number> = {
    next: async () => ({ done: true, value: undefined }),
    return: async () => {
      returns++
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  const context = makeContext()
  const partition = await build(fromAsyncIterable(iterator), context)
  assert.equal(await partition.nextBatch(), EOF)
  context.end()
  assert.equal(returns, 0)
})

test('fromAsyncIterable: anything else is refused', async () => {
  assert.throws(() => fromAsyncIterable([1] as unknown as AsyncIterable<number>), { code: 'INVALID_ARGUMENT' })
  assert.throws(() => fromAsyncIterable(count(1), { batchSize: 0 }), { code: 'INVALID_ARGUMENT' })
  await assert.rejects(build(fromAsyncIterable(() => [1] as unknown as AsyncIterable<number>)), { code: 'INVALID_ARGUMENT' })
})

/** Tests that what is slow holds back nothing but itself and what feeds it, and that memory stays bounded while it does. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, run } from '../../src/index.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { CallSink, ItemsSource, turns } from './flows.ts'

/** What may wait between two steps: a full queue, and the batch or chunk that filled it. */
const QUEUE_ITEMS = 16_384 + 4_096

function naturals(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

test('backpressure: a source that does not answer stalls no other source', async () => {
  const fast = naturals(100_000)
  const seen: number[] = []
  let fail: (error: Error) => void = () => {}
  const answer = new Promise<void>((_, reject) => {
    fail = reject
  })
  const flow = new Dataflow('flow')
  const slow = flow.input('slow', new ItemsSource<number>([], { delay: () => answer }))
  slow.merge('merge', flow.input('fast', new ItemsSource(fast, { batchSize: 1_000 }))).output('out', new CallSink((items) => take(items)))
  function take(items: readonly number[]): void {
    for (const item of items) seen.push(item)
    // Only now, with all of the fast source there, the slow one answers.
    if (seen.length === fast.length) fail(new Error('enough'))
  }
  await assert.rejects(run(flow), /enough/)
  assert.deepEqual(seen, fast)
})

test('backpressure: a sink that is slow bounds what a fast source has in flight', async () => {
  let read = 0
  let written = 0
  let most = 0
  const flow = new Dataflow('flow')
  const source = new ItemsSource(naturals(400_000), { batchSize: 1_000, onPoll: (position) => note(position) })
  flow
    .input('in', source)
    .map('map', (n) => n)
    .map('again', (n) => n)
    .output('out', new CallSink((items) => write(items)))
  function note(position: number): void {
    read = position
    most = Math.max(most, read - written)
  }
  async function write(items: readonly number[]): Promise<void> {
    await turns(1)
    written += items.length
  }
  await run(flow)
  assert.equal(written, 400_000)
  // In front of each of three steps, and at the sink.
  assert.ok(most <= 4 * QUEUE_ITEMS, `${most} items in flight`)
})

test('backpressure: a slow sink on one branch bounds what waits for it, and the other branch gets everything', async () => {
  let slow = 0
  let fast = 0
  let most = 0
  const flow = new Dataflow('flow')
  const { trues, falses } = flow.input('in', new ItemsSource(naturals(300_000), { batchSize: 1_000 })).branch('parity', (n) => n % 2 === 0)
  trues.output('slow', new CallSink((items) => takeSlowly(items)))
  falses.output('fast', new CallSink((items) => takeFast(items)))
  async function takeSlowly(items: readonly number[]): Promise<void> {
    await turns(1)
    slow += items.length
  }
  function takeFast(items: readonly number[]): void {
    fast += items.length
    most = Math.max(most, fast - slow)
  }
  await run(flow)
  assert.deepEqual([slow, fast], [150_000, 150_000])
  assert.ok(most <= 3 * QUEUE_ITEMS, `${most} items ahead`)
})

for (const [kind, sink] of [
  ['at once', (items: readonly number[], count: (n: number) => void) => count(items.length)],
  ['later', async (items: readonly number[], count: (n: number) => void) => count(await Promise.resolve(items.length))],
] as const) {
  test(`backpressure: one item that becomes ten million goes through a sink that takes them ${kind}, a part at a time`, async () => {
    const total = 10_000_000
    let made = 0
    let written = 0
    let most = 0
    const flow = new Dataflow('flow')
    flow
      .input('in', new ItemsSource([total]))
      .flatMap('expand', function* (count) {
        for (let n = 0; n < count; n++) {
          made += 1
          yield n
        }
      })
      .output('out', new CallSink((items) => sink(items, count)))
    function count(items: number): void {
      most = Math.max(most, made - written)
      written += items
    }
    await run(flow)
    assert.equal(written, total)
    assert.ok(most <= 2 * QUEUE_ITEMS, `${most} items in flight`)
  })
}

test('backpressure: an expansion of values keeps their keys over its parts', async () => {
  const out: [string, number][] = []
  const flow = new Dataflow('flow')
  const counts: [string, number][] = [
    ['a', 5_000],
    ['b', 0],
    ['c', 9_000],
  ]
  flow
    .input('in', new ItemsSource(counts, { batchSize: 3 }))
    .keyed('keyed')
    .flatMapValue('expand', (count) => naturals(count).values())
    .output('out', new TestingSink(out))
  await run(flow)
  const expected = counts.flatMap(([key, count]) => naturals(count).map((n) => [key, n]))
  assert.deepEqual(out, expected)
})

/**
 * Owns the proof that memory stays flat: `npm run bench:memory -- [--items 100000000]`. Items through map, filter and a stateful step with 10,000 keys,
 * heap after a collection at a tenth of the way against the end; then a fast source before a sink that takes 10 ms a batch.
 */

import { parseArgs } from 'node:util'
import { Dataflow, run } from 'typewax'
import { DynamicSource, type EndOfInput, EOF, StatelessSourcePartition } from 'typewax/inputs'
import { DynamicSink, StatelessSinkPartition } from 'typewax/outputs'

const BATCH = 1_024
const MIB = 2 ** 20

const { values: options } = parseArgs({ options: { items: { type: 'string', default: '100000000' } } })
const gc = globalThis.gc
if (gc === undefined) throw new Error('run with --expose-gc: `npm run bench:memory`')

class Counting extends DynamicSource<number> {
  readonly count: number
  readonly marks: ReadonlyMap<number, () => void>

  constructor(count: number, marks: ReadonlyMap<number, () => void>) {
    super()
    this.count = count
    this.marks = marks
  }

  override build(): StatelessSourcePartition<number> {
    return new CountingPartition(this)
  }
}

class CountingPartition extends StatelessSourcePartition<number> {
  readonly #source: Counting
  #next = 0

  constructor(source: Counting) {
    super()
    this.#source = source
  }

  override nextBatch(): number[] | EndOfInput {
    const { count, marks } = this.#source
    if (this.#next >= count) return EOF
    const batch: number[] = new Array(Math.min(BATCH, count - this.#next))
    for (let index = 0; index < batch.length; index++) batch[index] = this.#next++
    for (const [at, mark] of marks) if (at > this.#next - batch.length && at <= this.#next) mark()
    return batch
  }
}

class Blackhole extends DynamicSink<unknown> {
  readonly delayMs: number
  itemCount = 0

  constructor(delayMs: number) {
    super()
    this.delayMs = delayMs
  }

  override build(): StatelessSinkPartition<unknown> {
    return new BlackholePartition(this)
  }
}

class BlackholePartition extends StatelessSinkPartition<unknown> {
  readonly #sink: Blackhole

  constructor(sink: Blackhole) {
    super()
    this.#sink = sink
  }

  override writeBatch(items: readonly unknown[]): void | Promise<void> {
    this.#sink.itemCount += items.length
    if (this.#sink.delayMs > 0) return new Promise((resolve) => setTimeout(resolve, this.#sink.delayMs))
  }
}

function heapMiB(): number {
  gc?.()
  return process.memoryUsage().heapUsed / MIB
}

async function stateful(count: number): Promise<void> {
  const heaps: number[] = []
  const marks = new Map([0.1, 0.4, 0.7, 1].map((part) => [Math.floor(count * part), () => void heaps.push(heapMiB())]))
  const flow = new Dataflow('flat')
  flow
    .input('numbers', new Counting(count, marks))
    .map('plus', (n) => n + 1)
    .filter('third', (n) => n % 3 !== 0)
    .keyOn('key', (n) => `k${n % 10_000}`)
    .statefulMap(
      'count',
      () => 0,
      (seen) => [seen + 1, seen],
    )
    .output('out', new Blackhole(0))
  const { elapsedMs } = await run(flow)
  console.log(
    `${count} items in ${(elapsedMs / 1000).toFixed(1)} s: heap ${heaps.map((heap) => heap.toFixed(1)).join(' → ')} MiB at 10, 40, 70, 100 %`,
  )
}

async function slowSink(count: number): Promise<void> {
  const heaps: number[] = []
  const ahead: number[] = []
  const sink = new Blackhole(10)
  const measure = (at: number): void => {
    heaps.push(heapMiB())
    ahead.push(at - sink.itemCount)
  }
  const marks = new Map([0.2, 0.4, 0.6, 0.8, 1].map((part) => [count * part, () => measure(count * part)]))
  const flow = new Dataflow('slow')
  flow
    .input('numbers', new Counting(count, marks))
    .map('object', (n) => ({ n }))
    .output('out', sink)
  await run(flow)
  console.log(
    `slow sink, ${count} items: heap ${heaps.map((heap) => heap.toFixed(1)).join(' → ')} MiB, items between source and sink at most ${Math.max(...ahead)}`,
  )
}

await stateful(Number(options.items))
await slowSink(500_000)

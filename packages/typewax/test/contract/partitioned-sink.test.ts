/** Owns the proofs of what the output contract says about listing, routing, building and writing of partitioned sinks, on the real engine. */

import { deepStrictEqual, ok, rejects, strictEqual, throws } from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { type PartitionContext, run } from '../../src/index.ts'
import { adler32, FixedPartitionedSink } from '../../src/outputs/index.ts'
import { assignPartitions } from '../../src/runtime/assign.ts'
import { TestingSource } from '../../src/testing/index.ts'
import { turn } from '../../src/testing/test-clock.ts'
import { flowOf, LogSink, leftRight, type Pair, pairs } from './log-sinks.ts'
import { MemoryStore } from './memory-store.ts'

test('output: refuses what is neither a FixedPartitionedSink nor a DynamicSink', () => {
  for (const sink of [{}, { writeBatch() {} }, null, 'out', class Sink {}]) {
    throws(() => flowOf(new TestingSource(['a']), sink as never), { code: 'NOT_A_SINK' })
  }
})

test('listParts: is called once in an execution, before any partition is built', async () => {
  const log: string[] = []
  await run(flowOf(new TestingSource(pairs('left:a', 'right:b')), new LogSink({ log })))
  deepStrictEqual(log.slice(0, 3), ['listParts', 'build left undefined', 'build right undefined'])
  strictEqual(log.filter((line) => line === 'listParts').length, 1)
})

test('listParts: each worker names what it can reach, and all of them together are the global set', () => {
  const listed = [
    ['c', 'a'],
    ['b', 'a'],
    ['d', 'c'],
  ]
  const assigned = assignPartitions(listed)
  deepStrictEqual([...assigned.keys()], ['a', 'b', 'c', 'd'])
  for (const [part, worker] of assigned) ok(listed[worker]?.includes(part), `${part} is built by worker ${worker}, which did not list it`)
})

test('listParts: equal names are one partition', async () => {
  const log: string[] = []
  const sink = new LogSink({ log, parts: ['b', 'a', 'b'], partFn: () => 1 })
  await run(flowOf(new TestingSource(pairs('k:v')), sink))
  deepStrictEqual(log.slice(1, 3), ['build a undefined', 'build b undefined'])
  deepStrictEqual(sink.output.get('b'), ['v'])
})

test('listParts: no partitions are an error when an item comes, and none when none does', async () => {
  await run(flowOf(new TestingSource<Pair>([]), new LogSink({ parts: [] })))
  await rejects(run(flowOf(new TestingSource(pairs('k:v')), new LogSink({ parts: [] }))), { code: 'NO_PARTITIONS', stepId: 'flow.out' })
})

test('listParts: anything but an array of strings is an error', async () => {
  for (const parts of [7, [7], 'left', undefined]) {
    const sink = new LogSink()
    sink.listParts = () => parts as never
    await rejects(run(flowOf(new TestingSource(pairs('k:v')), sink)), { code: 'WRONG_RETURN', stepId: 'flow.out' })
  }
})

test('partFn: is an index, wrapped, into all partitions in the order of their UTF-8 bytes', async () => {
  // In the order of UTF-16 units, 😀 would come before the last one.
  const ordered = ['A', 'a', 'z', 'é', '東', '\uffee', '😀']
  const keys = Array.from({ length: 20 }, (_, index) => String(index))
  const sink = new LogSink({ parts: ['😀', 'z', '東', 'A', '\uffee', 'é', 'a'], partFn: Number })
  await run(flowOf(new TestingSource(keys.map((key): Pair => [key, key])), sink))
  for (const [index, part] of ordered.entries()) {
    deepStrictEqual(
      sink.output.get(part),
      keys.filter((key) => Number(key) % ordered.length === index),
      `values of ${part}`,
    )
  }
})

test('partFn: takes integers of any size', async () => {
  const sink = new LogSink({ parts: ['a', 'b', 'c'], partFn: (key) => Number(key) })
  const keys = [2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER, 0]
  await run(flowOf(new TestingSource(keys.map((key): Pair => [String(key), String(key)])), sink))
  for (const key of keys) ok(sink.output.get('abc'[key % 3] as string)?.includes(String(key)), `value of ${key}`)
})

test('partFn: anything but a non-negative integer is an error that names the key', async () => {
  for (const part of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', undefined, 2n]) {
    const sink = new LogSink()
    sink.partFn = () => part as never
    await rejects(run(flowOf(new TestingSource(pairs('k:v')), sink)), { code: 'INVALID_PART_NUMBER', key: 'k' })
  }
})

test('partFn: chooses by the key alone, and the partition gets the value alone', async () => {
  const seen: string[] = []
  const partFn = (key: string): number => {
    seen.push(key)
    return leftRight(key)
  }
  const sink = new LogSink({ partFn })
  await run(flowOf(new TestingSource(pairs('left:right', 'right:left', 'left:x')), sink))
  deepStrictEqual(seen, ['left', 'right', 'left'])
  deepStrictEqual(
    [...sink.output],
    [
      ['left', ['right', 'x']],
      ['right', ['left']],
    ],
  )
})

test('partFn: is the Adler-32 checksum of the key if the sink does not say otherwise', async () => {
  const keys = ['', 'a', 'hello', 'é', '😀', 'x'.repeat(6_000)]
  const parts = ['0', '1', '2', '3', '4', '5', '6']
  const sink = new LogSink({ parts })
  for (const key of keys) strictEqual(sink.partFn(key), adler32(key))
  await run(flowOf(new TestingSource(keys.map((key): Pair => [key, key])), sink))
  for (const key of keys) ok(sink.output.get(parts[adler32(key) % parts.length] as string)?.includes(key), `value of ${key}`)
})

test('adler32: has the values that are published, unsigned, of the UTF-8 bytes', () => {
  const golden: [string, number][] = [
    ['', 1],
    ['a', 6_422_626],
    ['hello', 103_547_413],
    ['é', 36_766_061],
    ['Wikipedia', 0x11e60398],
  ]
  for (const [text, sum] of golden) strictEqual(adler32(text), sum, `of ${text.slice(0, 20)}`)
})

test('adler32: agrees with zlib on any text', () => {
  // The last four bytes of a zlib stream are the checksum of its content.
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constant('z'.repeat(100_000))), (text) => {
      const stream = deflateSync(Buffer.from(text))
      strictEqual(adler32(text), stream.readUInt32BE(stream.length - 4))
    }),
  )
})

test('adler32: gives the same in another process', () => {
  const keys = ['a', 'hello', 'é', '😀', 'key 7']
  const url = new URL('../../src/outputs/adler32.ts', import.meta.url).href
  const script = `import { adler32 } from ${JSON.stringify(url)}; console.log(JSON.stringify(${JSON.stringify(keys)}.map(adler32)))`
  const text = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
  deepStrictEqual(JSON.parse(text), keys.map(adler32))
})

test('buildPart: is called once in an execution for each listed partition, whether or not an item comes, before the first item', async () => {
  for (const items of [pairs('left:a', 'left:b'), []]) {
    const log: string[] = []
    await run(flowOf(new TestingSource(items), new LogSink({ log, parts: ['right', 'left', 'idle'], partFn: () => 1 })))
    deepStrictEqual(log.slice(0, 4), ['listParts', 'build idle undefined', 'build left undefined', 'build right undefined'])
    strictEqual(log.filter((line) => line.startsWith('build')).length, 3)
  }
})

test('buildPart: gets in the next execution what snapshot gave, or nothing if nothing was written', async () => {
  const store = new MemoryStore()
  const log: string[] = []
  const source = new TestingSource<Pair>([...pairs('left:a', 'left:b', 'left:c'), TestingSource.EOF, ...pairs('left:d')], { batchSize: 2 })
  const flow = flowOf(source, new LogSink({ log, partFn: leftRight }))
  await run(flow, { recovery: store })
  await run(flow, { recovery: store })
  await run(flow, { recovery: store })
  const built = log.filter((line) => line.startsWith('build'))
  const expected = ['build left undefined', 'build right undefined', 'build left 3', 'build right undefined', 'build left 4', 'build right undefined']
  deepStrictEqual(built, expected)
})

test('buildPart: needs nothing but its arguments, so that one sink object serves any number of executions', async () => {
  const sink = new LogSink({ partFn: leftRight })
  const flow = flowOf(new TestingSource(pairs('left:a', 'right:b')), sink)
  for (let execution = 0; execution < 3; execution++) {
    await run(flow)
    deepStrictEqual(
      [...sink.output],
      [
        ['left', ['a']],
        ['right', ['b']],
      ],
    )
  }
})

test('buildPart: is told step, worker and signal', async () => {
  const contexts: PartitionContext[] = []
  class Told extends LogSink {
    override async buildPart(part: string, resumeState: number | undefined, context: PartitionContext) {
      contexts.push(context)
      return await super.buildPart(part, resumeState, context)
    }
  }
  await run(flowOf(new TestingSource<Pair>([]), new Told({ parts: ['one'] })))
  strictEqual(contexts.length, 1)
  const [{ stepId, workerIndex, signal }] = contexts as [PartitionContext]
  deepStrictEqual([stepId.split('.').slice(0, 2).join('.'), workerIndex, signal.aborted], ['flow.out', 0, true])
})

test('buildPart: a failure names step and partition', async () => {
  const before = (line: string): void => {
    if (line.startsWith('build right')) throw new Error('no such disk')
  }
  const failure = { code: 'SINK_FAILED', stepId: 'flow.out', partKey: 'right', message: /no such disk/ }
  await rejects(run(flowOf(new TestingSource<Pair>([]), new LogSink({ before }))), failure)
})

test('writeBatch: gets the values of each partition in order, in batches that are never empty, whatever the batches of the source', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('left', 'right', 'idle'), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      async (keys, batchSize, isSlow) => {
        const log: string[] = []
        const items = keys.map((key, index): Pair => [key, String(index)])
        const parts = ['idle', 'left', 'right']
        const slowly = async (): Promise<void> => await turn()
        const sink = new LogSink({ log, parts, partFn: (key) => parts.indexOf(key), ...(isSlow ? { before: slowly } : {}) })
        await run(flowOf(new TestingSource(items, { batchSize }), sink))
        for (const part of parts) {
          const values = items.filter(([key]) => key === part).map(([, value]) => value)
          deepStrictEqual(sink.output.get(part), values)
          const written = log.filter((line) => line.startsWith(`write ${part}`)).map((line) => line.split(' ').slice(2))
          deepStrictEqual(written.flat(), values)
          ok(written.every((batch) => batch.length > 0 && batch[0] !== ''))
        }
      },
    ),
    { numRuns: 50 },
  )
})

test('writeBatch: is not called while a promise of a method of the partition is pending, nor is any other method', async () => {
  for (const isTwoPhase of [false, true]) {
    const pending = new Map<string, string>()
    const overlaps: string[] = []
    const before = async (line: string): Promise<void> => {
      const part = line.split(' ')[1]
      if (part === undefined) return
      if (pending.has(part)) overlaps.push(`${line} during ${pending.get(part)}`)
      if (line.startsWith('snapshot')) return
      pending.set(part, line)
      for (let turns = 0; turns < 3; turns++) await turn()
      pending.delete(part)
    }
    const items = Array.from({ length: 40 }, (_, index): Pair => [index % 3 === 0 ? 'left' : 'right', String(index)])
    const source = new TestingSource(items, { batchSize: 3 })
    await run(flowOf(source, new LogSink({ before, isTwoPhase, partFn: leftRight })), { recovery: new MemoryStore(), epochIntervalMs: 0.01 })
    deepStrictEqual(overlaps, [])
  }
})

test('writeBatch: an item that is no pair with a text as key is an error', async () => {
  const flowWith = (item: unknown) => flowOf(new TestingSource([item]), new LogSink() as never)
  await rejects(run(flowWith('text')), { code: 'NOT_A_PAIR' })
  await rejects(run(flowWith([7, 'value'])), { code: 'KEY_NOT_STRING' })
})

test('FixedPartitionedSink: is recognised across copies of the package', () => {
  strictEqual(new LogSink()['~sink'], 'fixed-partitioned')
  ok(new LogSink() instanceof FixedPartitionedSink)
})

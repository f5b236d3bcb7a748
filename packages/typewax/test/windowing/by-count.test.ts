/** Tests windows by count against a look at each of them: lists, and summaries that share their work. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Dataflow, type KeyedStream, run, type TypewaxError } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
import { type Aggregate, aggregateByCount, type ByCountOptions, collect, collectByCount, count, sum } from '../../src/windowing/index.ts'
import { grouped, throughKeyed, withCode } from '../operators/flows.ts'

/** The windows of a list, by definition. */
function windowsOf<V>(values: readonly V[], { size, every = size, emitRest = true }: ByCountOptions): V[][] {
  const windows: V[][] = []
  for (let from = 0; from < values.length; from += every) {
    const window = values.slice(from, from + size)
    if (window.length === size || emitRest) windows.push(window)
  }
  return windows
}

const options: fc.Arbitrary<Required<ByCountOptions>> = fc
  .record({ size: fc.integer({ min: 1, max: 12 }), part: fc.integer({ min: 0, max: 11 }), emitRest: fc.boolean() })
  .map(({ size, part, emitRest }) => ({ size, every: size - (part % size), emitRest }))

/** Keys take turns in no order. */
const items = fc
  .array(fc.constantFrom('a', 'b'), { maxLength: 60, size: 'max' })
  .map((keys) => keys.map((key, index): [string, number] => [key, index]))

/** What keys have in the end, in order. */
function byKey<W>(pairs: readonly (readonly [string, W])[]): Record<string, W[]> {
  return Object.fromEntries(grouped(pairs))
}

function expected(pairs: readonly (readonly [string, number])[], each: ByCountOptions): Record<string, number[][]> {
  return byKey(Object.entries(byKey(pairs)).flatMap(([key, values]) => windowsOf(values, each).map((window) => [key, window] as const)))
}

/** An aggregate whose accumulators can't be used after they were merged into or given up: it finds every wrong use. */
const strict: Aggregate<number, { values: number[]; isGone: boolean }, number[]> = {
  create: () => ({ values: [], isGone: false }),
  add: (accumulator, value) => spend(accumulator, [value]),
  merge: (into, from) => spend(into, read(from)),
  result: (accumulator) => [...read(accumulator)],
  isOrdered: true,
}

function read({ values, isGone }: { readonly values: number[]; readonly isGone: boolean }): readonly number[] {
  assert.ok(!isGone, 'an accumulator is used after it was given away')
  return values
}

function spend(accumulator: { values: number[]; isGone: boolean }, more: readonly number[]): { values: number[]; isGone: boolean } {
  const values = [...read(accumulator), ...more]
  accumulator.isGone = true
  return { values, isGone: false }
}

test('collectByCount: gives the windows that a look at each of them finds', async () => {
  await fc.assert(
    fc.asyncProperty(items, options, fc.integer({ min: 1, max: 9 }), async (pairs, each, batchSize) => {
      const out = await throughKeyed(pairs, (up) => up.collectByCount('lists', each), { batchSize })
      assert.deepEqual(byKey(out as unknown as [string, number[]][]), expected(pairs, each))
    }),
    { numRuns: 200 },
  )
})

test('aggregateByCount: summarises the same windows, in order, and uses no accumulator twice', async () => {
  await fc.assert(
    fc.asyncProperty(items, options, fc.integer({ min: 1, max: 9 }), async (pairs, each, batchSize) => {
      const out = await throughKeyed(pairs, (up) => up.aggregateByCount('lists', each, { values: strict }), { batchSize })
      const lists = (out as unknown as [string, { values: number[] }][]).map(([key, { values }]) => [key, values] as const)
      assert.deepEqual(byKey(lists), expected(pairs, each))
    }),
    { numRuns: 200 },
  )
})

test('collectByCount, aggregateByCount: a flow that is cut off anywhere goes on as if nothing had happened', async () => {
  await fc.assert(
    fc.asyncProperty(items, options, fc.array(fc.nat(60), { maxLength: 5 }), async (pairs, each, cuts) => {
      const inputs: ([string, number] | ReturnType<typeof TestingSource.ABORT>)[] = [...pairs]
      for (const cut of cuts) inputs.splice(cut % (inputs.length + 1), 0, TestingSource.ABORT())
      const [lists, summaries]: [[string, number[]][], [string, { list: number[]; total: number }][]] = [[], []]
      const flow = new Dataflow('counts')
      const up = flow.input('in', new TestingSource<[string, number]>(inputs)).keyed('keyed')
      up.collectByCount('lists', each).output('out', new TestingSink(lists))
      up.aggregateByCount('sums', each, { list: collect(), total: sum((value) => value) }).output('out-sums', new TestingSink(summaries))
      const recovery = new MemoryRecoveryStore()
      while ((await run(flow, { recovery, epochIntervalMs: 0, host: new TestClock() })).outcome !== 'finished') {}
      const windows = expected(pairs, each)
      assert.deepEqual(byKey(lists), windows)
      assert.deepEqual(byKey(summaries.map(([key, { list }]) => [key, list])), windows)
      for (const [, { list, total }] of summaries)
        assert.equal(
          total,
          list.reduce((left, right) => left + right, 0),
        )
    }),
    { numRuns: 60 },
  )
})

test('aggregateByCount: the cost of a value does not grow with the number of windows it is in', async () => {
  let calls = 0
  const counted: Aggregate<number, number, number> = {
    create: () => 0,
    add: (total, value) => {
      calls += 1
      return total + value
    },
    merge: (into, from) => {
      calls += 1
      return into + from
    },
    result: (total) => total,
  }
  for (const [size, every] of [
    [1_000, 1],
    [1_000, 999],
    [1_000, 7],
    [1_000, 1_000],
  ] as const) {
    calls = 0
    const pairs = Array.from({ length: 5_000 }, () => ['k', 1] as const)
    const out = await throughKeyed(pairs, (up) => up.aggregateByCount('w', { size, every, emitRest: false }, { total: counted }), { batchSize: 100 })
    assert.equal(out.length, Math.floor((5_000 - size) / every) + 1)
    assert.ok(out.every(([, { total }]) => total === size))
    assert.ok(calls <= 4 * pairs.length + 10, `${calls} calls for ${pairs.length} values, ${size} every ${every}`)
  }
})

test('collectByCount: without the rest, what is not full waits for a continuation of the flow', async () => {
  const out: unknown[] = []
  const flow = new Dataflow('counts')
  const up = flow.input('in', new TestingSource([1, 2, 3, TestingSource.EOF, 4, 5])).keyOn('key', () => 'k')
  up.collectByCount('pairs', { size: 2, every: 1, emitRest: false }).output('out', new TestingSink<unknown>(out))
  const recovery = new MemoryRecoveryStore()
  await run(flow, { recovery })
  await run(flow, { recovery })
  assert.deepEqual(
    out,
    [1, 2, 3, 4].map((first) => ['k', [first, first + 1]]),
  )
})

test('collectByCount, aggregateByCount: find mistakes at the call', () => {
  const stream = new Dataflow('flow').input('in', new TestingSource<[string, number]>([]))
  const keyed = stream.keyed('keyed')
  const aggregates = { n: count() }
  const wrong: readonly (readonly [parameter: string, options: unknown])[] = [
    ['size', undefined],
    ['size', { size: 0 }],
    ['size', { size: 1.5 }],
    ['every', { size: 3, every: 0 }],
    ['every', { size: 3, every: 4 }],
    ['emitRest', { size: 3, emitRest: 'yes' }],
  ]
  for (const [parameter, each] of wrong) {
    const inStep = (operator: string) => (thrown: TypewaxError) =>
      withCode('INVALID_ARGUMENT', `\`${parameter}\` of ${operator} "w"`)(thrown) && thrown.stepId === 'flow.w'
    assert.throws(() => keyed.collectByCount('w', each as ByCountOptions), inStep('collectByCount'))
    assert.throws(() => keyed.aggregateByCount('w', each as ByCountOptions, aggregates), inStep('aggregateByCount'))
  }
  assert.throws(() => keyed.aggregateByCount('w', { size: 2 }, {}), withCode('INVALID_ARGUMENT', '`aggregates`'))
  assert.throws(() => collectByCount('w', stream as unknown as KeyedStream<number>, { size: 2 }), withCode('NOT_A_STREAM', 'collectByCount'))
  assert.throws(() => aggregateByCount('w', stream as unknown as KeyedStream<number>, { size: 2 }, aggregates), withCode('NOT_A_STREAM'))
})

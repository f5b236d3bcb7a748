/** Tests what is put together of aggregates: the shape of results, the accumulator, aggregates that are classes, and what is left of none. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import {
  type Aggregate,
  approxDistinct,
  collect,
  combine,
  count,
  countIf,
  distinct,
  filtered,
  first,
  fold,
  last,
  mapResult,
  max,
  maxBy,
  mean,
  min,
  minBy,
  quantile,
  reduce,
  share,
  sum,
  topK,
} from '../../src/aggregates/index.ts'

const itself = (value: number): number => value
const isNegative = (value: number): boolean => value < 0

function read<V, A, R>(aggregate: Aggregate<V, A, R>, values: readonly V[]): R {
  return aggregate.result(values.reduce((accumulator, value) => aggregate.add(accumulator, value), aggregate.create()))
}

test('combine: the accumulator is a list in the order of the names, a count in it a number', () => {
  const aggregate = combine({ z: count(), a: sum(itself), late: countIf(isNegative) })
  assert.deepEqual(aggregate.add(aggregate.create(), -2), [1, { sum: -2 }, 1])
  assert.deepEqual(Object.keys(read(aggregate, [1])), ['z', 'a', 'late'])
})

test('combine: works with one aggregate, with many, and with one twice', () => {
  assert.deepEqual(read(combine({ n: count() }), [1, 2]), { n: 2 })
  const n = count()
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`n${index}`, index % 2 === 0 ? n : max(itself)]))
  const result = read(combine(many), [1, 5, 3])
  assert.deepEqual(
    Object.values(result),
    Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 3 : 5)),
  )
})

test('combine: later changes of the record change nothing', () => {
  const record = { n: count(), sum: sum(itself) }
  const aggregate = combine(record)
  record.sum = sum(() => 100)
  assert.deepEqual(read(aggregate, [1, 2]), { n: 2, sum: 3 })
})

test('combine: nests', () => {
  const aggregate = combine({ n: count(), of: combine({ least: min(itself), negative: filtered(isNegative, combine({ n: count() })) }) })
  assert.deepEqual(read(aggregate, [3, -1]), { n: 2, of: { least: -1, negative: { n: 1 } } })
})

test('combine: without code from strings it does the same', () => {
  const script = `
    import { combine, count, mean } from './src/aggregates/index.ts'
    try { new Function('return 1'); process.exit(3) } catch {}
    const aggregate = combine({ n: count(), mean: mean((value) => value) })
    const accumulator = [1, 2, 6].reduce((fed, value) => aggregate.add(fed, value), aggregate.create())
    process.stdout.write(JSON.stringify(aggregate.result(accumulator)))`
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script],
    { cwd: new URL('../..', import.meta.url), encoding: 'utf8' },
  )
  assert.equal(status, 0, stderr)
  assert.equal(stdout, '{"n":3,"mean":3}')
})

class Longest implements Aggregate<string, { length: number }, number> {
  readonly #least: number

  constructor(least: number) {
    this.#least = least
  }

  create(): { length: number } {
    return { length: this.#least }
  }

  add(accumulator: { length: number }, value: string): { length: number } {
    return this.merge(accumulator, { length: value.length })
  }

  merge(into: { length: number }, from: { length: number }): { length: number } {
    return { length: Math.max(this.#least, into.length, from.length) }
  }

  result({ length }: { length: number }): number {
    return Math.max(this.#least, length)
  }
}

test('aggregates of aggregates: one that is an instance of a class stays one', () => {
  const longest = new Longest(2)
  for (const aggregate of [
    mapResult(combine({ longest }), (result) => result.longest),
    filtered(() => true, longest),
    mapResult(longest, (length) => length),
    fold(longest),
  ] as readonly Aggregate<string, unknown, number>[]) {
    assert.equal(read(aggregate, ['a']), 2)
    const merged = aggregate.merge(aggregate.create(), aggregate.add(aggregate.create(), 'abc'))
    assert.equal(aggregate.result(merged), 3)
  }
})

test('filtered: of no values it gives what the aggregate gives of none', () => {
  const negatives = combine({
    n: filtered(isNegative, count()),
    sum: filtered(isNegative, sum(itself)),
    mean: filtered(isNegative, mean(itself)),
    least: filtered(isNegative, min(itself)),
    median: filtered(isNegative, quantile(0.5, itself)),
    share: filtered(isNegative, share(isNegative)),
    first: filtered(isNegative, first<number>()),
    best: filtered(isNegative, maxBy(itself)),
    all: filtered(isNegative, collect<number>()),
  })
  const nothing = {
    n: 0,
    sum: 0,
    mean: Number.NaN,
    least: Number.NaN,
    median: Number.NaN,
    share: Number.NaN,
    first: undefined,
    best: undefined,
    all: [],
  }
  assert.deepEqual(read(negatives, [1, 2]), nothing)
  assert.equal(read(negatives, [1, -2]).first, -2)
})

test('first, last: undefined is a value', () => {
  assert.deepEqual(read(combine({ first: first(), last: last() }), [undefined, 1, undefined]), { first: undefined, last: undefined })
  assert.deepEqual(read(combine({ first: first(), last: last() }), [undefined, 1]), { first: undefined, last: 1 })
})

test('aggregates of one value: merging with nothing on either side keeps it', () => {
  const check = <A>(aggregate: Aggregate<number, A, number>): void => {
    const fed = (): A => aggregate.add(aggregate.create(), 7)
    assert.equal(aggregate.result(aggregate.merge(fed(), aggregate.create())), 7)
    assert.equal(aggregate.result(aggregate.merge(aggregate.create(), fed())), 7)
  }
  for (const aggregate of [first<number>(), last<number>()]) check(aggregate)
  for (const aggregate of [min(itself), max(itself)]) check(aggregate)
  check(maxBy(itself))
  check(mean(itself))
})

test('isOrdered: tells which results depend on the order of values, also through aggregates of aggregates', () => {
  const ordered = [first(), last(), collect(), reduce((left) => left), minBy(itself), maxBy(itself), topK(2, itself)]
  const unordered = [count(), sum(itself), mean(itself), min(itself), max(itself), quantile(0.5, itself), distinct(itself), approxDistinct(itself)]
  const wrap = [
    (aggregate: Loose): Loose => filtered((_value: number) => true, aggregate) as never,
    (aggregate: Loose): Loose => mapResult(aggregate, String) as never,
    (aggregate: Loose): Loose => combine({ n: count(), aggregate }) as never,
    (aggregate: Loose): Loose => fold(aggregate) as never,
  ]
  for (const aggregate of ordered as unknown as Loose[])
    for (const each of wrap) assert.deepEqual([aggregate.isOrdered, each(aggregate).isOrdered], [true, true])
  for (const aggregate of unordered as unknown as Loose[])
    for (const each of wrap) assert.deepEqual([aggregate.isOrdered ?? false, each(aggregate).isOrdered], [false, false])
})

type Loose = Aggregate<number, unknown, unknown>

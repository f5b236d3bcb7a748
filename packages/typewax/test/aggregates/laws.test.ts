/** Tests what every aggregate promises: the same as a plain computation, however the values were split, stored and merged on the way. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Aggregate, approxDistinct, approxQuantile } from '../../src/aggregates/index.ts'
import { checkPlainData } from '../../src/recovery/plain-data.ts'
import { type Case, cases, type Item } from './cases.ts'

const item: fc.Arbitrary<Item> = fc.record(
  {
    n: fc.integer({ min: -100, max: 100 }),
    // Adding 0 turns -0 into 0: which of the two is the least, nobody can tell.
    x: fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => x + 0),
    s: fc.string({ maxLength: 3 }),
  },
  { noNullPrototype: true },
)
const items = fc.array(item, { maxLength: 60 })
const parts = fc.array(fc.array(item, { maxLength: 20 }), { minLength: 1, maxLength: 6 })

const approximate: readonly Case[] = [
  { name: 'approxQuantile', make: () => approxQuantile(0.7, (each: Item) => each.x) as never, naive: () => assert.fail() },
  { name: 'approxDistinct', make: () => approxDistinct((each: Item) => each.x) as never, naive: () => assert.fail() },
]

for (const { name, make, naive, isRounded } of cases) {
  test(`${name}: gives what a plain computation over the list gives`, () => {
    fc.assert(fc.property(items, (list) => assertSame(read(make(), list), naive(list), isRounded)))
  })
}

for (const { name, make, isRounded } of [...cases, ...approximate].filter((each) => each.make().isOrdered !== true)) {
  test(`${name}: the order of values makes no difference`, () => {
    const shuffled = items.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })))
    fc.assert(fc.property(shuffled, ([list, other]) => assertSame(read(make(), other), read(make(), list), isRounded)))
  })
}

for (const { name, make, isRounded } of [...cases, ...approximate]) {
  test(`${name}: values that were split and merged give what the whole gives, in whatever order parts are put together`, () => {
    fc.assert(
      fc.property(parts, (lists) => {
        const aggregate = make()
        const whole = read(aggregate, lists.flat())
        const fed = (): unknown[] => lists.map((list) => feed(aggregate, list))
        const merge = (into: unknown, from: unknown): unknown => mergeInto(aggregate, into, from)
        assertSame(aggregate.result(fed().reduce(merge)), whole, isRounded)
        assertSame(aggregate.result(fed().reduceRight((right, left) => merge(left, right))), whole, isRounded)
      }),
    )
  })

  test(`${name}: an accumulator is plain data, and goes on after it was stored`, () => {
    fc.assert(
      fc.property(items, items, (before, after) => {
        const aggregate = make()
        const accumulator = feed(aggregate, before)
        assert.equal(checkPlainData(accumulator), undefined)
        const restored = structuredClone(accumulator)
        assert.deepEqual(aggregate.result(feed(aggregate, after, restored)), aggregate.result(feed(aggregate, after, accumulator)))
      }),
    )
  })

  test(`${name}: reading a result changes nothing, and feeding on does not change what was read`, () => {
    fc.assert(
      fc.property(items, items, (before, after) => {
        const aggregate = make()
        const accumulator = feed(aggregate, before)
        const copy = structuredClone(accumulator)
        const result = aggregate.result(accumulator)
        assert.deepEqual(accumulator, copy)
        const read = structuredClone(result)
        mergeInto(aggregate, feed(aggregate, after, accumulator), feed(aggregate, after))
        assert.deepEqual(result, read)
      }),
    )
  })

  test(`${name}: every accumulator is a new one`, () => {
    const aggregate = make()
    feed(aggregate, [{ n: 1, x: 1, s: 'a' }])
    assert.deepEqual(aggregate.result(aggregate.create()), aggregate.result(make().create()))
  })
}

function feed(aggregate: Aggregate<Item, unknown, unknown>, list: readonly Item[], accumulator: unknown = aggregate.create()): unknown {
  return list.reduce((fed, each) => aggregate.add(fed, each), accumulator)
}

function read(aggregate: Aggregate<Item, unknown, unknown>, list: readonly Item[]): unknown {
  return aggregate.result(feed(aggregate, list))
}

/** Merges, and looks that `from` stays as it was, also when what it was merged into is fed on. */
function mergeInto(aggregate: Aggregate<Item, unknown, unknown>, into: unknown, from: unknown): unknown {
  const copy = structuredClone(from)
  const merged = aggregate.merge(into, from)
  const fedOn = aggregate.add(structuredClone(merged), { n: 7, x: 7, s: 'seven' })
  assert.notEqual(fedOn, undefined)
  assert.ok(typeof merged !== 'object' || merged !== from)
  assert.deepEqual(from, copy)
  return merged
}

function assertSame(got: unknown, expected: unknown, isRounded = false): void {
  if (!isRounded) assert.deepEqual(got, expected)
  else assert.ok(isClose(got as number, expected as number), `${got} is not ${expected}`)
}

/** Within what adding up 120 numbers of up to 1e6, or their squares, loses at most. */
function isClose(got: number, expected: number): boolean {
  return Object.is(got, expected) || Math.abs(got - expected) <= 1e-6 + 1e-9 * Math.abs(expected)
}

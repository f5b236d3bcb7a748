/** Tests how near the estimates come, that exact aggregates stay exact where rounding tempts, and that a hash stays what it is in stored states. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hash53 } from '../../src/aggregates/hash.ts'
import {
  type Aggregate,
  approxDistinct,
  approxQuantile,
  type DistinctSketch,
  type Distinguishable,
  quantile,
  quantiles,
  variance,
} from '../../src/aggregates/index.ts'
import { quantileOf } from './cases.ts'

const itself = <V>(value: V): V => value

function read<V, A, R>(aggregate: Aggregate<V, A, R>, values: readonly V[]): R {
  return aggregate.result(values.reduce((accumulator, value) => aggregate.add(accumulator, value), aggregate.create()))
}

const share = fc.double({ min: 0, max: 1, noNaN: true })

test('quantile: takes the nearest rank where a product of the share and the number would miss it', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
  const qs = hundred.map((percent) => percent / 100)
  assert.deepEqual(read(quantiles(qs, itself<number>), hundred), hundred)
})

test('quantile: gives the number that a look at each finds, of any numbers', () => {
  const numbers = fc.array(fc.double({ noNaN: true }), { maxLength: 50 })
  fc.assert(
    fc.property(numbers, share, (list, q) => {
      assert.equal(read(quantile(q, itself<number>), list) + 0, quantileOf(q, list) + 0)
    }),
  )
})

test('variance: keeps its digits when the mean is large', () => {
  assert.equal(read(variance(itself<number>), [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]), 30)
})

test('approxQuantile: is within 1 % of the exact quantile, of numbers of any size and sign', () => {
  const numbers = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(numbers, share, (list, q) => {
      const exact = quantileOf(q, list)
      const got = read(approxQuantile(q, itself<number>), list)
      // Numbers that have lost digits count as 0.
      if (Math.abs(exact) < 2 ** -1022) assert.equal(got, 0)
      else assert.ok(got === exact || Math.abs(got - exact) <= 0.01 * (1 + 1e-9) * Math.abs(exact), `${got} is not near ${exact}`)
    }),
    { numRuns: 1_000 },
  )
})

test('approxQuantile: finds the ends of the range of numbers', () => {
  for (const x of [Number.MAX_VALUE, 2 ** -1022]) {
    for (const number of [x, -x]) {
      const got = read(approxQuantile(0.5, itself<number>), [number])
      assert.ok(Math.abs(got / number - 1) <= 0.010001, `${got} is not near ${number}`)
    }
  }
  assert.equal(read(approxQuantile(1, itself<number>), [0, Number.POSITIVE_INFINITY]), Number.POSITIVE_INFINITY)
  assert.equal(read(approxQuantile(0, itself<number>), [0, Number.NEGATIVE_INFINITY]), Number.NEGATIVE_INFINITY)
})

test('approxQuantile: keeps as many counts as there are buckets, however many values come', () => {
  const aggregate = approxQuantile(0.5, itself<number>)
  const buckets = aggregate.create()
  for (let value = 1; value <= 100_000; value++) aggregate.add(buckets, 1 + (9 * value) / 100_000)
  assert.ok(buckets.size <= 116, `${buckets.size}`)
})

test('approxDistinct: is exact for few things, and does not count one twice', () => {
  const things = fc.array(fc.oneof(fc.string(), fc.double(), fc.bigInt(), fc.boolean(), fc.constantFrom(null, undefined)), { maxLength: 64 })
  fc.assert(
    fc.property(things, (list) => {
      assert.equal(read(approxDistinct(itself<Distinguishable>), [...list, ...list]), new Set(list).size)
    }),
  )
})

const kinds: Readonly<Record<string, (index: number) => Distinguishable>> = {
  integers: (index) => index,
  fractions: (index) => index / 7,
  bigints: (index) => BigInt(index) << 40n,
  'short texts': (index) => index.toString(36),
  'padded ids': (index) => `user-${String(index).padStart(8, '0')}`,
  addresses: (index) => `https://example.com/${index % 97}/${index}?page=${index * 31}`,
}

test('approxDistinct: the standard error of many estimates is at most 1.7 %, none is off by 5 %, and they lean to neither side', () => {
  const errors: number[] = []
  for (const make of Object.values(kinds)) {
    const aggregate = approxDistinct((index: number) => make(index))
    let sketch = aggregate.create()
    let counted = 0
    for (const size of [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000]) {
      while (counted < size) sketch = aggregate.add(sketch, counted++)
      errors.push(aggregate.result(sketch) / size - 1)
    }
  }
  const meanOf = (numbers: readonly number[]): number => numbers.reduce((left, right) => left + right, 0) / numbers.length
  assert.ok(Math.max(...errors.map(Math.abs)) < 0.05)
  assert.ok(Math.sqrt(meanOf(errors.map((error) => error ** 2))) < 0.017)
  assert.ok(Math.abs(meanOf(errors)) < 0.005)
})

test('approxDistinct: millions are estimated as well', () => {
  const aggregate = approxDistinct(itself<number>)
  let sketch = aggregate.create()
  for (let index = 0; index < 3_000_000; index++) sketch = aggregate.add(sketch, index)
  assert.ok(Math.abs(aggregate.result(sketch) / 3_000_000 - 1) < 0.05)
})

test('approxDistinct: goes over to registers above 64 things, and merged sketches are those of the whole, whatever their kinds', () => {
  const aggregate = approxDistinct(itself<number>)
  const sketch = (from: number, to: number): DistinctSketch => {
    let sketch = aggregate.create()
    for (let index = from; index < to; index++) sketch = aggregate.add(sketch, index)
    return sketch
  }
  assert.deepEqual([sketch(0, 64) instanceof Set, sketch(0, 65) instanceof Uint8Array], [true, true])
  const size = fc.oneof(fc.integer({ max: 70, min: 0 }), fc.integer({ min: 65, max: 2_000 }))
  fc.assert(
    fc.property(size, size, size, (first, second, shared) => {
      const [middle, end] = [first + shared, first + shared + second]
      assert.deepEqual(aggregate.merge(sketch(0, middle), sketch(first, end)), sketch(0, end))
    }),
  )
})

test('approxDistinct: the estimate of any texts is near', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 65, max: 3_000 }), (prefix, size) => {
      const texts = Array.from({ length: size }, (_, index) => prefix + index)
      // Five standard errors, and one more for what rounding does to few.
      assert.ok(Math.abs(read(approxDistinct(itself<string>), texts) - size) <= 0.08 * size + 1)
    }),
  )
})

test('hash53: texts that differ little differ in half of the bits', () => {
  const bits = (hash: number): string => hash.toString(2).padStart(53, '0')
  const differing = new Float64Array(53)
  for (let index = 0; index < 20_000; index++) {
    const [left, right] = [bits(hash53(`k${index}`)), bits(hash53(`k${index + 1}`))]
    for (let bit = 0; bit < 53; bit++) differing[bit]! += Number(left[bit] !== right[bit])
  }
  for (const count of differing) assert.ok(Math.abs(count / 20_000 - 0.5) < 0.02, `${count}`)
})

test('hash53: gives what it always gave, since hashes are in stored states', () => {
  const hashes = ['', 'a', 'hello', 'é', '1', 1, 0, 10n, true, null, undefined].map(hash53)
  assert.deepEqual(
    hashes,
    [
      6863475914775608, 7378480596864733, 4732119405097909, 7281449936983992, 6393582789283893, 484095726588425, 2902379748103604, 1994039672709740,
      4584906261605255, 7981039133190082, 3869806466763817,
    ],
  )
  assert.equal(hash53(-0), hash53(0))
})

/** Tests that mistakes are found: of arguments at the construction, of what functions return at the value. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Aggregate } from '../../src/aggregates/index.ts'
import * as aggregates from '../../src/aggregates/index.ts'
import { withCode } from '../operators/flows.ts'

type Loose = (...args: readonly unknown[]) => Aggregate<unknown, unknown, unknown>

const loose = aggregates as unknown as Readonly<Record<string, Loose>>
const one = (): number => 1
const async = async (): Promise<number> => 1

/** Arguments of each aggregate with a function that is called for each value, which stands last. */
const ofFunctions: Readonly<Record<string, readonly unknown[]>> = {
  countIf: [],
  share: [],
  sum: [],
  mean: [],
  min: [],
  max: [],
  minBy: [],
  maxBy: [],
  variance: [],
  stddev: [],
  distinct: [],
  approxDistinct: [],
  topK: [3],
  quantile: [0.5],
  quantiles: [[0.5]],
  approxQuantile: [0.5],
}

for (const [name, args] of Object.entries(ofFunctions)) {
  test(`${name}: takes no other thing for its function`, () => {
    assert.throws(() => loose[name]?.(...args, 'amount'), withCode('INVALID_ARGUMENT', name, 'a function', '"amount"'))
  })

  test(`${name}: a function that returns an object or a promise fails with the name of the aggregate`, () => {
    const aggregate = (by: unknown): Aggregate<unknown, unknown, unknown> => (loose[name] as Loose)(...args, by)
    const feed = (by: unknown): unknown => aggregate(by).add(aggregate(by).create(), 'value')
    assert.throws(() => feed(() => ({})), withCode('WRONG_RETURN', `of ${name}\``, '{}'))
    assert.throws(() => feed(async), withCode('WRONG_RETURN', `of ${name}\``, 'a promise', 'mapAsync'))
  })
}

for (const name of ['sum', 'mean', 'min', 'max', 'minBy', 'maxBy', 'variance', 'stddev', 'topK', 'quantile', 'quantiles', 'approxQuantile']) {
  test(`${name}: NaN fails, at the first value and at later ones`, () => {
    const aggregate = (loose[name] as Loose)(...(ofFunctions[name] as unknown[]), (value: unknown) => value)
    assert.throws(() => aggregate.add(aggregate.create(), Number.NaN), withCode('WRONG_RETURN', name, 'NaN'))
    assert.throws(() => aggregate.add(aggregate.add(aggregate.create(), 1), Number.NaN), withCode('WRONG_RETURN', name, 'NaN'))
    assert.throws(() => aggregate.add(aggregate.create(), undefined), withCode('WRONG_RETURN', name, 'undefined'))
  })
}

test('aggregates of numbers: a text is no number, a bigint neither', () => {
  for (const wrong of ['1', 1n, null, new Date(0)]) {
    const aggregate = loose.sum?.(() => wrong) as Aggregate<unknown, unknown, unknown>
    assert.throws(() => aggregate.add(aggregate.create(), 0), withCode('WRONG_RETURN', 'by of sum'))
  }
})

const wrongArguments: readonly (readonly [what: string, call: () => unknown, ...words: string[]])[] = [
  ['topK', () => aggregates.topK(0, one), 'k', 'a positive integer', '0'],
  ['topK', () => aggregates.topK(1.5, one), 'k', 'a positive integer', '1.5'],
  ['quantile', () => aggregates.quantile(95, one), 'q', 'from 0 to 1', '95'],
  ['quantile', () => aggregates.quantile(Number.NaN, one), 'q', 'NaN'],
  ['quantiles', () => aggregates.quantiles([0.5, -1], one), 'qs', 'from 0 to 1', '-1'],
  ['quantiles', () => loose.quantiles?.(0.5, one), 'qs', 'a list', '0.5'],
  ['approxQuantile', () => aggregates.approxQuantile(1.01, one), 'q', '1.01'],
  ['variance', () => loose.variance?.(one, { of: 'all' }), 'of', "'sample' or 'population'", '"all"'],
  ['reduce', () => loose.reduce?.(3), 'reducer', 'a function', '3'],
  ['fold', () => loose.fold?.({ create: one, add: one, result: one }), 'merge', 'a function', 'undefined'],
  ['fold', () => loose.fold?.(), 'create', 'a function'],
  ['filtered', () => loose.filtered?.(one, one), 'aggregate', 'an aggregate', 'function one'],
  ['filtered', () => loose.filtered?.(aggregates.count()), 'predicate', 'a function'],
  ['mapResult', () => loose.mapResult?.(undefined, one), 'aggregate', 'undefined'],
  ['mapResult', () => loose.mapResult?.(aggregates.count(), 1), 'mapper', '1'],
  ['combine', () => loose.combine?.({ n: aggregates.count }), '`n`', 'an aggregate', 'function count'],
  ['combine', () => loose.combine?.({}), 'at least one'],
  ['combine', () => loose.combine?.([aggregates.count()]), 'by name'],
  ['combine', () => loose.combine?.(undefined), 'by name', 'undefined'],
  ['combine', () => loose.combine?.({ ['__proto__']: aggregates.count() }), '__proto__'],
]

for (const [what, call, ...words] of wrongArguments) {
  test(`${what}: a wrong argument fails at the call: ${words.join(', ')}`, () => {
    assert.throws(call, withCode('INVALID_ARGUMENT', ...words))
  })
}

test('functions of the user that are async are found', () => {
  const reduced = loose.reduce?.(async) as Aggregate<unknown, unknown, unknown>
  assert.throws(() => reduced.add(reduced.add(reduced.create(), 1), 2), withCode('WRONG_RETURN', 'reducer', 'a promise'))
  const mapped = loose.mapResult?.(aggregates.count(), async) as Aggregate<unknown, unknown, unknown>
  assert.throws(() => mapped.result(mapped.create()), withCode('WRONG_RETURN', 'mapper', 'a promise'))
  const folded = loose.fold?.({ create: one, add: async, merge: one, result: one }) as Aggregate<unknown, unknown, unknown>
  assert.throws(() => folded.add(1, 1), withCode('WRONG_RETURN', 'add', 'a promise'))
})

test('predicates: a truthy value is no boolean', () => {
  for (const aggregate of [aggregates.countIf(one as never), aggregates.share(one as never), aggregates.filtered(one as never, aggregates.count())]) {
    const { create, add } = aggregate as Aggregate<unknown, unknown, unknown>
    assert.throws(() => add(create(), 0), withCode('WRONG_RETURN', 'predicate of', 'a boolean', '1'))
  }
})

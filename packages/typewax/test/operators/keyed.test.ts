/** Tests the operators that make streams keyed, and those on values, against array methods. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { KeyedStream, Stream } from '../../src/index.ts'
import { through, throughKeyed, withCode } from './flows.ts'

type Pair = [key: string, value: number]

const somePairs = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'é', '😀', ''), fc.integer({ min: -9, max: 9 })), { maxLength: 40 })

async function checkModel<W>(build: (up: KeyedStream<number>) => Stream<W>, model: (pairs: Pair[]) => W[]): Promise<void> {
  const property = fc.asyncProperty(somePairs, fc.integer({ min: 1, max: 7 }), async (pairs, batchSize) => {
    assert.deepEqual(await throughKeyed(pairs, build, { batchSize }), model(pairs))
  })
  await fc.assert(property, { numRuns: 30 })
}

const isPositive = (n: number): boolean => n > 0

test('keyed: gives the pairs that it is given', () =>
  checkModel(
    (up) => up,
    (pairs) => pairs,
  ))

test('keyed: changes nothing on a stream that is keyed already', () =>
  checkModel(
    (up) => up.keyed('again').mapValue('v', (n) => n),
    (pairs) => pairs,
  ))

test('keyRm: leaves the values', () =>
  checkModel(
    (up) => up.keyRm('a'),
    (pairs) => pairs.map(([, n]) => n),
  ))

test('keyOn: puts each item under its key', async () => {
  const out = await through(['ab', 'b'], (up) => up.keyOn('a', (text) => text.charAt(0)))
  assert.deepEqual(out, [
    ['a', 'ab'],
    ['b', 'b'],
  ])
})

test('mapValue: replaces values and sees keys', () =>
  checkModel(
    (up) => up.mapValue('a', (n, key) => key + n),
    (pairs) => pairs.map(([key, n]) => [key, key + n] as [string, string]),
  ))

test('filterValue: keeps pairs by their value and key', () =>
  checkModel(
    (up) => up.filterValue('a', (n, key) => isPositive(n) || key === 'é'),
    (pairs) => pairs.filter(([key, n]) => isPositive(n) || key === 'é'),
  ))

test('filterMapValue: drops undefined and lets null pass', () => {
  const mapper = (n: number): number | null | undefined => (n < 0 ? undefined : n === 0 ? null : n)
  return checkModel(
    (up) => up.filterMapValue('a', mapper),
    (pairs) => pairs.map(([key, n]) => [key, mapper(n)] as [string, number | null]).filter(([, n]) => n !== undefined),
  )
})

test('flatMapValue: gives each result the key of its value', () =>
  checkModel(
    (up) => up.flatMapValue('a', (n, key) => new Set([`${key}${n}`, key])),
    (pairs) => pairs.flatMap(([key, n]) => [...new Set([`${key}${n}`, key])].map((text) => [key, text] as [string, string])),
  ))

test('filter, branch, merge, inspect, redistribute: leave a keyed stream keyed', () =>
  checkModel(
    (up) => {
      const { trues } = up.filter('f', ([, n]) => isPositive(n)).branch('b', ([key]) => key !== 'a')
      return trues
        .merge('m')
        .inspect('i', () => {})
        .inspectDebug('d', () => {})
        .redistribute('r')
        .mapValue('v', (n) => n)
    },
    (pairs) => pairs.filter(([key, n]) => isPositive(n) && key !== 'a'),
  ))

test('map, flatMap, filterMap, flatMapBatch on a keyed stream: see pairs', () =>
  checkModel(
    (up) =>
      up
        .flatMapBatch('b', (batch) => batch.map(([key, n]): Pair => [key, n + 1]))
        .keyed('k')
        .flatMap('f', ([key, n]): Pair[] => [[key, n * 2]])
        .keyed('l')
        .filterMap('g', ([key, n]) => (n > 0 ? [key, n] : undefined))
        .keyed('n')
        .map('m', ([key, n]) => `${key}${n}`),
    (pairs) => pairs.filter(([, n]) => n + 1 > 0).map(([key, n]) => `${key}${(n + 1) * 2}`),
  ))

const wrong = <R>(value: unknown): R => value as R

test('keyed: an item that is no pair ends the run with NOT_A_PAIR', async () => {
  for (const item of ['ab', ['a'], ['a', 1, 2], 7, undefined]) {
    await assert.rejects(
      throughKeyed<number, unknown>([wrong(item)], (up) => up),
      withCode('NOT_A_PAIR', 'flow.keyed'),
    )
  }
})

test('keyed, keyOn: a key that is no string ends the run with KEY_NOT_STRING', async () => {
  await assert.rejects(
    throughKeyed<number, unknown>([wrong([1, 2])], (up) => up),
    withCode('KEY_NOT_STRING', 'flow.keyed'),
  )
  await assert.rejects(
    through([1], (up) => up.keyOn('k', (n) => wrong(n))),
    withCode('KEY_NOT_STRING', 'flow.k'),
  )
  await assert.rejects(
    through([1], (up) => up.countFinal('c', (n) => wrong(n))),
    withCode('KEY_NOT_STRING', 'flow.c'),
  )
})

test('mapValue: a failure names the key', async () => {
  const failing = throughKeyed([['k', 1]], (up) =>
    up.mapValue('m', () => {
      throw new Error('boom')
    }),
  )
  await assert.rejects(failing, (error: { key?: string }) => error.key === 'k' && withCode('USER_FUNCTION_FAILED', 'for key "k"')(error as never))
})

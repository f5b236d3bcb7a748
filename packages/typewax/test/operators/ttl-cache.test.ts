/** Tests `TtlCache` on its own. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TtlCache } from '../../src/operators/index.ts'
import { withCode } from './flows.ts'

function counting(ttlMs: number): { cache: TtlCache<string, number>; clock: { nowMs: number } } {
  const clock = { nowMs: 0 }
  let calls = 0
  return { cache: new TtlCache(() => ++calls, { now: () => clock.nowMs, ttlMs }), clock }
}

test('TtlCache: fetches again only what is older than the limit', () => {
  const { cache, clock } = counting(10)
  assert.equal(cache.get('a'), 1)
  clock.nowMs = 10
  assert.equal(cache.get('a'), 1)
  clock.nowMs = 11
  assert.equal(cache.get('a'), 2)
  clock.nowMs = 21
  assert.equal(cache.get('a'), 2)
})

test('TtlCache: holds values for ever when the limit is infinite', () => {
  const { cache, clock } = counting(Number.POSITIVE_INFINITY)
  cache.get('a')
  clock.nowMs = Number.MAX_SAFE_INTEGER
  assert.equal(cache.get('a'), 1)
})

test('TtlCache: fetches again what was removed', () => {
  const { cache } = counting(10)
  cache.get('a')
  cache.remove('a')
  assert.equal(cache.get('a'), 2)
})

test('TtlCache: refuses to remove what it does not hold', () => {
  const { cache } = counting(10)
  assert.throws(() => cache.remove('a'), withCode('INVALID_ARGUMENT', '"a"'))
})

test('TtlCache: keeps nothing of a getter that throws', () => {
  let calls = 0
  const getter = (): number => {
    calls += 1
    if (calls === 1) throw new Error('down')
    return calls
  }
  const cache = new TtlCache(getter, { now: () => 0, ttlMs: 10 })
  assert.throws(() => cache.get('a'), /down/)
  assert.equal(cache.get('a'), 2)
})

test('TtlCache: caches undefined like any other value', () => {
  let calls = 0
  const cache = new TtlCache(() => void calls++, { now: () => 0, ttlMs: 10 })
  cache.get('a')
  cache.get('a')
  assert.equal(calls, 1)
})

/** Owns the tests of one async call: its pauses between tries, on a clock of the test. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backoffMs, callWithRetry } from '../../src/runtime/async-call.ts'
import { TestClock } from '../../src/testing/index.ts'

test('backoffMs: doubles up to its bound, and half of it is chance', () => {
  const retry = { maxAttempts: 9, backoffMs: 100, maxBackoffMs: 1_000 }
  const pauses = (random: number): number[] => [0, 1, 2, 3, 4, 20].map((attempt) => backoffMs(retry, attempt, random))
  assert.deepEqual(pauses(0), [50, 100, 200, 400, 500, 500])
  assert.deepEqual(pauses(1), [100, 200, 400, 800, 1_000, 1_000])
})

test('callWithRetry: pauses between tries, and counts them for the mapper', async () => {
  const host = new TestClock({ startAtMs: 0 })
  const tries: [attempt: number, atMs: number][] = []
  const settings = { ordered: true, maxInFlight: 1, timeoutMs: 1_000, retry: { maxAttempts: 3, backoffMs: 100 }, recover: undefined }
  const mapper = async (_item: unknown, { attempt }: { attempt: number }): Promise<string> => {
    tries.push([attempt, host.now()])
    if (attempt < 2) throw new Error('not yet')
    return 'done'
  }
  const lifetime = new AbortController()
  const result = callWithRetry(mapper, 'item', settings, { stepId: 'f.a', host, lifetime: lifetime.signal })
  for (let ms = 0; ms < 300; ms++) await host.advance(1)
  assert.equal(await result, 'done')
  assert.deepEqual(
    tries.map(([attempt]) => attempt),
    [0, 1, 2],
  )
  const [first, second, third] = tries.map(([, atMs]) => atMs) as [number, number, number]
  assert.ok(second - first >= 50 && second - first <= 100, `first pause of ${second - first} ms`)
  assert.ok(third - second >= 100 && third - second <= 200, `second pause of ${third - second} ms`)
  assert.equal(host.timerCount, 0)
})

test('callWithRetry: at the end of the execution a pause ends and there is no further try', async () => {
  const host = new TestClock({ startAtMs: 0 })
  let tries = 0
  const settings = { ordered: true, maxInFlight: 1, timeoutMs: undefined, retry: { maxAttempts: 5 }, recover: undefined }
  const lifetime = new AbortController()
  const mapper = async (): Promise<never> => {
    tries += 1
    throw new Error('never')
  }
  const result = callWithRetry(mapper, 'item', settings, { stepId: 'f.a', host, lifetime: lifetime.signal })
  await host.advance(1)
  lifetime.abort()
  await assert.rejects(result, /never/)
  assert.equal(tries, 1)
  assert.equal(host.timerCount, 0)
})

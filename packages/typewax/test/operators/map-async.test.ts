/** Tests `mapAsync` in flows. The order in which calls end is set by turns of the microtask queue, not by a clock. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { through, withCode } from './flows.ts'

/** Lets items finish in an order of their own: each waits for as many turns of the microtask queue as it says. */
async function afterTurns(count: number): Promise<number> {
  for (let turn = 0; turn < count; turn++) await null
  return count
}

const turns = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 })

test('mapAsync: keeps the order of its items, whichever finishes first', async () => {
  const property = fc.asyncProperty(turns, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 20 }), async (items, batchSize, maxInFlight) => {
    assert.deepEqual(await through(items, (up) => up.mapAsync('a', afterTurns, { maxInFlight }), { batchSize }), items)
  })
  await fc.assert(property, { numRuns: 30 })
})

test('mapAsync: unordered, it gives the same results in some order', async () => {
  const sorted = (items: number[]): number[] => items.toSorted((a, b) => a - b)
  const property = fc.asyncProperty(turns, fc.integer({ min: 1, max: 9 }), async (items, batchSize) => {
    const out = await through(items, (up) => up.mapAsync('a', afterTurns, { ordered: false, maxInFlight: 5 }), { batchSize })
    assert.deepEqual(sorted(out), sorted(items))
  })
  await fc.assert(property, { numRuns: 30 })
})

test('mapAsync: unordered, a quick call overtakes a slow one', async () => {
  let release = (): void => {}
  const slow = new Promise<void>((resolve) => {
    release = resolve
  })
  const seen: string[] = []
  const build = { ordered: false, maxInFlight: 2 }
  await through(['slow', 'quick'], (up) =>
    up
      .mapAsync('a', async (name) => (name === 'slow' ? slow.then(() => name) : name), build)
      .map('b', (name) => {
        seen.push(name)
        release()
        return name
      }),
  )
  assert.deepEqual(seen, ['quick', 'slow'])
})

test('mapAsync: never has more calls under way than maxInFlight', async () => {
  let underWay = 0
  let most = 0
  const mapper = async (n: number): Promise<number> => {
    underWay += 1
    most = Math.max(most, underWay)
    await afterTurns(3)
    underWay -= 1
    return n
  }
  await through([...Array(50).keys()], (up) => up.mapAsync('a', mapper, { maxInFlight: 4 }), { batchSize: 50 })
  assert.equal(most, 4)
})

test('mapAsync: tries again as often as it may', async () => {
  const attempts: number[] = []
  const mapper = async (n: number, { attempt }: { attempt: number }): Promise<number> => {
    attempts.push(attempt)
    if (attempt < 2) throw new Error('not yet')
    return n
  }
  assert.deepEqual(await through([7], (up) => up.mapAsync('a', mapper, { retry: { maxAttempts: 3, backoffMs: 0 } })), [7])
  assert.deepEqual(attempts, [0, 1, 2])
})

test('mapAsync: does not try again what is not worth it', async () => {
  let calls = 0
  const mapper = async (): Promise<number> => {
    calls += 1
    throw new RangeError('hopeless')
  }
  const retry = { maxAttempts: 5, backoffMs: 0, isRetryable: (error: unknown) => !(error instanceof RangeError) }
  await assert.rejects(
    through([1], (up) => up.mapAsync('a', mapper, { retry })),
    withCode('USER_FUNCTION_FAILED', 'mapAsync "flow.a"', 'hopeless'),
  )
  assert.equal(calls, 1)
})

test('mapAsync: a call that takes too long fails with TIMEOUT, and its signal has fired', async () => {
  let signal: AbortSignal | undefined
  const mapper = async (_: number, context: { signal: AbortSignal }): Promise<number> => {
    signal = context.signal
    return await new Promise<number>(() => {})
  }
  await assert.rejects(
    through([1], (up) => up.mapAsync('a', mapper, { timeoutMs: 1 })),
    withCode('TIMEOUT', 'flow.a'),
  )
  assert.equal(signal?.aborted, true)
})

test('tryMapAsync: a call that takes too long is a failure', async () => {
  const never = (): Promise<number> => new Promise(() => {})
  const errs = await through([1], (up) => up.tryMapAsync('a', never, { timeoutMs: 1 }).errs)
  assert.deepEqual(
    errs.map(({ item, error, stepId }) => [item, (error as { code?: string }).code, stepId]),
    [[1, 'TIMEOUT', 'flow.a']],
  )
})

/** Tests the `try…` operators: what fails leaves by another door, and the run goes on. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { KeyedStream, Stream, Tried } from '../../src/index.ts'
import { copied, logicsOf, through, throughKeyed, withCode } from './flows.ts'

/** Results and failures of a `try…` operator in one list: `ok 1`, `item: message`. */
function merged<X, Y>(tried: Tried<Stream<Y>, X>): Stream<string> {
  const errs = tried.errs.map('failed', ({ item, error, stepId }) => `${item}: ${error.message} in ${stepId}`)
  return tried.oks.map('fine', (result) => `ok ${result}`).merge('all', errs)
}

function checked(n: number): number {
  if (n < 0) throw new RangeError('negative')
  return n * 2
}

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

test('tryMap: sends results and failures to streams of their own', async () => {
  const property = fc.asyncProperty(fc.array(fc.integer({ min: -9, max: 9 })), fc.integer({ min: 1, max: 7 }), async (items, batchSize) => {
    const out = await through(items, (up) => merged(up.tryMap('t', checked)), { batchSize })
    const expected = items.map((n) => (n < 0 ? `${n}: negative in flow.t` : `ok ${n * 2}`))
    assert.deepEqual(out.toSorted(byText), expected.toSorted(byText))
  })
  await fc.assert(property, { numRuns: 30 })
})

test('tryMap: undefined is a result', async () => {
  assert.deepEqual(await through([1], (up) => up.tryMap('t', () => undefined).oks), [undefined])
})

test('tryMap: what is thrown and no Error becomes the cause of one', async () => {
  const errs = await through(
    [1],
    (up) =>
      up.tryMap('t', () => {
        throw { code: 7 }
      }).errs,
  )
  assert.equal(errs[0]?.error.message, 'not an Error: {"code":7}')
  assert.deepEqual(errs[0]?.error.cause, { code: 7 })
})

test('tryFlatMap: an item gives all of its results or a failure', async () => {
  const out = await through([2, -1, 3], (up) =>
    merged(
      up.tryFlatMap('t', function* (n) {
        yield n
        yield checked(n)
      }),
    ),
  )
  assert.deepEqual(out, ['ok 2', 'ok 4', '-1: negative in flow.t', 'ok 3', 'ok 6'])
})

test('tryMapAsync: an item whose last try fails becomes a failure', async () => {
  const tries: string[] = []
  const out = await through([1, -1, 2], (up) =>
    merged(
      up.tryMapAsync(
        't',
        async (n, { attempt }) => {
          tries.push(`${n}/${attempt}`)
          return checked(n)
        },
        { maxInFlight: 1, retry: { maxAttempts: 2, backoffMs: 0 } },
      ),
    ),
  )
  assert.deepEqual(out, ['ok 2', '-1: negative in flow.t', 'ok 4'])
  assert.deepEqual(tries, ['1/0', '-1/0', '-1/1', '2/0'])
})

test('raises: fails with the first failure of a tryMap', async () => {
  const failing = through([1, -1], (up) => {
    const { oks, errs } = up.tryMap('t', checked)
    errs.raises('none')
    return oks
  })
  await assert.rejects(failing, withCode('UNEXPECTED_ITEM', 'flow.none'))
})

// ---------------------------------------------------------------- tryStatefulMap

/** Appends to a list, then fails on negative numbers: the damage is done before the throw. */
function appending(up: KeyedStream<number>): Tried<KeyedStream<string>, [key: string, value: number]> {
  return up.tryStatefulMap(
    't',
    () => ({ seen: [] as number[] }),
    (state, n) => {
      state.seen.push(n)
      return [n === 0 ? undefined : state, `${state.seen.slice(0, -1)}+${checked(n) / 2}`]
    },
  )
}

test('tryStatefulMap: the state stays as it was before a throw, even if it was changed in place', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: -2, max: 3 })), { maxLength: 30 }),
    fc.integer({ min: 1, max: 7 }),
    async (items, batchSize) => {
      const seen = new Map<string, number[]>()
      const expected: [string, string][] = []
      for (const [key, n] of items.filter((item) => item[1] >= 0)) {
        const before = seen.get(key) ?? []
        expected.push([key, `${before}+${n}`])
        seen.set(key, n === 0 ? [] : [...before, n])
      }
      assert.deepEqual(await throughKeyed<number, [string, string]>(items, (up) => appending(up).oks, { batchSize }), expected)
      const errs = await throughKeyed<number, unknown>(items, (up) => appending(up).errs.map('item', ({ item }) => item), { batchSize })
      assert.deepEqual(
        errs,
        items.filter(([, n]) => n < 0),
      )
    },
  )
  await fc.assert(property, { numRuns: 30 })
})

test('tryStatefulMap: a key whose first value fails has no state', () => {
  const logic = logicsOf<number>((up) => appending(up))()
  const [[outcome], isDiscarded] = copied(logic.onItem?.(-1))
  assert.equal((outcome as { failure: { error: Error } }).failure.error.message, 'negative')
  assert.equal(isDiscarded, true)
})

test('tryStatefulMap: anything but a pair is no failure of the item but ends the run', async () => {
  const failing = throughKeyed(
    [['k', 1]],
    (up) =>
      up.tryStatefulMap(
        't',
        () => 0,
        () => 7 as unknown as [number, number],
      ).oks,
  )
  await assert.rejects(failing, withCode('WRONG_RETURN', '[state, result]'))
})

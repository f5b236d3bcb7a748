/** Tests `asOfJoin`: against a model that looks up each value among all versions, and what it keeps of them. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AsOfLogic, type AsOfSettings } from '../../src/joins/as-of-logic.ts'
import type { JoinEvent, StoredSide } from '../../src/joins/buffered-sides.ts'
import { type Arrival, arrivalsOf, isLate, itemsOf, lateOf, runJoin, setups, sorted, type Value, withCuts } from './model.ts'

interface What {
  readonly kind: 'inner' | 'left'
  readonly toleranceMs: number
  /** Every so many versions is a delete. */
  readonly deletes: number
}

const whats: fc.Arbitrary<What> = fc.record({
  kind: fc.constantFrom('inner', 'left'),
  toleranceMs: fc.constantFrom(0, 7, 25, Number.POSITIVE_INFINITY),
  deletes: fc.constantFrom(2, 5, 1_000),
})

function deletesOf({ deletes }: What): (version: Value) => boolean {
  return ([, number]) => number % deletes === 1
}

/** A version, and where it stands among the arrivals. */
interface Version {
  readonly value: Value
  readonly index: number
}

/** The newest of some versions, of those of one time the last. A delete that the watermark has passed is forgotten: it hides nothing that comes. */
function newestOf(versions: readonly Version[], arrivals: readonly Arrival[], isDelete: (version: Value) => boolean): Value | undefined {
  const [newest] = versions.toSorted((one, other) => other.value[0] - one.value[0] || other.index - one.index)
  if (newest === undefined || !isDelete(newest.value)) return newest?.value
  const passed = arrivals.findIndex(({ watermarkMs }) => watermarkMs >= newest.value[0])
  const later = versions.filter(({ index }) => passed >= 0 && index >= passed && index > newest.index)
  return newestOf(later, arrivals, isDelete)
}

/** The rows of one key, in order. */
function rowsOf(arrivals: readonly Arrival[], key: string, what: What): unknown[] {
  const ofKey = arrivals.map(({ value }, index) => ({ value, index })).filter(({ index }) => arrivals[index]?.key === key)
  const lefts = ofKey.filter(({ value, index }) => value[2] === 'left' && !isLate(arrivals[index] as Arrival)).map(({ value }) => value)
  return lefts
    .toSorted(([one], [other]) => one - other)
    .flatMap((left) => {
      const answered = arrivals.findIndex(({ watermarkMs }) => watermarkMs > left[0])
      const versions = ofKey.filter(({ value, index }) => value[2] === 'right' && value[0] <= left[0] && (answered < 0 || index < answered))
      const newest = newestOf(versions, arrivals, deletesOf(what))
      const found = newest !== undefined && left[0] - newest[0] <= what.toleranceMs ? newest : undefined
      return found === undefined && what.kind === 'inner' ? [] : [[left, found]]
    })
}

test('asOfJoin: gives what a look at all versions gives, whatever the order, the batches, the clock and the crashes', async () => {
  await fc.assert(
    fc.asyncProperty(itemsOf(), setups, whats, async (items, setup, what) => {
      const inputs = withCuts(items, setup)
      const arrivals = arrivalsOf(inputs, setup)
      const options = { ...what, isDelete: deletesOf(what) }
      const { rows, late } = await runJoin(inputs, setup, (left, right, clock) => left.asOfJoin('join', right, clock, options))
      for (const each of ['a', 'b']) {
        const rowsOfKey = rows.filter(([key]) => key === each).map(([, row]) => row)
        // Under the clock of the stream, values of other keys move the watermark, too.
        const timed = setup.clock === 'stream' ? arrivals : arrivals.filter(({ key }) => key === each)
        assert.deepEqual(rowsOfKey, rowsOf(timed, each, what))
      }
      assert.deepEqual(sorted(late), sorted(lateOf(arrivals)))
    }),
    { numRuns: 1_000 },
  )
})

test('asOfJoin: without late versions, the newest one at the time of each value', async () => {
  const setup = fc.record({
    clock: fc.constant('stream' as const),
    boundMs: fc.constant(40),
    batchSize: fc.constantFrom(1, 10),
    cuts: fc.constant([]),
  })
  await fc.assert(
    fc.asyncProperty(itemsOf(), setup, async (items, settings) => {
      const { rows, late } = await runJoin(items, settings, (left, right, clock) => left.asOfJoin('join', right, clock))
      assert.deepEqual(late, [])
      const expected = items.flatMap(([key, left]) => {
        if (left[2] !== 'left') return []
        const versions = items.filter(([other, [timestampMs, , side]]) => other === key && side === 'right' && timestampMs <= left[0])
        const newest = versions.toSorted(([, one], [, other]) => one[0] - other[0] || one[1] - other[1]).at(-1)
        return [[key, [left, newest?.[1]]]]
      })
      assert.deepEqual(sorted(rows), sorted(expected))
    }),
    { numRuns: 500 },
  )
})

const EVERYTHING: AsOfSettings = { kind: 'left', toleranceMs: Number.POSITIVE_INFINITY, isDelete: () => false }

/** The values that are stored of a side. */
function stored(logic: AsOfLogic, into: Map<string, StoredSide>): unknown[] {
  const { changed, removed } = logic.subKeyChanges()
  for (const subKey of removed) into.delete(subKey)
  for (const subKey of changed) into.set(subKey, logic.snapshotSubKey(subKey))
  return [...into.values()].flatMap((block) => block.map(([, , value]) => value))
}

test('asOfJoin: a value waits until the watermark is beyond its time', () => {
  const logic = new AsOfLogic(EVERYTHING, new Map())
  const out: JoinEvent[] = []
  logic.onItem([1, 'v1'], 10, 0, out)
  logic.onItem([0, 'l'], 20, 5, out)
  logic.onItem([1, 'v2'], 20, 20, out)
  assert.deepEqual(out, [], 'at the watermark another version may come')
  assert.equal(logic.dueMs, 21)
  logic.onTime(21, out)
  assert.deepEqual(out, [['down', ['l', 'v2']]])
  assert.equal(logic.dueMs, Number.POSITIVE_INFINITY)
})

test('asOfJoin: keeps the newest version at the watermark and those after it', () => {
  const logic = new AsOfLogic(EVERYTHING, new Map())
  const [out, parts]: [JoinEvent[], Map<string, StoredSide>] = [[], new Map()]
  for (const at of [10, 40, 20, 30]) logic.onItem([1, `v${at}`], at, 0, out)
  assert.equal(logic.dueMs, 20, 'then the version of 10 has been replaced')
  assert.deepEqual(stored(logic, parts), ['v10', 'v20', 'v30', 'v40'])
  logic.onTime(29, out)
  assert.deepEqual(stored(logic, parts), ['v20', 'v30', 'v40'])
  logic.onTime(1_000, out)
  assert.deepEqual(stored(logic, parts), ['v40'])
  assert.equal(logic.dueMs, Number.POSITIVE_INFINITY)
})

test('asOfJoin: nothing is left of versions that are too old or deleted', () => {
  const out: JoinEvent[] = []
  const old = new AsOfLogic({ ...EVERYTHING, toleranceMs: 5 }, new Map())
  old.onItem([1, 'v'], 10, 0, out)
  assert.equal(old.dueMs, 16)
  old.onTime(15, out)
  assert.ok(!old.isDone, 'a value at 15 still sees it')
  old.onTime(16, out)
  assert.ok(old.isDone)
  const deleted = new AsOfLogic({ ...EVERYTHING, isDelete: (value) => value === 'end' }, new Map())
  deleted.onItem([1, 'v'], 10, 0, out)
  deleted.onItem([1, 'end'], 12, 0, out)
  deleted.onItem([0, 'l'], 11, 0, out)
  deleted.onTime(12, out)
  assert.deepEqual(out, [['down', ['l', 'v']]])
  assert.ok(deleted.isDone)
})

test('asOfJoin: a late version comes out, and counts for what is answered later unless it has been replaced', () => {
  const logic = new AsOfLogic(EVERYTHING, new Map())
  const out: JoinEvent[] = []
  logic.onItem([1, 'v10'], 10, 0, out)
  logic.onItem([1, 'v30'], 30, 50, out)
  logic.onItem([1, 'v20'], 20, 50, out)
  logic.onItem([0, 'l49'], 49, 50, out)
  logic.onItem([0, 'l50'], 50, 50, out)
  logic.onTime(60, out)
  assert.deepEqual(out, [
    ['late', 'v30'],
    ['late', 'v20'],
    ['late', 'l49'],
    ['down', ['l50', 'v30']],
  ])
})

test('asOfJoin: the end of input answers all that waits and leaves the table to who goes on', () => {
  const logic = new AsOfLogic({ ...EVERYTHING, toleranceMs: 100 }, new Map())
  const [out, parts]: [JoinEvent[], Map<string, StoredSide>] = [[], new Map()]
  for (const at of [10, 20]) logic.onItem([1, `v${at}`], at, 5, out)
  logic.onItem([0, 'l19'], 19, 5, out)
  logic.onTime(Number.POSITIVE_INFINITY, out)
  assert.deepEqual(out.splice(0), [['down', ['l19', 'v10']]])
  assert.deepEqual(stored(logic, parts), ['v10', 'v20'])
  const resumed = new AsOfLogic(EVERYTHING, structuredClone(parts))
  resumed.onItem([0, 'l15'], 15, 5, out)
  resumed.onTime(16, out)
  assert.deepEqual(out, [['down', ['l15', 'v10']]])
})

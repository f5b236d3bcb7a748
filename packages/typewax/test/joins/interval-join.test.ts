/** Tests `intervalJoin`: against a model that knows all values at once, and what it keeps of them. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JoinEvent, StoredSide } from '../../src/joins/buffered-sides.ts'
import type { JoinKind } from '../../src/joins/index.ts'
import { IntervalLogic, type IntervalSettings, sidesOf } from '../../src/joins/interval-logic.ts'
import { type Arrival, arrivalsOf, type Item, isLate, itemsOf, lateOf, runJoin, type Setup, setups, sorted, type Value, withCuts } from './model.ts'

const settings: fc.Arbitrary<IntervalSettings> = fc
  .record({
    bounds: fc.tuple(fc.integer({ min: -30, max: 30 }), fc.integer({ min: -30, max: 30 })),
    kind: fc.constantFrom<JoinKind>('inner', 'left', 'right', 'outer'),
  })
  .map(({ bounds: [one, other], kind }) => ({ lowerMs: Math.min(one, other), upperMs: Math.max(one, other), kind }))

function arePartners({ lowerMs, upperMs }: IntervalSettings, left: Value, right: Value): boolean {
  return lowerMs <= right[0] - left[0] && right[0] - left[0] <= upperMs
}

/** All rows, of all that was on time. */
function rowsOf(arrivals: readonly Arrival[], settings: IntervalSettings): unknown[] {
  const rows: unknown[] = []
  for (const key of ['a', 'b']) {
    const values = arrivals.filter((arrival) => arrival.key === key && !isLate(arrival)).map(({ value }) => value)
    const [lefts, rights] = ['left', 'right'].map((name) => values.filter(([, , side]) => side === name)) as [Value[], Value[]]
    for (const left of lefts) for (const right of rights) if (arePartners(settings, left, right)) rows.push([key, [left, right]])
    const [isLeft, isRight] = [['left', 'outer'].includes(settings.kind), ['right', 'outer'].includes(settings.kind)]
    if (isLeft) for (const left of lefts) if (!rights.some((right) => arePartners(settings, left, right))) rows.push([key, [left, undefined]])
    if (isRight) for (const right of rights) if (!lefts.some((left) => arePartners(settings, left, right))) rows.push([key, [undefined, right]])
  }
  return rows
}

test('intervalJoin: gives what a join of all values at once gives, whatever the order, the batches, the clock and the crashes', async () => {
  await fc.assert(
    fc.asyncProperty(itemsOf(), setups, settings, async (items, setup, what) => {
      const inputs = withCuts(items, setup)
      const arrivals = arrivalsOf(inputs, setup)
      const { rows, late } = await runJoin(inputs, setup, (left, right, clock) => left.intervalJoin('join', right, clock, what))
      assert.deepEqual(sorted(rows), sorted(rowsOf(arrivals, what)))
      assert.deepEqual(sorted(late), sorted(lateOf(arrivals)))
      // Of a batch the left values come first: under a clock per key that is disorder, too.
      if (setup.boundMs === 40 && (setup.clock === 'stream' || setup.batchSize === 1)) assert.deepEqual(late, [])
    }),
    { numRuns: 1_000 },
  )
})

test('intervalJoin: sides agree on fractions of a millisecond', async () => {
  const setup: Setup = { clock: 'event', boundMs: 5, batchSize: 1, cuts: [] }
  await fc.assert(
    fc.asyncProperty(itemsOf(0.1), settings, async (items, { lowerMs, upperMs, kind }) => {
      const what = { lowerMs: lowerMs / 10, upperMs: upperMs / 10, kind }
      const { rows } = await runJoin(items, setup, (left, right, clock) => left.intervalJoin('join', right, clock, what))
      assert.deepEqual(sorted(rows), sorted(rowsOf(arrivalsOf(items, setup), what)))
    }),
    { numRuns: 300 },
  )
})

/** Drives a logic by hand, and keeps what it stores. */
class Driver {
  readonly out: JoinEvent[] = []
  readonly stored = new Map<string, StoredSide>()
  #logic: IntervalLogic
  readonly #settings: IntervalSettings

  constructor(settings: IntervalSettings) {
    this.#settings = settings
    this.#logic = new IntervalLogic(sidesOf(settings), new Map())
  }

  get logic(): IntervalLogic {
    return this.#logic
  }

  push({ value, watermarkMs }: Arrival): void {
    this.#logic.onItem([value[2] === 'left' ? 0 : 1, value], value[0], watermarkMs, this.out)
    if (this.#logic.dueMs <= watermarkMs) this.#logic.onTime(watermarkMs, this.out)
    const { changed, removed } = this.#logic.subKeyChanges()
    for (const subKey of removed) this.stored.delete(subKey)
    for (const subKey of changed) this.stored.set(subKey, this.#logic.snapshotSubKey(subKey))
  }

  /** Goes on from what is stored. */
  restart(): void {
    this.#logic = new IntervalLogic(sidesOf(this.#settings), structuredClone(this.stored))
  }

  get keptNumbers(): number[] {
    return [...this.stored.values()].flatMap((block) => block.map(([, , value]) => (value as Value)[1])).toSorted((one, other) => one - other)
  }
}

test('intervalJoin: keeps the values for which a partner may come, in the store too, and no others', () => {
  fc.assert(
    fc.property(itemsOf(), setups, settings, fc.nat(60), (items, setup, what, restartAt) => {
      const driver = new Driver(what)
      const arrivals = arrivalsOf(items, { ...setup, clock: 'event' }).filter(({ key }) => key === 'a')
      for (const [index, arrival] of arrivals.entries()) {
        if (index === restartAt) driver.restart()
        driver.push(arrival)
        const { watermarkMs } = arrival
        const maySee = ([timestampMs, , side]: Value): boolean => timestampMs + (side === 'left' ? what.upperMs : -what.lowerMs) >= watermarkMs
        const onTime = arrivals.slice(0, index + 1).filter((each) => !isLate(each))
        const expected = onTime.map(({ value }) => value).filter(maySee)
        assert.deepEqual(
          driver.keptNumbers,
          expected.map(([, number]) => number).toSorted((one, other) => one - other),
        )
      }
      driver.logic.onTime(1_000, driver.out)
      assert.ok(driver.logic.isDone)
      const rows = driver.out.filter(([kind]) => kind === 'down').map(([, row]) => ['a', row])
      assert.deepEqual(sorted(rows), sorted(rowsOf(arrivals, what)))
    }),
    { numRuns: 1_000 },
  )
})

test('intervalJoin: a pair comes at once, a value without a partner once none can come any more', () => {
  const logic = new IntervalLogic(sidesOf({ lowerMs: -5, upperMs: 10, kind: 'outer' }), new Map())
  const out: JoinEvent[] = []
  logic.onItem([0, 'l100'], 100, 90, out)
  logic.onItem([1, 'r95'], 95, 90, out)
  logic.onItem([1, 'r94'], 94, 90, out)
  logic.onItem([0, 'l101'], 101, 90, out)
  assert.deepEqual(out.splice(0), [['down', ['l100', 'r95']]])
  assert.equal(logic.dueMs, 100, 'a left value at 99 is still a partner for 94')
  logic.onTime(100, out)
  assert.deepEqual(out.splice(0), [['down', [undefined, 'r94']]])
  logic.onTime(111, out)
  assert.deepEqual(out.splice(0), [])
  logic.onTime(112, out)
  assert.deepEqual(out.splice(0), [['down', ['l101', undefined]]])
  assert.ok(logic.isDone)
})

test('intervalJoin: a value whose partners are all in the past is not kept', () => {
  const logic = new IntervalLogic(sidesOf({ lowerMs: -20, upperMs: -10, kind: 'left' }), new Map())
  const out: JoinEvent[] = []
  logic.onItem([1, 'r85'], 85, 80, out)
  logic.onItem([0, 'l100'], 100, 95, out)
  logic.onItem([0, 'l104'], 104, 95, out)
  logic.onItem([0, 'l120'], 120, 115, out)
  assert.deepEqual(out, [
    ['down', ['l100', 'r85']],
    ['down', ['l104', 'r85']],
    ['down', ['l120', undefined]],
  ])
  assert.equal(logic.dueMs, 106, 'the right value only')
})

test('intervalJoin: buffers of many blocks come back', async () => {
  const items = Array.from({ length: 300 }, (_, index): Item => ['a', [(index * 37) % 300, index, index % 3 === 0 ? 'left' : 'right']])
  const what = { lowerMs: -3, upperMs: 2, kind: 'outer' } as const
  const setup: Setup = { clock: 'stream', boundMs: 300, batchSize: 7, cuts: [3, 50, 111, 200, 280] }
  const { rows } = await runJoin(withCuts(items, setup), setup, (left, right, clock) => left.intervalJoin('join', right, clock, what))
  assert.deepEqual(sorted(rows), sorted(rowsOf(arrivalsOf(items, setup), what)))
})

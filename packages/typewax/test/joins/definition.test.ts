/** Tests the joins as steps of a flow: what they are made of, how they end, what is left of a key, and which mistakes they find. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyLogic } from '../../src/dataflow/step.ts'
import { Dataflow, type KeyedStream, run } from '../../src/index.ts'
import * as joins from '../../src/joins/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
import { EventClock, StreamClock, SystemClock, TumblingWindower } from '../../src/windowing/index.ts'
import { copied, logicsOf, operationsOf, withCode } from '../operators/flows.ts'

const at = (value: number): number => value
const event = new EventClock(at, { waitMs: 0 })
const stream = new StreamClock(at)
const near = { lowerMs: -1, upperMs: 1 }

type AnyOperator = (stepId: unknown, up: unknown, ...args: readonly unknown[]) => unknown

/** Arguments of each operator behind the other side, that are right. */
const CATALOGUE: Readonly<Record<string, readonly unknown[]>> = {
  asOfJoin: [event],
  intervalJoin: [event, near],
  lookupJoin: [],
}
const FUNCTIONS = Object.entries(joins).filter(([, value]) => typeof value === 'function') as [string, AnyOperator][]

function sides(): { flow: Dataflow; left: KeyedStream<number>; right: KeyedStream<number> } {
  const flow = new Dataflow('flow')
  const [left, right] = ['left', 'right'].map((name) => flow.input(name, new TestingSource<number>([])).keyOn(`key-${name}`, () => 'k'))
  return { flow, left: left as KeyedStream<number>, right: right as KeyedStream<number> }
}

test('joins: the catalogue of the tests has every operator', () => {
  assert.deepEqual(Object.keys(CATALOGUE).toSorted(), FUNCTIONS.map(([name]) => name).toSorted())
})

for (const [name, operator] of FUNCTIONS) {
  const args = CATALOGUE[name] as readonly unknown[]

  test(`${name}: method and function build the same steps`, () => {
    const [byMethod, byFunction] = [sides(), sides()]
    const method = (byMethod.left as unknown as Record<string, unknown>)[name] as (...args: readonly unknown[]) => unknown
    method.call(byMethod.left, 'step', byMethod.right, ...args)
    operator('step', byFunction.left, byFunction.right, ...args)
    const shapes = [byMethod.flow, byFunction.flow].map((flow) => JSON.parse(JSON.stringify(flow.steps)))
    assert.deepEqual(shapes[0], shapes[1])
  })

  test(`${name}: both sides must be keyed streams`, () => {
    const { flow, left, right } = sides()
    const plain = flow.input('plain', new TestingSource<number>([]))
    assert.throws(() => operator('one', plain, right, ...args), withCode('NOT_A_STREAM', name))
    assert.throws(() => operator('two', left, plain, ...args), withCode('NOT_A_STREAM', name))
    assert.throws(() => operator('three', left, [right], ...args), withCode('NOT_A_STREAM', name))
    assert.throws(() => operator('four', left, undefined, ...args), withCode('NOT_A_STREAM', name))
    const other = sides()
    assert.throws(() => operator('five', left, other.right, ...args), withCode('MIXED_SCOPES', name))
  })
}

test('joins: wrong arguments are found at the call', () => {
  const { left, right } = sides()
  let count = 0
  const wrong = (build: (stepId: string) => unknown, ...words: string[]): void => {
    assert.throws(() => build(`step${count++}`), withCode('INVALID_ARGUMENT', ...words))
  }
  const interval = (options: unknown) => (stepId: string) => left.intervalJoin(stepId, right, event, options as typeof near)
  wrong(interval(undefined), '`lowerMs`', 'undefined')
  wrong(interval({ lowerMs: 0 }), '`upperMs`', 'undefined')
  wrong(interval({ lowerMs: Number.NaN, upperMs: 1 }), 'finite', 'NaN')
  wrong(interval({ lowerMs: 0, upperMs: Number.POSITIVE_INFINITY }), 'finite', 'Infinity')
  wrong(interval({ lowerMs: '0', upperMs: 1 }), 'finite', '"0"')
  wrong(interval({ lowerMs: 2, upperMs: 1 }), 'in order', '2', '1', 'wrong way round')
  wrong(interval({ ...near, kind: 'full' }), '`kind`', '"outer"', '"full"')
  wrong(interval({ ...near, forgetAfterMs: -1 }), '`forgetAfterMs`', '-1')
  wrong((id) => left.intervalJoin(id, right, at as never, near), '`clock`')
  wrong((id) => left.asOfJoin(id, right, { waitMs: 0 } as never), '`clock`')
  wrong((id) => left.asOfJoin(id, right, event, { kind: 'right' as never }), '`kind`', '"right"')
  wrong((id) => left.asOfJoin(id, right, event, { toleranceMs: Number.NaN }), '`toleranceMs`', 'NaN')
  wrong((id) => left.asOfJoin(id, right, event, { toleranceMs: -1 }), '`toleranceMs`', '-1')
  wrong((id) => left.asOfJoin(id, right, event, { isDelete: 'deleted' as never }), '`isDelete`', 'function')
  wrong((id) => left.asOfJoin(id, right, event, { forgetAfterMs: Number.NaN }), '`forgetAfterMs`')
  wrong((id) => left.lookupJoin(id, right, { kind: 'outer' as never }), '`kind`', '"outer"')
  wrong((id) => left.lookupJoin(id, right, { isDelete: null as never }), '`isDelete`', 'function')
  const tens = new TumblingWindower({ lengthMs: 10, alignTo: 0 })
  wrong((id) => left.joinWindow(id, [right], event, tens, { kind: 'full' as never }), '`kind`', '"full"')
})

test('joins: the clock of the stream needs watermarks on both sides', async () => {
  const { flow, left, right } = sides()
  const timed = left.assignWatermarks('time', ([, value]) => value, { outOfOrdernessMs: 0 })
  timed.asOfJoin('join', right, stream).down.output('out', new TestingSink<unknown>([]))
  await assert.rejects(run(flow), withCode('NO_WATERMARKS', 'asOfJoin "flow.join"'))
})

test('joins: a time that is none ends the run, and names step and key', async () => {
  const flow = new Dataflow('flow')
  const up = flow.input('in', new TestingSource([Number.NaN])).keyOn('key', () => 'k')
  up.intervalJoin('join', up, event, near).down.output('out', new TestingSink<unknown>([]))
  await assert.rejects(run(flow), withCode('WRONG_RETURN', 'intervalJoin "flow.join"', 'key "k"', '`timestamp`'))
})

/** The logic of a join under the clock of the stream, and its watermark. */
function driven(build: (up: KeyedStream<number>) => unknown): { make: () => AnyLogic; time: { watermarkMs: number } } {
  const time = { watermarkMs: Number.NEGATIVE_INFINITY }
  const operations = operationsOf<[string, number]>((up) => {
    const timed = up.assignWatermarks('time', ([, value]) => value, { outOfOrdernessMs: 0 })
    build(timed.keyed('keyed') as KeyedStream<number>)
  })
  const stateful = operations.find((operation) => operation.kind === 'statefulBatch')
  if (stateful === undefined) throw new Error('expected a stateful step')
  return { make: () => stateful.builder(undefined, 'k', new Map(), { now: () => 0, watermark: () => time.watermarkMs }), time }
}

test('joins: nothing is left of a key once the watermark has passed all that it had', () => {
  for (const build of [
    (up: KeyedStream<number>) => up.intervalJoin('join', up, stream, { lowerMs: 0, upperMs: 10, kind: 'outer' }),
    (up: KeyedStream<number>) => up.asOfJoin('join', up, stream, { toleranceMs: 10 }),
    (up: KeyedStream<number>) => up.asOfJoin('join', up, stream, { isDelete: (value) => value === 300 }),
  ]) {
    const { make, time } = driven(build)
    const logic = make()
    for (let value = 0; value <= 300; value += 3) for (const side of [0, 1]) assert.notEqual(logic.onItem?.([side, value])[1], true)
    assert.equal([...(logic.subKeyChanges?.().changed ?? [])].length, 8, 'in blocks')
    let isGone = false
    for (let at = logic.notifyAtWatermark?.(); at !== undefined; at = logic.notifyAtWatermark?.()) {
      assert.ok(!isGone && at > time.watermarkMs)
      time.watermarkMs = at
      isGone = logic.onWatermark?.(at)[1] === true
    }
    assert.ok(isGone)
    assert.ok(time.watermarkMs <= 311)
    assert.equal(make().onItem?.([0, 1])[1], true, 'late values leave nothing')
  }
})

test('joins: after the end a flow goes on with the table, and without what was waiting', async () => {
  const inputs = [['t', 10], ['t', 20], ['v', 15], TestingSource.EOF, ['v', 16], ['v', 25]] as const
  const out: unknown[] = []
  const flow = new Dataflow('flow')
  const up = flow.input('in', new TestingSource<readonly [string, number]>(inputs)).keyOn('key', () => 'k')
  const timed = up.assignWatermarks('time', ([, [, value]]) => value, { outOfOrdernessMs: 10 })
  const [table, values] = ['t', 'v'].map((name) => timed.filterMapValue(name, ([side, value]) => (side === name ? value : undefined)))
  values
    ?.asOfJoin('join', table as KeyedStream<number>, stream)
    .down.keyRm('rows')
    .output('out', new TestingSink<unknown>(out))
  const recovery = new MemoryRecoveryStore()
  await run(flow, { recovery, host: new TestClock() })
  assert.deepEqual(out.splice(0), [[15, 10]])
  await run(flow, { recovery, host: new TestClock() })
  assert.deepEqual(out, [
    [16, 10],
    [25, 20],
  ])
})

test('joins: under a clock per key, rows come while no values do', async () => {
  const host = new TestClock({ autoAdvance: true, startAtMs: 1_000 })
  const seen: unknown[] = []
  const flow = new Dataflow('flow')
  const source = new TestingSource([1_000, 1_200, 9_000], { awakeAt: (index) => (index < 2 ? undefined : 60_000) })
  const up = flow.input('in', source).keyOn('key', () => 'k')
  const [left, right] = [0, 200].map((rest) => up.filterValue(`side-${rest}`, (value) => value % 1_000 === rest)) as [typeof up, typeof up]
  const clock = new EventClock(at, { waitMs: 500 })
  const options = { lowerMs: 0, upperMs: 100, kind: 'outer' } as const
  left.intervalJoin('join', right, clock, options).down.inspect('see', (_stepId, [, row]) => void seen.push([...row, host.now()]))
  left.asOfJoin('as-of', right, new SystemClock()).down.inspect('see-system', (_stepId, [, row]) => void seen.push([...row, host.now()]))
  await run(flow, { host })
  assert.deepEqual(seen.slice(0, 3), [
    [1_000, 1_200, 1_001],
    [1_000, undefined, 1_401],
    [undefined, 1_200, 1_501],
  ])
})

test('joins: under a clock per key, a key is forgotten when nothing has happened for forgetAfterMs', () => {
  const clock = { nowMs: 1_000 }
  for (const build of [
    (up: KeyedStream<number>) => up.intervalJoin('join', up, event, { ...near, forgetAfterMs: 50 }),
    (up: KeyedStream<number>) => up.asOfJoin('join', up, event, { forgetAfterMs: 50 }),
  ]) {
    clock.nowMs = 1_000
    const logic = logicsOf<number>(build, clock)()
    logic.onItem?.([1, 7])
    for (let at = logic.notifyAt?.(); at !== undefined && at < 1_050; at = logic.notifyAt?.()) {
      clock.nowMs = at
      assert.deepEqual(copied(logic.onNotify?.()), [[], false])
    }
    clock.nowMs = logic.notifyAt?.() as number
    assert.deepEqual(copied(logic.onNotify?.()), [[], true])
  }
})

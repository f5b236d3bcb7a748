/** Tests composition: operators of the user's, nested step ids, scopes. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toPlan } from '../../src/dataflow/plan.ts'
import { Dataflow, KeyedStream, run, type Stream } from '../../src/index.ts'
import { map, merge } from '../../src/operators/index.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'
import { withCode } from '../operators/flows.ts'

function pairwise(stepId: string, up: KeyedStream<number>): KeyedStream<[number, number]> {
  return up
    .statefulMap(stepId, (last: number | undefined, n) => [n, last === undefined ? undefined : ([last, n] as [number, number])])
    .filterMapValue('some', (pair) => pair)
}

function fixture(): { flow: Dataflow; numbers: Stream<number>; keyed: KeyedStream<number> } {
  const flow = new Dataflow('flow')
  const numbers = flow.input('in', new TestingSource([1, 2, 3]))
  return { flow, numbers, keyed: numbers.keyOn('key', () => 'k') }
}

test('through: nests what the operator adds under the step', () => {
  const { flow, keyed } = fixture()
  keyed.through(pairwise, 'p').inspect('see')
  const step = flow.steps.find((each) => each.name === 'p')
  assert.equal(step?.operator, 'pairwise')
  assert.deepEqual(
    step?.substeps.map((each) => each.stepId),
    ['flow.p.p', 'flow.p.some'],
  )
  assert.deepEqual(
    toPlan(flow)
      .steps.filter((each) => each.userStepId === 'flow.p')
      .map((each) => [each.stepId, each.userOperator]),
    [
      ['flow.p.p.stateful.statefulBatch', 'pairwise'],
      ['flow.p.some.flatMapBatch', 'pairwise'],
    ],
  )
})

test('through: gives the result back in the scope of the caller, keyed if it was', async () => {
  const { flow, keyed } = fixture()
  const out: [string, string][] = []
  const result = keyed.through(pairwise, 'p')
  assert.ok(result instanceof KeyedStream)
  result.mapValue('text', (pair) => pair.join()).output('out', new TestingSink(out))
  await run(flow)
  assert.deepEqual(out, [
    ['k', '1,2'],
    ['k', '2,3'],
  ])
})

test('through: the same operator twice needs two ids, and its inner ids do not clash', () => {
  const { keyed } = fixture()
  keyed
    .through(pairwise, 'p')
    .through((stepId, up) => up.mapValue(stepId, ([, last]) => last), 'q')
    .through(pairwise, 'r')
  assert.throws(() => keyed.through(pairwise, 'p'), withCode('DUPLICATE_STEP', '"flow.p"'))
})

test('through: makes streams among the arguments, and lists of them, inputs of the step', () => {
  const { flow, numbers } = fixture()
  const tens = numbers.map('tens', (n) => n * 10)
  const all = (stepId: string, up: Stream<number>, factor: number, one: Stream<number>, more: Stream<number>[]): Stream<number> => {
    return merge(
      stepId,
      up.map('times', (n) => n * factor),
      one,
      ...more,
    )
  }
  const merged = numbers.through(all, 'all', 2, tens, [tens, numbers])
  const step = flow.steps.at(-1)
  assert.deepEqual(
    step?.inputs.map((port) => port.streamIds.length),
    [1, 1, 2],
  )
  assert.equal(merged.streamId, 'flow.all.all.down')
  merged.inspect('see')
})

test('through: a stream smuggled in from outside is MIXED_SCOPES', () => {
  const { numbers } = fixture()
  const outside = numbers.map('outside', (n) => n)
  assert.throws(() => numbers.through((stepId, up) => up.merge(stepId, outside), 'p'), withCode('MIXED_SCOPES', 'inside and outside', 'argument'))
})

test('through: the operator may give several streams, its own upstream, or nothing', () => {
  const { numbers } = fixture()
  const { same, twice, note } = numbers.through((_stepId, up) => ({ same: up, twice: up, note: 'x' }), 'several')
  assert.equal(note, 'x')
  assert.equal(same.streamId, numbers.streamId)
  assert.equal(
    numbers.through((stepId, up) => up.raises(stepId), 'nothing'),
    undefined,
  )
  // All of them are back in the outer scope.
  same.merge('m', twice, numbers)
})

test('through: anything but a function is INVALID_ARGUMENT', () => {
  const { numbers } = fixture()
  assert.throws(() => numbers.through('map' as never, 'p'), withCode('INVALID_ARGUMENT', '`operator` of through "p"'))
})

test('compose: a stream keeps the id of the core step that makes it', () => {
  const { numbers } = fixture()
  assert.equal(map('add_one', numbers, (n) => n + 1).streamId, 'flow.add_one.flatMapBatch.down')
})

/** Tests the checks of flows and of ids while a flow is defined, and those of the plan. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toPlan } from '../../src/dataflow/plan.ts'
import { Dataflow, KeyedStream, run, Stream } from '../../src/index.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'
import { withCode } from '../operators/flows.ts'

const source = (): TestingSource<number> => new TestingSource([1, 2])

test('Dataflow: refuses ids that are no string or have a period', () => {
  assert.throws(() => new Dataflow('a.b'), withCode('INVALID_FLOW_ID', '"a.b"', 'period'))
  assert.throws(() => new Dataflow(7 as never), withCode('INVALID_FLOW_ID', 'got 7'))
})

test('Dataflow: takes any other id', () => {
  for (const id of ['', ' ', 'é 😀', '…']) assert.equal(new Dataflow(id).input('in', source()).flowId, id)
})

test('input: checks id, then source, then whether the id is taken', () => {
  const flow = new Dataflow('flow')
  flow.input('in', source())
  assert.throws(() => flow.input(undefined as never, {} as never), withCode('INVALID_STEP_ID', 'input'))
  assert.throws(() => flow.input('in', { listParts: () => [] } as never), withCode('NOT_A_SOURCE', 'input "in"'))
  assert.throws(() => flow.input('in', source()), withCode('DUPLICATE_STEP', '"flow.in"'))
})

test('step ids: are unique among siblings only', () => {
  const flow = new Dataflow('flow')
  const numbers = flow.input('same', source())
  numbers.through((_stepId, up) => up.map('same', (n) => n).map('flatMapBatch', (n) => n), 'other')
  assert.throws(() => numbers.map('same', (n) => n), withCode('DUPLICATE_STEP', '"flow.same"'))
})

test('step ids: may be any text without a period', () => {
  const numbers = new Dataflow('flow').input('', source())
  assert.equal(numbers.map(' ', (n) => n).map('é/😀', (n) => n).streamId, 'flow.é/😀.flatMapBatch.down')
})

test('streams: come from flows and operators only', () => {
  assert.throws(() => new (Stream as never as new () => unknown)(), TypeError)
  assert.throws(() => new (KeyedStream as never as new () => unknown)(), TypeError)
})

test('streams: are no thenables', async () => {
  const numbers = new Dataflow('flow').input('in', source())
  assert.equal(await numbers, numbers)
})

test('plan: needs a flow, an input and an output', () => {
  assert.throws(() => toPlan({} as never), withCode('NOT_A_FLOW'))
  assert.throws(() => toPlan(new Dataflow('empty')), withCode('NO_INPUT', '"empty"'))
  const flow = new Dataflow('flow')
  flow.input('in', source()).map('a', (n) => n)
  assert.throws(() => toPlan(flow), withCode('NO_OUTPUT', '"flow"'))
})

test('plan: has the core steps in the order of their definition, nested ones in place', () => {
  const flow = new Dataflow('flow')
  const numbers = flow.input('in', source())
  const counts = numbers.countFinal('count', String)
  numbers.output('first', new TestingSink<number>([]))
  counts.output('second', new TestingSink<[string, number]>([]))
  assert.deepEqual(
    toPlan(flow).steps.map((step) => [step.stepId, step.operation.kind, step.ups, step.downs]),
    [
      ['flow.in', 'input', [], ['flow.in.down']],
      ['flow.count.keyOn.flatMapBatch', 'flatMapBatch', ['flow.in.down'], ['flow.count.keyOn.flatMapBatch.down']],
      ['flow.count.one.flatMapBatch', 'flatMapBatch', ['flow.count.keyOn.flatMapBatch.down'], ['flow.count.one.flatMapBatch.down']],
      [
        'flow.count.sum.stateful.statefulBatch',
        'statefulBatch',
        ['flow.count.one.flatMapBatch.down'],
        ['flow.count.sum.stateful.statefulBatch.down'],
      ],
      ['flow.first', 'output', ['flow.in.down'], []],
      ['flow.second', 'output', ['flow.count.sum.stateful.statefulBatch.down'], []],
    ],
  )
})

test('plan: a flow runs any number of times', async () => {
  const out: number[] = []
  const flow = new Dataflow('flow')
  flow
    .input('in', source())
    .keyOn('k', () => 'k')
    .statefulMap(
      'sum',
      () => 0,
      (sum, n) => [sum + n, sum + n],
    )
    .keyRm('r')
    .output('out', new TestingSink(out))
  await run(flow)
  await run(flow)
  assert.deepEqual(out, [1, 3, 1, 3])
})

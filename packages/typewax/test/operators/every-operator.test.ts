/** Tests what holds for every operator: its two forms build the same, and mistakes are found at the call, in one order. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, KeyedStream, Stream, type TypewaxError } from '../../src/index.ts'
import * as operators from '../../src/operators/index.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'
import { CATALOGUE, type Entry, type OperatorName, operatorOf } from './catalogue.ts'
import { withCode } from './flows.ts'

const NAMES = Object.keys(CATALOGUE) as OperatorName[]

function streamFor(entry: Entry): { flow: Dataflow; up: Stream<unknown> } {
  const flow = new Dataflow('flow')
  const up = flow.input('in', new TestingSource<unknown>([]))
  return { flow, up: entry.isKeyed ? up.keyOn('key', () => '') : up }
}

/** A flow as plain data: functions and other objects of the user's are compared by identity, those made by the operators not at all. */
function shapeOf(flow: Dataflow): unknown {
  return JSON.parse(JSON.stringify(flow.steps))
}

test('operators: the catalogue of the tests has every one of them', () => {
  const exported = Object.keys(operators).filter((name) => name !== 'TtlCache')
  assert.deepEqual(NAMES.toSorted(), exported.toSorted())
})

for (const name of NAMES) {
  const entry = CATALOGUE[name]
  const operator = operatorOf(name)

  test(`${name}: method and function build the same steps and give streams of the same kind`, () => {
    const [byMethod, byFunction] = [streamFor(entry), streamFor(entry)]
    const method = (byMethod.up as unknown as Record<string, (...args: unknown[]) => unknown>)[name] as (...args: unknown[]) => unknown
    const fromMethod = method.call(byMethod.up, 'step', ...entry.args)
    const fromFunction = operator('step', byFunction.up, ...entry.args)
    assert.deepEqual(shapeOf(byMethod.flow), shapeOf(byFunction.flow))
    assert.deepEqual(kindOf(fromMethod), kindOf(fromFunction))
    assert.equal(byMethod.flow.steps.at(-1)?.operator, name)
    assert.equal(byMethod.flow.steps.at(-1)?.stepId, 'flow.step')
  })

  test(`${name}: finds mistakes at the call: stream, then id, then its own, then whether the id is taken`, () => {
    const { up } = streamFor(entry)
    const wrong = Object.entries(entry.wrong ?? {})
    const [, wrongArgs] = wrong[0] ?? ['', entry.args]
    assert.throws(() => operator(7, undefined, ...wrongArgs), withCode('NOT_A_STREAM', name))
    assert.throws(() => operator('a.b', { oks: up, errs: up }, ...wrongArgs), withCode('NOT_A_STREAM', '`.oks` or `.errs`'))
    assert.throws(() => operator(7, up, ...wrongArgs), withCode('INVALID_STEP_ID', name, 'got 7'))
    assert.throws(() => operator('a.b', up, ...wrongArgs), withCode('INVALID_STEP_ID', name, '"a.b"', 'period'))
    up.inspect('taken')
    for (const [parameter, args] of wrong) {
      const error = withCode('INVALID_ARGUMENT', `\`${parameter}\` of ${name} "taken"`)
      assert.throws(
        () => operator('taken', up, ...args),
        (thrown: TypewaxError) => error(thrown) && thrown.stepId === 'flow.taken',
      )
    }
    assert.throws(() => operator('taken', up, ...entry.args), withCode('DUPLICATE_STEP', '"flow.taken"'))
  })

  test(`${name}: leaves no step behind when it fails`, () => {
    const { up, flow } = streamFor(entry)
    const before = flow.steps.length
    for (const args of Object.values(entry.wrong ?? {})) assert.throws(() => operator('step', up, ...args))
    operator('step', up, ...entry.args)
    assert.equal(flow.steps.length, before + 1)
  })

  if (entry.isKeyed) {
    test(`${name}: refuses a stream that is not keyed`, () => {
      const { up } = streamFor({ args: [] })
      assert.throws(() => operator('step', up, ...entry.args), withCode('NOT_A_STREAM', 'KeyedStream', 'keyOn'))
    })
  }
}

function kindOf(result: unknown): unknown {
  if (result instanceof KeyedStream) return ['keyed', result.streamId]
  if (result instanceof Stream) return ['unkeyed', result.streamId]
  if (typeof result !== 'object' || result === null) return result
  return Object.fromEntries(Object.entries(result).map(([port, each]) => [port, kindOf(each)]))
}

test('output: anything but a sink is NOT_A_SINK, before the id is looked at', () => {
  const { up } = streamFor({ args: [] })
  up.inspect('taken')
  for (const sink of [undefined, null, {}, 'file', { build: () => {} }]) {
    assert.throws(() => operatorOf('output')('taken', up, sink), withCode('NOT_A_SINK', 'output "taken"'))
  }
})

test('merge, join: streams of two flows, even of the same id, are MIXED_SCOPES', () => {
  const [one, other] = [streamFor({ isKeyed: true, args: [] }), streamFor({ isKeyed: true, args: [] })]
  assert.throws(() => one.up.merge('m', other.up), withCode('MIXED_SCOPES', 'different dataflows'))
  assert.throws(() => operatorOf('join')('j', one.up, [other.up]), withCode('MIXED_SCOPES', 'different dataflows'))
})

test('merge, join: a side that is no stream is named', () => {
  const { up } = streamFor({ isKeyed: true, args: [] })
  assert.throws(() => operatorOf('merge')('m', up, undefined), withCode('NOT_A_STREAM', '`ups` of merge "m"'))
  assert.throws(() => operatorOf('join')('j', up, [up, 7]), withCode('NOT_A_STREAM', '`sides` of join "j"', 'got 7'))
  assert.throws(() => operatorOf('join')('j', up), withCode('NOT_A_STREAM', '`sides` of join "j"', 'got undefined'))
})

test('merge: without streams is MIXED_SCOPES', () => {
  assert.throws(() => operators.merge('m'), withCode('MIXED_SCOPES', 'at least one stream'))
})

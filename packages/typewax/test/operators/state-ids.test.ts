/**
 * Owns the promise that stores outlive releases: state is stored under the full id of its core step, so the ids that built-in operators give to their
 * inner steps are a disk format. Whoever changes one must bring a way for stores that exist.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toPlan } from '../../src/dataflow/plan.ts'
import { Dataflow, type KeyedStream } from '../../src/index.ts'
import { TestingSink, TestingSource } from '../../src/testing/index.ts'

const build: Readonly<Record<string, (up: KeyedStream<number>) => KeyedStream<unknown>>> = {
  statefulBatch: (up) => up.statefulBatch('s', () => ({ onBatch: () => [[]], snapshot: () => 0 })),
  stateful: (up) => up.stateful('s', () => ({ onItem: () => [[]], snapshot: () => 0 })),
  statefulMap: (up) =>
    up.statefulMap(
      's',
      () => 0,
      (state, value) => [state, value],
    ),
  statefulFlatMap: (up) =>
    up.statefulFlatMap(
      's',
      () => 0,
      (state, value) => [state, [value]],
    ),
  tryStatefulMap: (up) =>
    up.tryStatefulMap(
      's',
      () => 0,
      (state, value) => [state, value],
    ).oks,
  foldFinal: (up) =>
    up.foldFinal(
      's',
      () => 0,
      (sum) => sum,
    ),
  reduceFinal: (up) => up.reduceFinal('s', (left) => left),
  maxFinal: (up) => up.maxFinal('s'),
  minFinal: (up) => up.minFinal('s'),
  countFinal: (up) => up.countFinal('s', ([key]) => key),
  collect: (up) => up.collect('s', { maxSize: 2, timeoutMs: 1 }),
  join: (up) => up.join('s', [up]),
  dedupe: (up) => up.dedupe('s'),
  distinct: (up) => up.distinct('s'),
  debounce: (up) => up.debounce('s', 1),
  throttle: (up) => up.throttle('s', 1),
  sessionize: (up) => up.sessionize('s', 1),
  topK: (up) => up.topK('s', 1, (value) => value),
}

const stateIds: Readonly<Record<string, string>> = {
  statefulBatch: 'f.s',
  stateful: 'f.s.statefulBatch',
  statefulMap: 'f.s.stateful.statefulBatch',
  statefulFlatMap: 'f.s.stateful.statefulBatch',
  tryStatefulMap: 'f.s.stateful.statefulBatch',
  foldFinal: 'f.s.stateful.statefulBatch',
  reduceFinal: 'f.s.foldFinal.stateful.statefulBatch',
  maxFinal: 'f.s.reduceFinal.foldFinal.stateful.statefulBatch',
  minFinal: 'f.s.reduceFinal.foldFinal.stateful.statefulBatch',
  countFinal: 'f.s.sum.stateful.statefulBatch',
  collect: 'f.s.stateful.statefulBatch',
  join: 'f.s.join.statefulBatch',
  dedupe: 'f.s.statefulBatch',
  distinct: 'f.s.statefulBatch',
  debounce: 'f.s.statefulBatch',
  throttle: 'f.s.statefulBatch',
  sessionize: 'f.s.statefulBatch',
  topK: 'f.s.stateful.statefulBatch',
}

for (const [operator, apply] of Object.entries(build)) {
  test(`${operator}: keeps its state under the id it has always had`, () => {
    const flow = new Dataflow('f')
    apply(flow.input('in', new TestingSource([['a', 1] as [string, number]])).keyed('keyed')).output('out', new TestingSink<unknown>([]))
    const stateful = toPlan(flow).steps.filter((step) => step.operation.kind === 'statefulBatch')
    assert.deepEqual(
      stateful.map((step) => step.stepId),
      [stateIds[operator]],
    )
  })
}

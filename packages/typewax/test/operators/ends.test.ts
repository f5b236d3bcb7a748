/** Tests where items leave: `output`, `raises`, and looking at them on their way. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toPlan } from '../../src/dataflow/plan.ts'
import { Dataflow, run } from '../../src/index.ts'
import { FixedPartitionedSink, StatefulSinkPartition } from '../../src/outputs/index.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'
import { through, withCode } from './flows.ts'

class Part extends StatefulSinkPartition<string, number> {
  readonly #values: string[]

  constructor(values: string[]) {
    super()
    this.#values = values
  }

  override writeBatch(values: readonly string[]): void {
    this.#values.push(...values)
  }

  override snapshot(): number {
    return this.#values.length
  }
}

/** Writes the values of a key to the part of its first letter. */
class LetterSink extends FixedPartitionedSink<string, number> {
  readonly parts: Record<'a' | 'b', string[]> = { a: [], b: [] }

  override listParts(): string[] {
    return ['a', 'b']
  }

  override partFn(key: string): number {
    return key.startsWith('a') ? 0 : 1
  }

  override buildPart(forPart: 'a' | 'b'): Part {
    return new Part(this.parts[forPart])
  }
}

const PAIRS: [string, string][] = [
  ['ab', '1'],
  ['b', '2'],
  ['a', '3'],
]

test('output: writes the values of a keyed stream to the partitions of their keys', async () => {
  const sink = new LetterSink()
  const flow = new Dataflow('flow')
  flow.input('in', new TestingSource(PAIRS)).keyed('k').output('out', sink)
  await run(flow)
  assert.deepEqual(sink.parts, { a: ['1', '3'], b: ['2'] })
})

test('output: keys a stream of pairs on its way into a partitioned sink', async () => {
  const sink = new LetterSink()
  const flow = new Dataflow('flow')
  flow.input('in', new TestingSource(PAIRS)).output('out', sink)
  await run(flow)
  assert.deepEqual(sink.parts, { a: ['1', '3'], b: ['2'] })
  assert.deepEqual(
    toPlan(flow).steps.map((step) => step.stepId),
    ['flow.in', 'flow.out.keyed.flatMapBatch', 'flow.out.output'],
  )
})

test('output: an item that is no pair ends the run of a partitioned sink with NOT_A_PAIR', async () => {
  const flow = new Dataflow('flow')
  flow.input('in', new TestingSource(['x'] as unknown as [string, string][])).output('out', new LetterSink())
  await assert.rejects(run(flow), withCode('NOT_A_PAIR', 'flow.out'))
})

test('output: gives pairs to a sink that takes all of them', async () => {
  const out: [string, string][] = []
  const flow = new Dataflow('flow')
  flow.input('in', new TestingSource(PAIRS)).keyed('k').output('out', new TestingSink(out))
  await run(flow)
  assert.deepEqual(out, PAIRS)
})

test('raises: ends the run at the first item, naming step and item', async () => {
  const flow = new Dataflow('flow')
  flow.input('in', new TestingSource([{ bad: true }])).raises('never')
  await assert.rejects(run(flow), (error: { stepId?: string }) => {
    return error.stepId === 'flow.never' && withCode('UNEXPECTED_ITEM', 'raises "flow.never"', '{"bad":true}')(error as never)
  })
})

test('raises: does nothing without an item', async () => {
  const flow = new Dataflow('flow')
  flow.input('in', new TestingSource<string>([])).raises('never')
  assert.equal((await run(flow)).outcome, 'finished')
})

test('inspect: sees its own full id and every item, and passes the item on', async () => {
  const seen: [string, number][] = []
  assert.deepEqual(await through([1, 2], (up) => up.inspect('see', (stepId, n) => void seen.push([stepId, n]))), [1, 2])
  assert.deepEqual(seen, [
    ['flow.see', 1],
    ['flow.see', 2],
  ])
})

test('inspectDebug: sees epoch and worker too', async () => {
  const seen: unknown[][] = []
  await through(['x'], (up) => up.inspectDebug('see', (...all) => void seen.push(all)))
  assert.deepEqual(seen, [['flow.see', 'x', 1, 0]])
})

test('inspect, inspectDebug: print a line for each item by default', async (t) => {
  const log = t.mock.method(console, 'log', () => {})
  await through([{ a: ['x'] }], (up) => up.inspect('see').inspectDebug('debug'))
  assert.deepEqual(
    log.mock.calls.map((call) => call.arguments),
    [["flow.see: { a: [ 'x' ] }"], ["flow.debug W0 @1: { a: [ 'x' ] }"]],
  )
})

test('inspect: counts as an output', async () => {
  const seen: number[] = []
  const flow = new Dataflow('flow')
  flow.input('in', new TestingSource([1])).inspect('see', (_stepId, n) => void seen.push(n))
  await run(flow)
  assert.deepEqual(seen, [1])
})

/** Tests the order of a sweep: one poll of each input, then every step once, from top to bottom. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Dataflow, run } from '../../src/index.ts'
import { merge } from '../../src/operators/index.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'

/** Items 0, 1, … of an input, marked with its name. */
interface Input {
  readonly name: string
  readonly length: number
  readonly batchSize: number
}

function itemsOf({ name, length }: Input): string[] {
  return Array.from({ length }, (_, index) => `${name}${index}`)
}

/** What one sweep after the other reads. */
function batchesOf(input: Input): string[][] {
  const items = itemsOf(input)
  return Array.from({ length: Math.ceil(input.length / input.batchSize) }, (_, sweep) =>
    items.slice(sweep * input.batchSize, (sweep + 1) * input.batchSize),
  )
}

const someInputs: fc.Arbitrary<readonly Input[]> = fc
  .array(fc.record({ length: fc.nat(9), batchSize: fc.integer({ min: 1, max: 4 }) }), { minLength: 1, maxLength: 4 })
  .map((inputs) => inputs.map((input, index) => ({ ...input, name: 'abcd'[index] as string })))

test('sweep: merge passes on a batch of each input, in the order of its arguments', async () => {
  const property = fc.asyncProperty(someInputs, fc.infiniteStream(fc.nat()), async (inputs, ranks) => {
    const ranked = inputs.map((input) => ({ input, rank: ranks.next().value as number })).sort((a, b) => a.rank - b.rank)
    const order = ranked.map(({ input }) => input)
    const flow = new Dataflow('flow')
    const streams = new Map(inputs.map((input) => [input, flow.input(input.name, new TestingSource(itemsOf(input), { batchSize: input.batchSize }))]))
    const out: string[] = []
    const ups = order.map((input) => streams.get(input) ?? assert.fail())
    merge('merge', ...ups).output('out', new TestingSink(out))
    await run(flow)

    const batches = order.map(batchesOf)
    const sweeps = Math.max(...batches.map((each) => each.length))
    const expected = Array.from({ length: sweeps }, (_, sweep) => batches.flatMap((each) => each[sweep] ?? [])).flat()
    assert.deepEqual(out, expected)
  })
  await fc.assert(property)
})

test('sweep: each consumer of a stream gets a batch before the next one is read', async () => {
  const seen: string[] = []
  const flow = new Dataflow('flow')
  const items = flow.input('in', new TestingSource([1, 2, 3], { batchSize: 2 }))
  items.inspect('first', (_stepId, item) => void seen.push(`first ${item}`))
  items.inspect('second', (_stepId, item) => void seen.push(`second ${item}`))
  await run(flow)
  assert.deepEqual(seen, ['first 1', 'first 2', 'second 1', 'second 2', 'first 3', 'second 3'])
})

test('sweep: a stream that is merged with what becomes of it comes batch by batch', async () => {
  const out: number[] = []
  const flow = new Dataflow('flow')
  const items = flow.input('in', new TestingSource([1, 2, 3], { batchSize: 2 }))
  const negated = items.map('negate', (n) => -n)
  negated.merge('merge', items).output('out', new TestingSink(out))
  await run(flow)
  assert.deepEqual(out, [-1, -2, 1, 2, -3, 3])
})

test('sweep: the order of definition counts, not the order in a chain', async () => {
  const out: string[] = []
  const flow = new Dataflow('flow')
  const a = flow.input('a', new TestingSource(['a0', 'a1']))
  const b = flow.input('b', new TestingSource(['b0', 'b1']))
  b.output('out_b', new TestingSink(out))
  a.map('long', (item) => item)
    .map('longer', (item) => item)
    .output('out_a', new TestingSink(out))
  await run(flow)
  assert.deepEqual(out, ['b0', 'a0', 'b1', 'a1'])
})

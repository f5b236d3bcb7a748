/** Tests random flows with asynchronous and synchronous branches and many epochs against a naive model. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { run } from '../../src/index.ts'
import { restlessHost } from './flows.ts'
import { type FlowPlan, flowOf, flowPlans, modelOf, type Traced } from './random-flows.ts'

const intervals = fc.constantFrom(0, 1, 5, 40, 10_000)
const clockSteps = fc.array(fc.nat(3), { minLength: 1, maxLength: 6 })

test('epochs: every item comes to every output, in order on each way, in the epoch in which it was read', async () => {
  const property = fc.asyncProperty(flowPlans, intervals, clockSteps, async (plan, epochIntervalMs, stepsMs) => {
    const readIn = new Map<string, number>()
    const { flow, outputs } = flowOf(plan, (where, { input, index }, epoch) => {
      const id = `${input}:${index}`
      if (where === 'input') readIn.set(id, epoch)
      else assert.equal(epoch, readIn.get(id), `item ${id} was read in epoch ${readIn.get(id)} and left in ${epoch}`)
    })
    await run(flow, { epochIntervalMs, host: restlessHost([...stepsMs, 1]) })
    modelOf(plan).forEach((expected, number) => {
      assert.deepEqual(byWay(outputs[number] ?? []), byWay(expected))
    })
  })
  await fc.assert(property, { numRuns: 300 })
})

for (const epochIntervalMs of [0, 1]) {
  test(`epochs: queues that are full at a barrier neither block nor lose anything (interval ${epochIntervalMs} ms)`, async () => {
    // Each batch fills a queue. Twice the same stream is merged with what comes of it later: barriers meet, with full queues behind them.
    const plan: FlowPlan = {
      inputs: [
        { length: 34_000, batchSize: 17_000, delays: undefined },
        { length: 34_000, batchSize: 17_000, delays: [3, 0] },
      ],
      steps: [
        { kind: 'async', ups: [0], delays: [0], maxInFlight: 1_000 },
        { kind: 'merge', ups: [2, 0, 1], delays: [], maxInFlight: 1 },
        { kind: 'async', ups: [3], delays: [0], maxInFlight: 1_000 },
        { kind: 'merge', ups: [3, 4, 1], delays: [], maxInFlight: 1 },
      ],
    }
    const { flow, outputs } = flowOf(plan, () => {})
    await run(flow, { epochIntervalMs, host: restlessHost([0, 1]) })
    modelOf(plan).forEach((expected, number) => {
      assert.deepEqual(byWay(outputs[number] ?? []), byWay(expected))
    })
  })
}

/** Items by input and way: what takes the same way keeps its order, unless a step on it keeps none. */
function byWay(items: readonly Traced[]): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const { input, index, way } of items) {
    const name = `${input}${way}`
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [index])
    else group.push(index)
  }
  for (const [name, indices] of groups)
    if (name.includes('unordered'))
      groups.set(
        name,
        indices.sort((a, b) => a - b),
      )
  return groups
}

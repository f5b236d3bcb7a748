/** Tests that early and late results survive: a flow that is cut off anywhere, with batches of any size, gives what an undisturbed run gives. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Dataflow, run } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
import {
  type Clock,
  CumulativeWindower,
  count,
  EventClock,
  GlobalWindower,
  SessionWindower,
  SlidingWindower,
  StreamClock,
  TumblingWindower,
  type Windower,
  type WindowOptions,
} from '../../src/windowing/index.ts'

type Value = readonly [timestampMs: number, number: number]
type Item = [string, Value]
type Cut = 'abort' | 'pause'
type Input = Item | ReturnType<typeof TestingSource.ABORT>

interface Setup {
  readonly windower: Windower
  readonly isStream: boolean
  readonly options: WindowOptions
  readonly batchSize: number
  /** Items come one by one, with some time between them. */
  readonly isPaced: boolean
}

/** A flow that records all that its window operator gives. */
function flowOf(inputs: readonly Input[], { windower, isStream, options, batchSize, isPaced }: Setup): { flow: Dataflow; out: unknown[][] } {
  const out: unknown[][] = [[], [], [], [], []]
  const flow = new Dataflow('windows')
  const source = new TestingSource<Item>(inputs, { batchSize, now: () => 0, ...(isPaced && { awakeAt: (index: number) => 7 * index }) })
  const timeOf = ([timestampMs]: Value): number => timestampMs
  // A clock that does not go on by itself: a run that failed would have held it up.
  const clock: Clock<Value> = isStream ? new StreamClock(timeOf) : new EventClock(timeOf, { waitMs: 8, now: () => 0, toSystemTime: () => undefined })
  const up = flow.input('in', source).assignWatermarks('time', ([, [timestampMs]]) => timestampMs, { outOfOrdernessMs: 8 })
  const keyed = up.keyed('keyed')
  const made = keyed.collectWindow('window', clock, windower, options)
  for (const [index, port] of (['down', 'late', 'meta', 'results'] as const).entries())
    made[port].output(port, new TestingSink<unknown>(out[index] as unknown[]))
  const counts = keyed.aggregateWindow('count', clock, windower, { values: count() }, options)
  counts.results.output('counts', new TestingSink<unknown>(out[4] as unknown[]))
  return { flow, out }
}

/** Inputs with marks at some places: batches end there, and executions if they abort. */
function withCuts(items: readonly Item[], cuts: readonly number[], kind: Cut): Input[] {
  const inputs: Input[] = [...items]
  for (const cut of cuts) inputs.splice(cut % (inputs.length + 1), 0, kind === 'abort' ? TestingSource.ABORT() : (TestingSource.PAUSE(0) as never))
  return inputs
}

async function check(items: readonly Item[], cuts: readonly number[], setup: Setup): Promise<void> {
  const whole = flowOf(withCuts(items, cuts, 'pause'), setup)
  await run(whole.flow, { host: new TestClock({ autoAdvance: true }) })
  const { flow, out } = flowOf(withCuts(items, cuts, 'abort'), setup)
  const recovery = new MemoryRecoveryStore()
  let executions = 1
  while ((await run(flow, { recovery, epochIntervalMs: 0, host: new TestClock({ autoAdvance: true }) })).outcome !== 'finished') executions += 1
  assert.equal(executions, cuts.length + 1)
  assert.deepEqual(out, whole.out)
}

const windower: fc.Arbitrary<Windower> = fc.constantFrom(
  new TumblingWindower({ lengthMs: 10, alignTo: 3 }),
  new SlidingWindower({ lengthMs: 20, offsetMs: 7, alignTo: 0 }),
  new CumulativeWindower({ lengthMs: 20, stepMs: 5, alignTo: 2 }),
  new GlobalWindower(),
  new SessionWindower({ gapMs: 6 }),
)
const options = fc
  .record({
    early: fc.constantFrom(undefined, 'everyChange' as const, { everyItems: 3 }, { everyMs: 20 }, { everyEventMs: 4 }),
    allowedLatenessMs: fc.constantFrom(undefined, 0, 5, 30),
    mode: fc.constantFrom('accumulating' as const, 'discarding' as const),
    ordered: fc.boolean(),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as WindowOptions)
const setup: fc.Arbitrary<Setup> = fc.record({
  windower,
  isStream: fc.boolean(),
  options,
  batchSize: fc.integer({ min: 1, max: 9 }),
  isPaced: fc.boolean(),
})
const items = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -25, max: 15 })), { minLength: 1, maxLength: 60, size: 'max' })
  .map((list) => list.map(([key, jitter], index): Item => [key, [2 * index + jitter, index]]))

test('firing: a flow that is cut off anywhere goes on as if nothing had happened', async () => {
  await fc.assert(fc.asyncProperty(items, fc.array(fc.nat(60), { maxLength: 5 }), setup, check), { numRuns: 150 })
})

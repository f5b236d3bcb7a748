/** Tests that windows survive: cut off anywhere and resumed, every stream gives what an undisturbed run gives, as long as the clock stands still. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Dataflow, type KeyedStream, run } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
import {
  CumulativeWindower,
  EventClock,
  GlobalWindower,
  SessionWindower,
  SlidingWindower,
  TumblingWindower,
  type Windower,
  type WindowOut,
} from '../../src/windowing/index.ts'

type Value = readonly [timestampMs: number, number: number]
type Item = [string, Value]
type Input = Item | ReturnType<typeof TestingSource.ABORT>

interface Setup {
  readonly windower: Windower
  readonly waitMs: number
  readonly ordered: boolean
  readonly isJoin: boolean
}

/** A flow that records all that its window operator gives. */
function flowOf(inputs: readonly Input[], { windower, waitMs, ordered, isJoin }: Setup): { flow: Dataflow; out: unknown[][] } {
  const out: unknown[][] = [[], [], [], []]
  const flow = new Dataflow('windows')
  const up = flow.input('in', new TestingSource<Item>(inputs)).keyed('keyed') as KeyedStream<Value>
  const clock = new EventClock(([timestampMs]: Value) => timestampMs, { waitMs })
  const [even, odd] = [0, 1].map((rest) => up.filterValue(`side_${rest}`, ([, number]) => number % 2 === rest)) as [
    KeyedStream<Value>,
    KeyedStream<Value>,
  ]
  const made: WindowOut<unknown, unknown> = isJoin
    ? even.joinWindow('window', [odd], clock, windower, { ordered, emit: 'running' })
    : up.collectWindow('window', clock, windower, { ordered })
  for (const [index, port] of (['down', 'late', 'meta', 'results'] as const).entries())
    made[port].output(port, new TestingSink<unknown>(out[index] as unknown[]))
  return { flow, out }
}

const windower: fc.Arbitrary<Windower> = fc.constantFrom(
  new TumblingWindower({ lengthMs: 10, alignTo: 3 }),
  new SlidingWindower({ lengthMs: 20, offsetMs: 7, alignTo: 0 }),
  new SessionWindower({ gapMs: 6 }),
  new CumulativeWindower({ lengthMs: 20, stepMs: 5, alignTo: 0 }),
  new GlobalWindower(),
)
const setup: fc.Arbitrary<Setup> = fc.record({ windower, waitMs: fc.constantFrom(0, 8, 40), ordered: fc.boolean(), isJoin: fc.boolean() })
const items = fc
  .array(fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: -15, max: 25 })), { minLength: 1, maxLength: 120, size: 'max' })
  .map((list) => list.map(([key, jitter], index): Item => [key, [3 * index + jitter, index]]))

test('windows: a flow that is cut off anywhere goes on as if nothing had happened', async () => {
  await fc.assert(
    fc.asyncProperty(items, fc.array(fc.nat(120), { maxLength: 8 }), setup, async (inputs, cuts, settings) => {
      const whole = flowOf(inputs, settings)
      await run(whole.flow, { host: new TestClock() })
      const withCuts: Input[] = [...inputs]
      for (const cut of cuts) withCuts.splice(cut % (withCuts.length + 1), 0, TestingSource.ABORT())
      const { flow, out } = flowOf(withCuts, settings)
      const recovery = new MemoryRecoveryStore()
      let nowMs = 0
      while ((await run(flow, { recovery, epochIntervalMs: 0, host: new TestClock({ startAtMs: nowMs }) })).outcome !== 'finished') nowMs += 1_000_000
      assert.deepEqual(out, whole.out)
    }),
    { numRuns: 60 },
  )
})

test('windows: cut off at each point in turn, a long queue and many windows come back', async () => {
  const inputs = Array.from({ length: 80 }, (_, index): Item => ['k', [(index * 37) % 80, index]])
  const settings: Setup = { windower: new SlidingWindower({ lengthMs: 30, offsetMs: 3, alignTo: 0 }), waitMs: 60, ordered: true, isJoin: false }
  const whole = flowOf(inputs, settings)
  await run(whole.flow, { host: new TestClock() })
  const { flow, out } = flowOf(
    inputs.flatMap((item): Input[] => [item, TestingSource.ABORT()]),
    settings,
  )
  const recovery = new MemoryRecoveryStore()
  let executions = 1
  while ((await run(flow, { recovery, epochIntervalMs: 0, host: new TestClock() })).outcome !== 'finished') executions += 1
  assert.equal(executions, 81)
  assert.deepEqual(out, whole.out)
})

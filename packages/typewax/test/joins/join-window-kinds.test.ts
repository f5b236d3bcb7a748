/** Tests the kinds of `joinWindow`: rows of a kind are those of an outer join that have the required sides, early, on time, and late. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Dataflow, type KeyedStream, run } from '../../src/index.ts'
import type { JoinKind } from '../../src/joins/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
import {
  EventClock,
  type JoinWindowOptions,
  SessionWindower,
  SlidingWindower,
  StreamClock,
  TumblingWindower,
  type Windower,
  type WindowResult,
} from '../../src/windowing/index.ts'

type Value = readonly [timestampMs: number, side: number, number: number]
type Row = (Value | undefined)[]

interface Setup {
  readonly windower: Windower
  readonly clock: 'stream' | 'event'
  readonly boundMs: number
  readonly batchSize: number
  readonly options: Omit<JoinWindowOptions, 'kind'>
}

const setups: fc.Arbitrary<Setup> = fc.record({
  windower: fc.constantFrom<Windower>(
    new TumblingWindower({ lengthMs: 10, alignTo: 0 }),
    new SlidingWindower({ lengthMs: 12, offsetMs: 5, alignTo: 0 }),
    new SessionWindower({ gapMs: 4 }),
  ),
  clock: fc.constantFrom('stream', 'event'),
  boundMs: fc.constantFrom(0, 10, 30),
  batchSize: fc.constantFrom(1, 5),
  options: fc.record(
    {
      emit: fc.constantFrom('final' as const, 'running' as const, 'complete' as const),
      insert: fc.constantFrom('first' as const, 'last' as const, 'product' as const),
      ordered: fc.boolean(),
      allowedLatenessMs: fc.constantFrom(0, 8, 50),
    },
    { requiredKeys: [] },
  ),
})

const items = fc
  .array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(20), fc.constantFrom(0, 1, 2)), { minLength: 1, maxLength: 30, size: 'max' })
  .map((list) => list.map(([key, jitter, side], index): [string, Value] => [key, [3 * index + jitter, side, index]]))

async function runKind(inputs: readonly [string, Value][], { clock: name, windower, boundMs, batchSize, options }: Setup, kind?: JoinKind) {
  const out: [string, WindowResult<Row>][] = []
  const flow = new Dataflow('flow')
  const up = flow.input('in', new TestingSource(inputs, { batchSize })).keyed('keyed') as KeyedStream<Value>
  const all = up.assignWatermarks('time', ([, [timestampMs]]) => timestampMs, { outOfOrdernessMs: boundMs })
  const [first, ...others] = [0, 1, 2].map((side) => all.filterValue(`side_${side}`, ([, own]) => own === side))
  const at = ([timestampMs]: Value): number => timestampMs
  const clock = name === 'stream' ? new StreamClock(at) : new EventClock(at, { waitMs: boundMs })
  const given = kind === undefined ? options : { ...options, kind }
  const { results } = (first as KeyedStream<Value>).joinWindow('join', others as [KeyedStream<Value>, KeyedStream<Value>], clock, windower, given)
  results.output('out', new TestingSink(out as unknown[]))
  await run(flow, { host: new TestClock() })
  return out
}

function has(kind: JoinKind, row: Row): boolean {
  if (kind === 'inner') return !row.includes(undefined)
  return kind === 'outer' || row.at(kind === 'left' ? 0 : -1) !== undefined
}

test('joinWindow: a kind leaves out rows without the sides that it requires, whatever the clock, the windows and the lateness', async () => {
  await fc.assert(
    fc.asyncProperty(items, setups, fc.constantFrom<JoinKind>('inner', 'left', 'right', 'outer'), async (inputs, setup, kind) => {
      const all = await runKind(inputs, setup)
      assert.deepEqual(
        await runKind(inputs, setup, kind),
        all.filter(([, { result }]) => has(kind, result)),
      )
    }),
    { numRuns: 1_000 },
  )
})

test('joinWindow: a late value completes a row of a window that is over', async () => {
  const inputs = [
    ['k', [1, 0, 0]],
    ['k', [2, 1, 1]],
    ['k', [25, 0, 2]],
    ['k', [3, 2, 3]],
    ['k', [60, 0, 4]],
    ['k', [4, 2, 5]],
  ] satisfies [string, Value][]
  const options = { allowedLatenessMs: 20 }
  const setup: Setup = { windower: new TumblingWindower({ lengthMs: 10, alignTo: 0 }), clock: 'stream', boundMs: 0, batchSize: 1, options }
  const rows = async (kind: JoinKind): Promise<unknown[]> => {
    const out = await runKind(inputs, setup, kind)
    return out.map(([, { windowId, result, timing }]) => [windowId, timing, result.map((value) => value?.[2])])
  }
  assert.deepEqual(await rows('inner'), [[0, 'late', [0, 1, 3]]])
  assert.deepEqual(await rows('right'), [[0, 'late', [0, 1, 3]]])
  assert.deepEqual(await rows('left'), [
    [0, 'onTime', [0, 1, undefined]],
    [0, 'late', [0, 1, 3]],
    [2, 'onTime', [2, undefined, undefined]],
    [6, 'onTime', [4, undefined, undefined]],
  ])
})

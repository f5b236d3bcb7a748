/**
 * Owns the helpers of the tests of operators that go by time: random values with times, and flows in which they arrive at these times by the system
 * clock, or carry them as timestamps; cut off at random places and resumed.
 */

import fc from 'fast-check'
import { Dataflow, type KeyedStream, run } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
import { grouped } from './flows.ts'

export interface Event {
  readonly at: number
  readonly id: number
  /** Number in the order of arrival. */
  readonly index: number
}

export type Pair = readonly [key: string, event: Event]

/** Which time a step goes by: option `timestamp`, or none. */
export interface Basis {
  readonly timestamp?: (event: Event) => number
}

export const BY_STREAM: Basis = { timestamp: (event) => event.at }
export const BY_SYSTEM: Basis = {}

/** No timestamp is further behind the latest than this. */
export const JITTER_MS = 30

const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'é'), fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 3 })), {
  maxLength: 60,
  size: 'max',
})

/** Events in the order of time. */
export const orderedPairs: fc.Arbitrary<Pair[]> = steps.map((list) => {
  let at = 0
  return list.map(([key, step, id], index): Pair => {
    at += step
    return [key, { at, id, index }]
  })
})

/** Events out of order, on time for a stream with `outOfOrdernessMs` of `JITTER_MS`. */
export const jitteredPairs: fc.Arbitrary<Pair[]> = fc
  .tuple(orderedPairs, fc.array(fc.integer({ min: 0, max: JITTER_MS }), { minLength: 60, maxLength: 60 }))
  .map(([pairs, jitter]) => pairs.map(([key, event]): Pair => [key, { ...event, at: event.at - (jitter[event.index] as number) }]))

export interface Disturbance {
  readonly batchSize: number
  /** Places at which the flow is cut off. */
  readonly cuts: readonly number[]
}

export const disturbance: fc.Arbitrary<Disturbance> = fc.record({
  batchSize: fc.integer({ min: 1, max: 7 }),
  cuts: fc.array(fc.nat(60), { maxLength: 6 }),
})

type Input = Pair | ReturnType<typeof TestingSource.ABORT>

function withCuts(pairs: readonly Pair[], cuts: readonly number[]): Input[] {
  const inputs: Input[] = [...pairs]
  for (const cut of cuts) inputs.splice(cut % (inputs.length + 1), 0, TestingSource.ABORT())
  return inputs
}

export type Build<W> = (up: KeyedStream<Event>, basis: Basis) => KeyedStream<W>

/** The values of each key that `build` gives when the pairs carry their times. */
export async function byStream<W>(
  pairs: readonly Pair[],
  build: Build<W>,
  how: Disturbance,
  outOfOrdernessMs = JITTER_MS,
): Promise<Map<string, W[]>> {
  const source = new TestingSource<Pair>(withCuts(pairs, how.cuts), { batchSize: how.batchSize })
  const host = new TestClock()
  return await outputOf(
    source,
    (up) =>
      build(
        up.assignWatermarks('time', ([, event]) => event.at, { outOfOrdernessMs }),
        BY_STREAM,
      ),
    host,
  )
}

/** The same when the pairs arrive at their times. */
export async function bySystem<W>(pairs: readonly Pair[], build: Build<W>, { cuts }: Pick<Disturbance, 'cuts'>): Promise<Map<string, W[]>> {
  const inputs = withCuts(pairs, cuts)
  const host = new TestClock({ autoAdvance: true })
  const awakeAt = (index: number): number | undefined => {
    // Where the flow is cut off, the next pair comes right after: who polls a mark goes on to what is behind it.
    const pair = inputs.slice(index).find((input) => Array.isArray(input)) as Pair | undefined
    return pair?.[1].at
  }
  return await outputOf(new TestingSource<Pair>(inputs, { awakeAt, now: host.now }), (up) => build(up, BY_SYSTEM), host)
}

async function outputOf<W>(
  source: TestingSource<Pair>,
  build: (up: KeyedStream<Event>) => KeyedStream<W>,
  host: TestClock,
): Promise<Map<string, W[]>> {
  const out: [string, W][] = []
  const flow = new Dataflow('flow')
  build(flow.input('in', source).keyed('keyed') as KeyedStream<Event>).output('out', new TestingSink(out))
  const recovery = new MemoryRecoveryStore()
  while ((await run(flow, { recovery, epochIntervalMs: 0, host })).outcome !== 'finished');
  return grouped(out)
}

/** What a model that sees the events of one key gives for each of them; keys without output left out. */
export function modelOf<W>(pairs: readonly Pair[], model: (events: Event[], key: string) => W[]): Map<string, W[]> {
  const outputs = [...grouped(pairs)].map(([key, events]) => [key, model(events, key)] as const)
  return new Map(outputs.filter(([, output]) => output.length > 0))
}

/** Events by time, those of one time in the order of arrival. */
export function sorted(events: readonly Event[]): Event[] {
  return events.toSorted((one, other) => one.at - other.at || one.index - other.index)
}

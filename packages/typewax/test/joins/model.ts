/**
 * Owns what the property tests of the joins share: random values of two sides, a flow that joins them, cut off where a test wants, and a model of the
 * order in which values arrive and of the watermark that they meet. The joins themselves each have a model in their test.
 */

import fc from 'fast-check'
import { Dataflow, type KeyedStream, run } from '../../src/index.ts'
import type { JoinOut } from '../../src/joins/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
import { type Clock, EventClock, StreamClock } from '../../src/windowing/index.ts'

export type Side = 'left' | 'right'

/** A value of either side. The number is its own. */
export type Value = readonly [timestampMs: number, number: number, side: Side]

export type Item = [key: string, value: Value]
export type Input = Item | ReturnType<typeof TestingSource.ABORT>

/** A value with the watermark that it met. */
export interface Arrival {
  readonly key: string
  readonly value: Value
  readonly watermarkMs: number
}

export interface Setup {
  readonly clock: 'stream' | 'event'
  /** How far behind a value may be. */
  readonly boundMs: number
  readonly batchSize: number
  /** Where the flow is cut off. */
  readonly cuts: readonly number[]
}

export const setups: fc.Arbitrary<Setup> = fc.record({
  clock: fc.constantFrom('stream', 'event'),
  boundMs: fc.constantFrom(0, 4, 40),
  batchSize: fc.constantFrom(1, 3, 10),
  cuts: fc.oneof(fc.constant([]), fc.array(fc.nat(60), { maxLength: 4 })),
})

/** Values out of order by up to 40. */
export function itemsOf(unitMs = 1): fc.Arbitrary<Item[]> {
  const item = fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 40 }), fc.constantFrom('left', 'right'))
  return fc
    .array(item, { minLength: 1, maxLength: 60, size: 'max' })
    .map((list) => list.map(([key, jitter, side], index): Item => [key, [(2 * index + jitter) * unitMs, index, side as Side]]))
}

/** Items with marks that cut the flow off. */
export function withCuts(items: readonly Item[], { cuts }: Setup): Input[] {
  const inputs: Input[] = [...items]
  for (const cut of cuts) inputs.splice(cut % (inputs.length + 1), 0, TestingSource.ABORT())
  return inputs
}

/** Runs a flow with a join to its end, however often it is cut off. Gives its rows and what was late, as pairs with the key. */
export async function runJoin<W>(
  inputs: readonly Input[],
  setup: Setup,
  join: (left: KeyedStream<Value>, right: KeyedStream<Value>, clock: Clock<Value>) => JoinOut<Value, W>,
): Promise<{ rows: [string, W][]; late: Item[] }> {
  const { clock: kind, boundMs, batchSize, cuts } = setup
  const flow = new Dataflow('flow')
  const up = flow.input('in', new TestingSource<Item>(inputs, { batchSize })).keyed('keyed') as KeyedStream<Value>
  const both = kind === 'stream' ? up.assignWatermarks('time', ([, [timestampMs]]) => timestampMs, { outOfOrdernessMs: boundMs }) : up
  const [left, right] = (['left', 'right'] as const).map((name) => both.filterValue(name, ([, , side]) => side === name))
  const at = ([timestampMs]: Value): number => timestampMs
  const clock = kind === 'stream' ? new StreamClock(at) : new EventClock(at, { waitMs: boundMs })
  const out = { rows: [] as [string, W][], late: [] as Item[] }
  const joined = join(left as KeyedStream<Value>, right as KeyedStream<Value>, clock)
  joined.down.output('down', new TestingSink<[string, W]>(out.rows))
  joined.late.output('late', new TestingSink<Item>(out.late))
  const recovery = new MemoryRecoveryStore()
  const options = () => (cuts.length === 0 ? {} : { recovery, epochIntervalMs: 0 })
  while ((await run(flow, { ...options(), host: new TestClock() })).outcome !== 'finished');
  return out
}

/** The values as they come to the join: left ones first in each batch. The watermark of the stream moves behind a batch, that of a key at once. */
export function arrivalsOf(inputs: readonly Input[], { clock, boundMs, batchSize }: Setup): Arrival[] {
  const latestMs = new Map<string, number>()
  const latestOf = (key: string): number => latestMs.get(key) ?? Number.NEGATIVE_INFINITY
  const look = (key: string, [timestampMs]: Value): void => void latestMs.set(key, Math.max(latestOf(key), timestampMs))
  return batchesOf(inputs, batchSize).flatMap((batch) => {
    const sorted = (['left', 'right'] as const).flatMap((name) => batch.filter(([, [, , side]]) => side === name))
    const arrivals = sorted.map(([key, value]): Arrival => {
      if (clock === 'event') look(key, value)
      return { key, value, watermarkMs: latestOf(clock === 'event' ? key : '*') - boundMs }
    })
    for (const [, value] of batch) look('*', value)
    return arrivals
  })
}

export function isLate({ value: [timestampMs], watermarkMs }: Arrival): boolean {
  return timestampMs < watermarkMs
}

/** Late values of each key, as `runJoin` gives them. */
export function lateOf(arrivals: readonly Arrival[]): Item[] {
  return arrivals.filter(isLate).map(({ key, value }) => [key, value])
}

/** The same, whatever the order. */
export function sorted(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).toSorted()
}

/** A mark ends a batch. */
function batchesOf(inputs: readonly Input[], batchSize: number): Item[][] {
  const batches: Item[][] = [[]]
  for (const input of inputs) {
    if (!Array.isArray(input)) batches.push([])
    else if ((batches.at(-1) as Item[]).push(input) === batchSize) batches.push([])
  }
  return batches
}

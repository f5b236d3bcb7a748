/**
 * Owns random worlds for runs on several workers: partitions with items, crashes and stops among them; a flow whose results do not depend on how
 * partitions mix; numbers of workers, sizes of queues, writes that fail. A number decides all of it.
 */

import fc from 'fast-check'
import type { ExchangeLimits } from '../../src/runtime/exchange/exchange.ts'

export interface Item {
  readonly part: string
  /** Its place in the partition. */
  readonly index: number
  /** Never the same in two partitions: the order of its items is that of one partition. */
  readonly key: string
  /** The same in all partitions. */
  readonly group: string
  /** Time in milliseconds, at most `BOUND_MS` behind the latest before it in its partition. */
  readonly at: number
  /** What it went through, or what it came out of. */
  readonly way: string
}

export const BOUND_MS = 10
export const TUMBLING_MS = 13

export interface PartPlan {
  readonly items: readonly { readonly key: number; readonly stepMs: number; readonly behindMs: number }[]
  readonly batchSizes: readonly number[]
  /** Where the source aborts the execution, by item. */
  readonly aborts: readonly number[]
}

export type StepKind =
  | 'map'
  | 'drop'
  | 'twice'
  | 'async'
  | 'unordered'
  | 'redistribute'
  | 'branch'
  | 'merge'
  | 'count'
  | 'thirds'
  | 'total'
  | 'tumbling'
  | 'session'
  | 'interval'
  | 'product'

export interface StepPlan {
  readonly kind: StepKind
  /** Which of the streams so far it is applied to, by their number, wrapped. */
  readonly ups: readonly [number, number]
}

export interface World {
  readonly parts: readonly PartPlan[]
  readonly isAsync: boolean
  readonly steps: readonly StepPlan[]
  readonly sinkParts: number
  readonly isTwoPhase: boolean
  readonly epochIntervalMs: number
  /** Of one execution after the other, over and over. */
  readonly workers: readonly number[]
  readonly exchange: ExchangeLimits | undefined
  /** Whether state is kept. Without, nothing crashes. */
  readonly isKept: boolean
  /** Writes to the store that fail, of all executions together. */
  readonly failedWrites: readonly number[]
  /** Polls at which the store is lost, and those at which the run is asked to stop; of all executions together. */
  readonly lostAt: readonly number[]
  readonly stopsAt: readonly number[]
}

const itemAtMost = (behindMs: number): fc.Arbitrary<PartPlan['items'][number]> => {
  return fc.record({ key: fc.nat(3), stepMs: fc.nat(6), behindMs: fc.nat(behindMs) })
}

const partOf = (behindMs: number): fc.Arbitrary<PartPlan> =>
  fc.record({
    items: fc.array(itemAtMost(behindMs), { maxLength: 25, size: 'max' }),
    batchSizes: fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }).filter((sizes) => sizes.some((size) => size > 0)),
    aborts: fc.array(fc.nat(25), { maxLength: 1 }),
  })

const step: fc.Arbitrary<StepPlan> = fc.record({
  kind: fc.constantFrom<StepKind>(
    ...(['map', 'drop', 'twice', 'async', 'unordered', 'redistribute', 'branch', 'merge'] as const),
    ...(['count', 'count', 'count', 'thirds', 'thirds', 'total', 'total', 'tumbling', 'tumbling', 'session', 'interval', 'product'] as const),
  ),
  ups: fc.tuple(fc.nat(), fc.nat()),
})

const limits = fc.record({ edgeItems: fc.integer({ min: 1, max: 8 }), packetItems: fc.integer({ min: 1, max: 4 }) })
const fewTimes = (max: number): fc.Arbitrary<number[]> => fc.array(fc.nat(max), { maxLength: 2 })

export const worlds: fc.Arbitrary<World> = fc.record({
  parts: fc.array(partOf(BOUND_MS), { minLength: 1, maxLength: 4 }),
  isAsync: fc.boolean(),
  steps: fc.array(step, { minLength: 1, maxLength: 5 }),
  sinkParts: fc.integer({ min: 1, max: 4 }),
  isTwoPhase: fc.boolean(),
  epochIntervalMs: fc.constantFrom(0, 5, 50, 500, 1e9),
  workers: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
  exchange: fc.option(limits, { nil: undefined, freq: 3 }),
  isKept: fc.boolean(),
  failedWrites: fewTimes(30),
  lostAt: fewTimes(100),
  stopsAt: fewTimes(100),
})

const crowdedPart: fc.Arbitrary<PartPlan> = fc.record({
  items: fc.array(itemAtMost(BOUND_MS), { minLength: 200, maxLength: 500, size: 'max' }),
  batchSizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
  aborts: fc.array(fc.nat(500), { maxLength: 3 }),
})

/** Worlds in which much is stored of few keys: the log is cleaned, by workers whose number changes. */
const longWorlds: fc.Arbitrary<World> = fc.tuple(worlds, fc.array(crowdedPart, { minLength: 2, maxLength: 3 })).map(([world, parts]): World => {
  const steps: StepPlan[] = [
    { kind: 'thirds', ups: [0, 0] },
    { kind: 'count', ups: [0, 0] },
  ]
  return { ...world, parts, steps, epochIntervalMs: world.isAsync ? 0 : 5, isKept: true, lostAt: world.lostAt.map((poll) => poll * 3) }
})

/** Worlds in which items come beyond the bound: one stream, its windows, and those who are late. */
const lateWorlds: fc.Arbitrary<World> = fc
  .tuple(
    worlds,
    fc.array(partOf(4 * BOUND_MS), { minLength: 1, maxLength: 4 }),
    fc.constantFrom<StepKind>('map', 'redistribute', 'count', 'unordered'),
  )
  .map(([world, parts, kind]): World => {
    const steps: StepPlan[] = [
      { kind, ups: [0, 0] },
      { kind: 'tumbling', ups: [1, 1] },
    ]
    return { ...world, parts, steps, isKept: true }
  })

/** Every so many worlds one is a long one, or one in which items are late. */
const LONG = 50
const LATE = 5

export function isLate(seed: number): boolean {
  return seed % LONG !== 0 && seed % LATE === 0
}

/** The world of a number. */
export function worldOf(seed: number): World {
  const kind = isLate(seed) ? lateWorlds : seed % LONG === 0 ? longWorlds : worlds
  return fc.sample(kind, { seed, numRuns: 1 })[0] as World
}

export function itemsOf({ items }: PartPlan, name: string): Item[] {
  let latestMs = 0
  return items.map(({ key, stepMs, behindMs }, index) => {
    latestMs += stepMs
    return { part: name, index, key: `${name}.${key}`, group: `${key}`, at: latestMs - behindMs, way: '' }
  })
}

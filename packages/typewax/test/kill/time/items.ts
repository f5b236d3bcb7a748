/** Owns the input of a run: items out of order within the bound, some of them late beyond doubt, whatever the batches, written to a file for each partition. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '../random.ts'
import { isJoin, OUT_OF_ORDERNESS_MS, type Plan } from './plan.ts'

export interface Item {
  readonly id: number
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly n: number
  /** The side of a join: 0 or 1. */
  readonly side: number
}

export interface Input {
  /** In order of arrival. */
  readonly items: readonly Item[]
  /** Ids of the items that no window takes any more. */
  readonly tooLate: ReadonlySet<number>
}

export const COUNT = 5_000
const KEYS = 23
const START_MS = 1_000_000
const STEP_MS = 10
/** Now and then nothing happens for a while. */
const SILENCE_EVERY = 500
const SILENCE_MS = 4_000
/** Items before this one are on time: there must be something to be late for. */
const FIRST_LATE = 200

export function inputOf(plan: Plan): Input {
  const random = seededRandom(plan.seed ^ 0x5eed)
  const items = outOfOrder(plan, random)
  const tooLate = new Set<number>()
  for (let index = FIRST_LATE; index < items.length; index++) {
    if (random() >= plan.lateShare) continue
    const { item, isTooLate } = late(items[index] as Item, plan, random)
    items[index] = item
    if (isTooLate) tooLate.add(item.id)
  }
  return { items, tooLate }
}

/** Writes the input into a directory. Files of the sides of a join are told apart by their names. */
export function writeInput(dir: string, plan: Plan, { items }: Input): void {
  mkdirSync(dir)
  const random = seededRandom(plan.seed ^ 0xf11e)
  const files = new Map<string, string[]>()
  for (const item of items) {
    const name = fileOf(item, plan, random)
    files.set(name, [...(files.get(name) ?? []), JSON.stringify(item)])
  }
  for (const [name, lines] of files) writeFileSync(join(dir, name), lines.map((line) => `${line}\n`).join(''))
}

/** Partitions of all inputs together. */
export function partitionCount(plan: Plan): number {
  if (plan.layout === 'spread') return isJoin(plan) ? 4 : 3
  return plan.layout === 'byKey' ? 3 : 1
}

function fileOf({ key, side }: Item, plan: Plan, random: () => number): string {
  if (plan.layout === 'spread')
    return isJoin(plan) ? `${side === 0 ? 'left' : 'right'}-${Math.floor(random() * 2)}` : `all-${Math.floor(random() * 3)}`
  return plan.layout === 'byKey' ? `all-${Number(key.slice(1)) % 3}` : 'all-0'
}

/** Each is less than the bound behind the latest before it. With one partition and one stream, some have the same time. */
function outOfOrder(plan: Plan, random: () => number): Item[] {
  const hasTies = plan.layout !== 'spread' && !isJoin(plan)
  let nowMs = START_MS
  const arrivals = Array.from({ length: COUNT }, (_, id) => {
    if (!hasTies || random() < 0.8) nowMs += STEP_MS
    if (id % SILENCE_EVERY === SILENCE_EVERY - 1) nowMs += SILENCE_MS
    const item = { id, key: `k${Math.floor(random() * KEYS)}`, at: nowMs, n: Math.floor(random() * 50), side: random() < 0.5 ? 0 : 1 }
    return { item, arrivesMs: nowMs + random() * (OUT_OF_ORDERNESS_MS - 1) }
  })
  return arrivals.sort((one, other) => one.arrivesMs - other.arrivesMs).map(({ item }) => item)
}

/**
 * Makes an item late: so much that the watermark is beyond all windows that it would be in even if that is as much behind as a batch, a silence and the
 * bound make it. Where late items are allowed, half of them are within what is allowed, as clearly. Where all that counts is that none is lost, late by
 * anything.
 */
function late(item: Item, { scenario, allowedLatenessMs }: Plan, random: () => number): { item: Item; isTooLate: boolean } {
  if (scenario === 'conserved') return { item: { ...item, at: item.at - Math.floor(random() * 4_000) }, isTooLate: false }
  const isTaken = allowedLatenessMs !== undefined && random() < 0.5
  return { item: { ...item, at: item.at - (isTaken ? 15_000 : 45_000) - Math.floor(random() * 5_000) }, isTooLate: !isTaken }
}

/** Owns the window operators of the campaign: one of them as a plan says, its streams as lines. */

import type { Stream } from '../../../src/index.ts'
import {
  type Clock,
  CumulativeWindower,
  collect,
  count,
  EventClock,
  mapResult,
  max,
  mean,
  quantile,
  SessionWindower,
  SlidingWindower,
  StreamClock,
  sum,
  TumblingWindower,
  variance,
  type Windower,
  type WindowOut,
  type WindowResult,
} from '../../../src/windowing/index.ts'
import type { Item } from './items.ts'
import type { Outputs } from './outputs.ts'
import { hasIds, isInOrder, OUT_OF_ORDERNESS_MS, type Plan } from './plan.ts'

export function clockOf({ clock }: Plan): Clock<Item> {
  if (clock === 'stream') return new StreamClock((item: Item) => item.at)
  // The system's clock stands still: results depend on the input alone.
  return new EventClock((item: Item) => item.at, { waitMs: OUT_OF_ORDERNESS_MS, now: () => 0, toSystemTime: () => undefined })
}

export function windowerOf({ windower }: Plan): Windower {
  switch (windower) {
    case 'tumbling':
      return new TumblingWindower({ lengthMs: 1_000, alignTo: 0 })
    case 'sliding':
      return new SlidingWindower({ lengthMs: 3_000, offsetMs: 1_000, alignTo: 0 })
    case 'halves':
      return new SlidingWindower({ lengthMs: 2_500, offsetMs: 1_000, alignTo: 300 })
    case 'session':
      return new SessionWindower({ gapMs: 300 })
    case 'cumulative':
      return new CumulativeWindower({ lengthMs: 3_000, stepMs: 1_000, alignTo: 0 })
  }
}

/** What `foldWindow` gathers: the chain depends on the order. */
interface Folded {
  count: number
  sum: number
  chain: number
}

function fold({ count, sum, chain }: Folded, { id, n }: Item): Folded {
  return { count: count + 1, sum: sum + n, chain: link(chain, id) }
}

function merge(one: Folded, other: Folded): Folded {
  return { count: one.count + other.count, sum: one.sum + other.sum, chain: link(one.chain, other.chain) }
}

function link(chain: number, id: number): number {
  return (Math.imul(chain, 31) + id) | 0
}

export function windowed(plan: Plan, all: Stream<Item>): Outputs {
  const { ordered, early, allowedLatenessMs, mode } = plan
  const [clock, windower, keyed, isSorted] = [clockOf(plan), windowerOf(plan), all.keyOn('by-key', (item) => item.key), isInOrder(plan)]
  const results = {
    ...(early !== undefined && { early }),
    ...(allowedLatenessMs !== undefined && { allowedLatenessMs }),
    mode,
  }
  switch (plan.operator) {
    case 'count':
      return linesOf(
        plan,
        all.countWindow('window', clock, windower, (item) => item.key, results),
        (items) => items,
      )
    case 'fold': {
      const out = keyed.foldWindow('window', clock, windower, () => ({ count: 0, sum: 0, chain: 0 }), fold, merge, { ...results, ordered })
      return linesOf(plan, out, ({ chain, ...folded }) => ({ ...folded, ...(isSorted && { chain }) }))
    }
    case 'collect': {
      const show = (items: readonly Item[]): readonly number[] => (isSorted ? idsOf(items) : idsOf(items).sort((one, other) => one - other))
      return linesOf(plan, keyed.collectWindow('window', clock, windower, { ...results, ordered }), show)
    }
    case 'reduce': {
      const reducer = (left: Item, right: Item): Item => ({
        ...left,
        id: isSorted ? link(left.id, right.id) : Math.max(left.id, right.id),
        n: left.n + right.n,
      })
      return linesOf(plan, keyed.reduceWindow('window', clock, windower, reducer, results), ({ id, n }) => [id, n])
    }
    case 'max':
      // Of equal ones the first to arrive.
      return linesOf(plan, keyed.maxWindow('window', clock, windower, isSorted ? ({ n }) => n : ({ id }) => id, results), ({ id }) => id)
    case 'aggregate': {
      const aggregates = {
        count: count(),
        sum: sum((item: Item) => item.n),
        mean: mean((item: Item) => item.n),
        max: max((item: Item) => item.n),
        p90: quantile(0.9, (item: Item) => item.n),
      }
      // These depend on the order of values, the first one by rounding only; with the second one windows are not sliced.
      const inOrder = plan.seed % 2 === 0 ? { variance: variance((item: Item) => item.n) } : { ids: mapResult(collect<Item>(), idsOf) }
      return linesOf(
        plan,
        keyed.aggregateWindow('window', clock, windower, isSorted ? { ...aggregates, ...inOrder } : aggregates, results),
        (result) => result,
      )
    }
  }
}

export function joined(plan: Plan, left: Stream<Item>, right: Stream<Item>): Outputs {
  const { ordered, emit, insert, kind } = plan
  const sides = [left.keyOn('key-left', (item) => item.key), right.keyOn('key-right', (item) => item.key)] as const
  const options = { ordered, emit, insert, kind }
  return linesOf(plan, sides[0].joinWindow('window', [sides[1]], clockOf(plan), windowerOf(plan), options), (row) =>
    row.map((item) => item?.id ?? null),
  )
}

/** Windows of windows: counts of each key, then of all keys the sums. What comes out of a window is not late for the next one: `meta` has what is. */
export function chained(plan: Plan, all: Stream<Item>): Outputs {
  const counts = all.countWindow('window', clockOf(plan), windowerOf(plan), (item) => item.key)
  const clock = new StreamClock((result: WindowResult<number>) => result.openTimeMs)
  const windower = new TumblingWindower({ lengthMs: 5_000, alignTo: 0 })
  const parity = counts.results.map('results-of-all', ([key, result]): [string, WindowResult<number>] => [`all-${Number(key.slice(1)) % 2}`, result])
  const sums = { sum: sum((each: WindowResult<number>) => each.result), all: collect<WindowResult<number>>() }
  const { down, late } = parity.keyed('by-parity').aggregateWindow('windows', clock, windower, sums)
  const shown = linesOf(plan, counts, (count) => count)
  return {
    ...shown,
    down: down.mapValue('down-of-all', ([windowId, { sum, all }], key) => {
      const counts = all.map(({ result }) => result)
      return lineOf(key, windowId, [sum, isInOrder(plan) ? counts : counts.sort()])
    }),
    meta: late.mapValue('late-of-all', ([windowId], key) => lineOf(key, windowId, 'late')),
  }
}

/** A line is `KEY|WINDOW JSON`. */
function linesOf<W>(plan: Plan, { down, results, late, meta }: WindowOut<Item, W>, show: (result: W) => unknown): Outputs {
  const known = hasIds(plan)
  const idOf = (windowId: number): number | undefined => (known ? windowId : undefined)
  return {
    down: down.mapValue('down', ([windowId, result], key) => lineOf(key, idOf(windowId), show(result))),
    results: results.mapValue('results', ({ windowId, result, timing, openTimeMs, closeTimeMs }, key) =>
      lineOf(key, idOf(windowId) ?? openTimeMs, [timing, openTimeMs, closeTimeMs, show(result)]),
    ),
    late: late.mapValue('late', ([windowId, item], key) => lineOf(key, idOf(windowId), item.id)),
    meta: meta.mapValue('meta', ([windowId, { openTimeMs, closeTimeMs, mergedIds }], key) =>
      lineOf(key, idOf(windowId) ?? openTimeMs, [openTimeMs, closeTimeMs, known && [...mergedIds]]),
    ),
  }
}

export function lineOf(key: string, window: number | undefined, value: unknown): string {
  return `${key}|${window ?? ''} ${JSON.stringify(value)}`
}

function idsOf(items: readonly Item[]): number[] {
  return items.map(({ id }) => id)
}

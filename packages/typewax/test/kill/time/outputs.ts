/** Owns what a plan makes of its input: streams of lines, by name. */

import type { KeyedStream, Stream } from '../../../src/index.ts'
import { type Bucket, type BucketEvent, Buckets } from './buckets.ts'
import type { Item } from './items.ts'
import { isJoin, type Plan } from './plan.ts'
import { chained, clockOf, joined, lineOf, windowed } from './windows.ts'

/** `down`, and, where there are such, `results`, `late` and `meta`. */
export type Outputs = Readonly<Record<string, KeyedStream<string>>>

export function outputsOf(plan: Plan, [left, right]: readonly [Stream<Item>, Stream<Item>]): Outputs {
  if (plan.scenario === 'joinWindow') return joined(plan, left, right)
  if (isJoin(plan)) return rowsOf(plan, byKey('key-left', left), byKey('key-right', right))
  if (plan.scenario === 'chained') return chained(plan, left)
  const isByItem = ['timers', 'byCount', 'dedupe', 'sessionize', 'throttle', 'debounce'].includes(plan.scenario)
  return isByItem ? itemwise(plan, byKey('key', left)) : windowed(plan, left)
}

function itemwise({ scenario, ordered }: Plan, keyed: KeyedStream<Item>): Outputs {
  const timestamp = ({ at }: Item): number => at
  switch (scenario) {
    case 'timers': {
      const events = keyed.stateful<BucketEvent, null, Bucket>('timers', (_state, _key, parts, context) => new Buckets(parts, context))
      return {
        down: events.filterMapValue('down', (event, key) => (event[0] === 'down' ? lineOf(key, event[1], event[2]) : undefined)),
        late: events.filterMapValue('late', (event, key) => (event[0] === 'late' ? lineOf(key, undefined, event[1]) : undefined)),
      }
    }
    case 'byCount': {
      const lists = keyed.collectByCount('lists', { size: 5, every: ordered ? 2 : 5 })
      return {
        down: lists.mapValue('down', (items, key) =>
          lineOf(
            key,
            undefined,
            items.map(({ id }) => id),
          ),
        ),
      }
    }
    case 'dedupe':
      return { down: idsOf(keyed.dedupe('dedupe', { by: ({ n }) => n % 5, withinMs: 2_000, timestamp })) }
    case 'sessionize': {
      const sessions = keyed.sessionize('sessionize', 300, { timestamp })
      return { down: sessions.mapValue('down', ([{ startMs, index }, { id }], key) => lineOf(key, startMs, [index, id])) }
    }
    case 'throttle':
      return { down: idsOf(keyed.throttle('throttle', 900, { emit: ordered ? 'last' : 'first', timestamp })) }
    default:
      return { down: idsOf(keyed.debounce('debounce', 300, { timestamp })) }
  }
}

function rowsOf(plan: Plan, left: KeyedStream<Item>, right: KeyedStream<Item>): Outputs {
  const { scenario, kind, ordered } = plan
  const isDelete = ({ n }: Item): boolean => n < 5
  const shown = (row: readonly (Item | undefined)[], key: string): string =>
    lineOf(
      key,
      undefined,
      row.map((item) => item?.id ?? null),
    )
  const clock = clockOf(plan)
  if (scenario === 'lookupJoin') {
    return { down: left.lookupJoin('join', right, { kind: ordered ? 'inner' : 'left', isDelete }).mapValue('down', shown) }
  }
  const { down, late } =
    scenario === 'intervalJoin'
      ? left.intervalJoin('join', right, clock, { lowerMs: -300, upperMs: 900, kind })
      : left.asOfJoin('join', right, clock, { kind: ordered ? 'inner' : 'left', toleranceMs: 1_500, isDelete })
  return { down: down.mapValue('down', shown), late: idsOf(late, 'late') }
}

function byKey(stepId: string, items: Stream<Item>): KeyedStream<Item> {
  return items.keyOn(stepId, ({ key }) => key)
}

function idsOf(items: KeyedStream<Item>, stepId = 'down'): KeyedStream<string> {
  return items.mapValue(stepId, ({ id }, key) => lineOf(key, undefined, id))
}

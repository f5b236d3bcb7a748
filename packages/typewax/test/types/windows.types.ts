/** Owns the type tests of windows: what is inferred, from the clock to the result, that both forms agree, and what must not compile. */

import type { KeyedStream, WindowMetadata, WindowOut } from '../../src/index.ts'
import * as win from '../../src/windowing/index.ts'
import { type Clock, type ClockLogic, EventClock, SessionWindower, SystemClock, TumblingWindower } from '../../src/windowing/index.ts'
import { agree, type Customer, counts, customers, is, lines, type Order, orders, texts } from './expect.ts'

declare const pairValues: KeyedStream<[string, number]>

const tumbling = new TumblingWindower({ lengthMs: 1_000, alignTo: 0 })
const clock = new EventClock((order: Order) => order.at, { waitMs: 0 })
const system = new SystemClock()

// ---------------------------------------------------------------- results
is<KeyedStream<[windowId: number, result: Order[]]>>()(orders.collectWindow('w', clock, tumbling).down)
is<KeyedStream<[windowId: number, result: Set<Order>]>>()(orders.collectWindow('w', clock, tumbling, { into: 'set' }).down)
is<KeyedStream<[windowId: number, result: Map<string, number>]>>()(pairValues.collectWindow('w', system, tumbling, { into: 'map' }).down)
is<KeyedStream<[windowId: number, value: Order]>>()(orders.maxWindow('w', clock, tumbling, (order) => order.amount).late)
is<KeyedStream<[windowId: number, metadata: WindowMetadata]>>()(
  orders.reduceWindow('w', clock, tumbling, (left, right) => (left.amount > right.amount ? left : right)).meta,
)
is<WindowOut<number, number>>()(counts.minWindow('w', system, tumbling))
is<WindowOut<string, number>>()(lines.countWindow('w', system, tumbling, (line) => line))
is<WindowOut<Order, number>>()(
  orders.foldWindow(
    'w',
    new EventClock((order) => order.at, { waitMs: 5 }),
    new SessionWindower({ gapMs: 5 }),
    () => 0,
    (sum, order) => sum + order.amount,
    (target, original) => target + original,
    { ordered: false, forgetAfterMs: 5 },
  ),
)
is<WindowOut<Order, [number, string]>>()(
  orders.window('w', clock, tumbling, (resumeState: number | undefined) => {
    let n = resumeState ?? 0
    return {
      onValue: (order, timestampMs) => {
        n += timestampMs - order.at
        return []
      },
      onMerge: () => [],
      onClose: () => [[n, 'n']],
      snapshot: () => n,
    }
  }),
)

// ---------------------------------------------------------------- joins: an inline clock sees the values of all sides
is<WindowOut<Order | Customer, [Order | undefined, Customer | undefined]>>()(
  orders.joinWindow('j', [customers], new EventClock((value) => value.at, { waitMs: 0 }), tumbling),
)
is<WindowOut<Order | Customer, [Order, Customer]>>()(orders.joinWindow('j', [customers], system, tumbling, { emit: 'complete', ordered: false }))

// ---------------------------------------------------------------- timestamps, and clocks of the user's
orders.collectWindow('w', new EventClock(({ at }) => new Date(at), { waitMs: 0, now: () => new Date() }), tumbling)
orders.collectWindow('w', new EventClock(({ at }) => ({ epochMilliseconds: at }), { waitMs: 0 }), tumbling)
class CountingClock implements Clock<unknown, number> {
  build(resumeState: unknown): ClockLogic<unknown, number> {
    let count = typeof resumeState === 'number' ? resumeState : 0
    return {
      get watermarkMs() {
        return count
      },
      beforeBatch: () => {},
      onItem: () => ++count,
      onNotify: () => {},
      onEof: () => Number.POSITIVE_INFINITY,
      wakeAt: () => undefined,
      snapshot: () => count,
    }
  }
}
is<WindowOut<Order, Order[]>>()(orders.collectWindow('w', new CountingClock(), tumbling))

// ---------------------------------------------------------------- both forms
const zero = (): number => 0
const plus = (left: number, right: number): number => left + right
agree(orders.collectWindow('w', clock, tumbling), win.collectWindow('w', orders, clock, tumbling))
agree(orders.collectWindow('w', clock, tumbling, { into: 'set' }), win.collectWindow('w', orders, clock, tumbling, { into: 'set' }))
agree(counts.foldWindow('w', system, tumbling, zero, plus, plus), win.foldWindow('w', counts, system, tumbling, zero, plus, plus))
agree(counts.reduceWindow('w', system, tumbling, plus), win.reduceWindow('w', counts, system, tumbling, plus))
agree(counts.maxWindow('w', system, tumbling), win.maxWindow('w', counts, system, tumbling))
agree(counts.minWindow('w', system, tumbling), win.minWindow('w', counts, system, tumbling))
agree(
  lines.countWindow('w', system, tumbling, (line) => line),
  win.countWindow('w', lines, system, tumbling, (line) => line),
)
agree(orders.joinWindow('w', [customers, texts], system, tumbling), win.joinWindow('w', orders, [customers, texts], system, tumbling))

// ---------------------------------------------------------------- must not compile
// @ts-expect-error the clock reads another type
counts.maxWindow('w', clock, tumbling)
// @ts-expect-error the clock reads one side only
orders.joinWindow('j', [counts], clock, tumbling)
// @ts-expect-error a side is not keyed
orders.joinWindow('j', [lines], system, tumbling)
// @ts-expect-error under 'final' a side may be missing
orders.joinWindow('j', [customers], system, tumbling).down.mapValue('v', ([, [order]]) => order.amount)
// @ts-expect-error unknown mode
orders.joinWindow('j', [customers], system, tumbling, { emit: 'sometimes' })
// @ts-expect-error into: 'map' needs pairs as values
counts.collectWindow('w', system, tumbling, { into: 'map' }).down.mapValue('v', ([, map]) => map.size)
// @ts-expect-error unknown container
counts.collectWindow('w', system, tumbling, { into: 'tuple' })
// @ts-expect-error windows are of keys
lines.collectWindow('w', system, tumbling)
// @ts-expect-error the result has three streams
counts.collectWindow('w', system, tumbling).mapValue('v', (value) => value)
// @ts-expect-error a text is no timestamp
orders.collectWindow('w', new EventClock((order: Order) => order.customer, { waitMs: 0 }), tumbling)
// @ts-expect-error how long to wait has to be said
orders.collectWindow('w', new EventClock((order: Order) => order.at), tumbling)
// @ts-expect-error where windows begin has to be said
orders.collectWindow('w', clock, new TumblingWindower({ lengthMs: 5 }))
// @ts-expect-error counting takes values as they come
lines.countWindow('w', system, tumbling, (line) => line, { ordered: true })
const toText = (target: number, original: number): string => `${target}${original}`
// @ts-expect-error the merger combines two accumulators into one
counts.foldWindow('w', system, tumbling, zero, plus, toText)

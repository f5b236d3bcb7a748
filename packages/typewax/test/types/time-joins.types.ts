/** Compiled, not run: types of the joins by time, of the lookup join, and of the kinds of `joinWindow`. */

import type { KeyedStream } from '../../src/index.ts'
import * as joins from '../../src/joins/index.ts'
import { EventClock, StreamClock, SystemClock, TumblingWindower, type WindowOut } from '../../src/windowing/index.ts'
import { agree, type Customer, counts, customers, is, lines, type Order, orders, texts } from './expect.ts'

const clock = new StreamClock((value: Order | Customer) => value.at)
const system = new SystemClock()
const tumbling = new TumblingWindower({ lengthMs: 1_000, alignTo: 0 })
const near = { lowerMs: 0, upperMs: 1_000 }

// ---------------------------------------------------------------- intervalJoin
is<joins.JoinOut<Order | Customer, [Order, Customer]>>()(orders.intervalJoin('j', customers, clock, near))
is<KeyedStream<Order | Customer>>()(orders.intervalJoin('j', customers, clock, near).late)
is<KeyedStream<[Order, Customer]>>()(orders.intervalJoin('j', customers, clock, { ...near, kind: 'inner' }).down)
is<KeyedStream<[Order, Customer | undefined]>>()(orders.intervalJoin('j', customers, clock, { ...near, kind: 'left' }).down)
is<KeyedStream<[Order | undefined, Customer]>>()(orders.intervalJoin('j', customers, clock, { ...near, kind: 'right' }).down)
is<KeyedStream<[Order | undefined, Customer | undefined]>>()(orders.intervalJoin('j', customers, clock, { ...near, kind: 'outer' }).down)
// A clock that is written in place sees both sides.
is<KeyedStream<[Order, Customer]>>()(orders.intervalJoin('j', customers, new StreamClock((value) => value.at), near).down)
is<KeyedStream<[Order, number]>>()(
  orders.intervalJoin('j', counts, new EventClock((value) => is<Order | number>()(value) ?? 0, { waitMs: 0 }), near).down,
)

// ---------------------------------------------------------------- asOfJoin
is<joins.JoinOut<Order | Customer, [Order, Customer | undefined]>>()(orders.asOfJoin('j', customers, clock))
is<KeyedStream<[Order, Customer]>>()(orders.asOfJoin('j', customers, clock, { kind: 'inner' }).down)
is<KeyedStream<[Order, Customer | undefined]>>()(orders.asOfJoin('j', customers, new StreamClock((value) => value.at), { toleranceMs: 5 }).down)
is<KeyedStream<[Order, Customer | undefined]>>()(orders.asOfJoin('j', customers, clock, { isDelete: (version) => version.name === '' }).down)

// ---------------------------------------------------------------- lookupJoin
is<KeyedStream<[Order, Customer]>>()(orders.lookupJoin('j', customers))
is<KeyedStream<[Order, Customer | undefined]>>()(orders.lookupJoin('j', customers, { kind: 'left' }))
is<KeyedStream<[Order, Customer]>>()(orders.lookupJoin('j', customers, { isDelete: (row) => row.name === '' }))

// ---------------------------------------------------------------- joinWindow
type Sides = Order | Customer | string
is<WindowOut<Sides, [Order | undefined, Customer | undefined, string | undefined]>>()(orders.joinWindow('j', [customers, texts], system, tumbling))
is<WindowOut<Sides, [Order, Customer, string]>>()(orders.joinWindow('j', [customers, texts], system, tumbling, { kind: 'inner' }))
is<WindowOut<Sides, [Order, Customer | undefined, string | undefined]>>()(
  orders.joinWindow('j', [customers, texts], system, tumbling, { kind: 'left' }),
)
is<WindowOut<Sides, [Order | undefined, Customer | undefined, string]>>()(
  orders.joinWindow('j', [customers, texts], system, tumbling, { kind: 'right', insert: 'product' }),
)
is<WindowOut<Order | Customer, [Order, Customer | undefined]>>()(
  orders.joinWindow('j', [customers], clock, tumbling, { kind: 'left', emit: 'running', allowedLatenessMs: 5 }),
)
is<WindowOut<Order | Customer, [Order, Customer]>>()(orders.joinWindow('j', [customers], clock, tumbling, { kind: 'left', emit: 'complete' }))

// ---------------------------------------------------------------- both forms
agree(orders.intervalJoin('j', customers, clock, near), joins.intervalJoin('j', orders, customers, clock, near))
agree(orders.asOfJoin('j', customers, clock, { kind: 'inner' }), joins.asOfJoin('j', orders, customers, clock, { kind: 'inner' }))
agree(orders.lookupJoin('j', customers, { kind: 'left' }), joins.lookupJoin('j', orders, customers, { kind: 'left' }))

// ---------------------------------------------------------------- must not compile
// @ts-expect-error the clock reads one side only
orders.intervalJoin('j', counts, clock, near)
// @ts-expect-error the interval has to be given
orders.intervalJoin('j', customers, clock)
// @ts-expect-error one bound is none
orders.intervalJoin('j', customers, clock, { lowerMs: 0 })
// @ts-expect-error unknown kind
orders.intervalJoin('j', customers, clock, { ...near, kind: 'full' })
// @ts-expect-error the other side is not keyed
orders.intervalJoin('j', lines, system, near)
// @ts-expect-error joins are of keys
lines.intervalJoin('j', customers, system, near)
// @ts-expect-error a left join may lack the right side
orders.intervalJoin('j', customers, clock, { ...near, kind: 'left' }).down.mapValue('v', ([, customer]) => customer.name)
// @ts-expect-error an as-of join may find no version
orders.asOfJoin('j', customers, clock).down.mapValue('v', ([, customer]) => customer.name)
// @ts-expect-error there is no row without a left value
orders.asOfJoin('j', customers, clock, { kind: 'outer' })
// @ts-expect-error isDelete sees versions
orders.asOfJoin('j', customers, clock, { isDelete: (order: Order) => order.amount === 0 })
// @ts-expect-error there is no row without a left value
orders.lookupJoin('j', customers, { kind: 'right' })
// @ts-expect-error the other side is not keyed
orders.lookupJoin('j', lines)
// @ts-expect-error a lookup goes by no clock
orders.lookupJoin('j', customers, clock)
// @ts-expect-error under 'left' the right side may be missing
orders.joinWindow('j', [customers], clock, tumbling, { kind: 'left' }).down.mapValue('v', ([, [, customer]]) => customer.name)

/** Owns the type tests of windows by count and of the results of windows. */

import type { KeyedStream } from '../../src/index.ts'
import { aggregateByCount, collectByCount, count, EventClock, GlobalWindower, mean, type WindowResult } from '../../src/windowing/index.ts'
import { agree, is, lines, type Order, orders } from './expect.ts'

const clock = new EventClock((order: Order) => order.at, { waitMs: 0 })
const options = { size: 2, every: 1, emitRest: false }

is<KeyedStream<Order[]>>()(orders.collectByCount('w', options))
is<KeyedStream<{ n: number; mean: number }>>()(orders.aggregateByCount('w', options, { n: count(), mean: mean((order) => order.amount) }))
is<KeyedStream<WindowResult<Order[]>>>()(orders.collectWindow('w', clock, new GlobalWindower(), { early: { everyItems: 2 } }).results)

agree(orders.collectByCount('w', options), collectByCount('w', orders, options))
agree(orders.aggregateByCount('w', options, { n: count() }), aggregateByCount('w', orders, options, { n: count() }))

// @ts-expect-error a size is needed
orders.collectByCount('w', { every: 1 })
// @ts-expect-error streams without keys have no windows by count
lines.collectByCount('w', options)
// @ts-expect-error of one of the ways to give early results
orders.collectWindow('w', clock, new GlobalWindower(), { early: 'sometimes' })
// @ts-expect-error an order has no such number
orders.aggregateByCount('w', options, { mean: mean((order) => order.weight) })

/** Owns the type tests of the everyday operators on keyed streams and of `ttlMs`: what they give, that both forms agree, and what must not compile. */

import type { KeyedStream } from '../../src/index.ts'
import * as op from '../../src/operators/index.ts'
import { agree, type Customer as C, counts, customers, is, type Order as O, orders, texts } from './expect.ts'

const at = (order: O): number => order.at
const by = (order: O): string => order.customer

// duplicates
is<KeyedStream<number>>()(counts.dedupe('a'))
is<KeyedStream<string>>()(texts.dedupe('a', { withinMs: 5, timestamp: (text) => new Date(text) }))
is<KeyedStream<O>>()(orders.dedupe('a', { by, withinMs: 5, timestamp: at }))
is<KeyedStream<O>>()(orders.distinct('a', (order) => order.at))
agree(counts.dedupe('a', { withinMs: 5 }), op.dedupe('a', counts, { withinMs: 5 }))
agree(orders.dedupe('a', { by }), op.dedupe('a', orders, { by }))
agree(counts.distinct('a'), op.distinct('a', counts))
agree(orders.distinct('a', by), op.distinct('a', orders, by))
declare const flags: KeyedStream<boolean | null | undefined>
is<KeyedStream<boolean | null | undefined>>()(flags.distinct('a'))

// rates, sessions, ranks
is<KeyedStream<O>>()(
  orders
    .debounce('a', 5)
    .throttle('b', 5)
    .throttle('c', 5, { emit: 'last', timestamp: (order) => order.at }),
)
is<KeyedStream<[session: op.Session, value: O]>>()(orders.sessionize('a', 5, { timestamp: at }))
is<KeyedStream<O[]>>()(orders.topK('a', 3, (order) => order.amount, { id: (order) => order.customer }))
agree(orders.debounce('a', 5, { timestamp: at }), op.debounce('a', orders, 5, { timestamp: at }))
agree(orders.throttle('a', 5, { emit: 'first' }), op.throttle('a', orders, 5, { emit: 'first' }))
agree(orders.sessionize('a', 5), op.sessionize('a', orders, 5))
agree(orders.topK('a', 3, by), op.topK('a', orders, 3, by))

// ttlMs
declare const ttl: { ttlMs: number } | undefined
is<KeyedStream<string>>()(counts.statefulMap('a', (sum: number | undefined, n) => [(sum ?? 0) + n, `${n}`], ttl))
is<KeyedStream<string>>()(counts.statefulMap('a', (sum: number | undefined, n, key) => [(sum ?? 0) + n, key], { ttlMs: 5, timestamp: (n) => n }))
is<KeyedStream<string>>()(
  counts.statefulMap(
    'a',
    () => [0, 0],
    (state, n, key) => [[...state, n], key],
    { ttlMs: 5, timestamp: (n) => n },
  ),
)
is<KeyedStream<string>>()(counts.statefulFlatMap('a', (sum: number | undefined, n) => [sum, [`${n}`]], { ttlMs: 5 }))
is<KeyedStream<number>>()(
  counts.tryStatefulMap(
    'a',
    () => 0,
    (sum, n) => [sum, n],
    { ttlMs: 5 },
  ).oks,
)
is<KeyedStream<number>>()(
  counts.stateful('a', (state: number | undefined) => ({ onItem: (n) => [[n]], snapshot: () => state ?? 0 }), { ttlMs: 5, timestamp: (n) => n }),
)
is<KeyedStream<number>>()(
  counts.statefulBatch('a', (state: number | undefined) => ({ onBatch: (ns) => [ns], snapshot: () => state ?? 0 }), { ttlMs: 5 }),
)
is<KeyedStream<[O, C]>>()(orders.join('a', [customers], { ttlMs: 5, timestamp: (value) => value.at }))
is<KeyedStream<[O | undefined, C | undefined]>>()(orders.join('a', [customers], { emit: 'running', ttlMs: 5 }))

// ---------------------------------------------------------------- must not compile
// @ts-expect-error objects are not equal by themselves
orders.dedupe('a')
// @ts-expect-error nor with a time
orders.dedupe('a', { withinMs: 5 })
// @ts-expect-error nor here
orders.distinct('a')
// @ts-expect-error an object is no identity
orders.distinct('a', (order) => order)
// @ts-expect-error a timestamp is no text
orders.dedupe('a', { by, withinMs: 5, timestamp: by })
// @ts-expect-error the options are an object
orders.throttle('a', 5, 'last')
// @ts-expect-error unknown mode
orders.throttle('a', 5, { emit: 'all' })
// @ts-expect-error the time is needed
orders.debounce('a')
// @ts-expect-error a rank is no date
orders.topK('a', 3, (order) => new Date(order.at))
// @ts-expect-error ids are texts
orders.topK('a', 3, by, { id: at })
// @ts-expect-error the values are lists
orders.topK('a', 3, by).mapValue('b', (order) => order.amount)
// @ts-expect-error the timestamp is one of a value of any side
orders.join('a', [counts], { ttlMs: 5, timestamp: (value) => value.at })
// @ts-expect-error unknown option
counts.statefulMap('a', (sum: number | undefined, n) => [sum, n], { ttl: 5 })

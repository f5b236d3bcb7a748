/** Owns the type tests of aggregates: what is inferred where an operator takes them by name, what it is outside of one, and what must not compile. */

import {
  type Aggregate,
  type Aggregates,
  approxDistinct,
  approxQuantile,
  collect,
  combine,
  count,
  countIf,
  distinct,
  filtered,
  first,
  fold,
  type Held,
  last,
  type Mean,
  mapResult,
  max,
  maxBy,
  mean,
  min,
  minBy,
  quantile,
  quantiles,
  reduce,
  type Selection,
  share,
  stddev,
  sum,
  topK,
  variance,
} from '../../src/aggregates/index.ts'
import type { KeyedStream } from '../../src/index.ts'
import { type Animal, counts, type Dog, is, type Order, orders } from './expect.ts'

/** An operator as a function, and as a method: the two ways in which aggregates meet the values of a stream. */
declare function aggregate<V, R extends object>(stepId: string, up: KeyedStream<V>, aggregates: Aggregates<V, R>): R
interface Aggregated<V> {
  aggregate<R extends object>(stepId: string, aggregates: Aggregates<V, R>): R
}
declare const ofOrders: Aggregated<Order>
declare const ofNumbers: Aggregated<number>
declare const ofEvents: Aggregated<{ kind: 'click'; x: number } | { kind: 'key'; key: string }>

// ---------------------------------------------------------------- functions know their values, results their types
is<{ n: number; mean: number; p95: number; worst: Order }>()(
  ofOrders.aggregate('a', {
    n: count(),
    mean: mean((order) => order.amount),
    p95: quantile(0.95, (order) => order.amount),
    worst: maxBy((order) => order.amount),
  }),
)
is<{ n: number; mean: number; worst: Order }>()(
  aggregate('a', orders, { n: count(), mean: mean((order) => order.amount), worst: maxBy((order) => order.amount) }),
)
is<{ a: number; b: number; c: number; d: number; e: number; f: number; g: number }>()(
  ofOrders.aggregate('a', {
    a: countIf((order) => order.amount > 3),
    b: share((order) => order.amount > 3),
    c: sum((order) => order.amount),
    d: min((order) => order.amount),
    e: max((order) => order.amount),
    f: variance((order) => order.amount, { of: 'population' }),
    g: stddev((order) => order.amount),
  }),
)
is<{ a: number; b: number; c: number; d: number[] }>()(
  ofOrders.aggregate('a', {
    a: distinct((order) => order.customer),
    b: approxDistinct((order) => order.customer),
    c: approxQuantile(0.5, (order) => order.amount),
    d: quantiles([0.5, 0.9], (order) => order.amount),
  }),
)
is<{ a: Order; b: Order; c: Order; d: Order; e: Order[]; f: Order[] }>()(
  ofOrders.aggregate('a', {
    a: first(),
    b: last(),
    c: minBy((order) => order.customer),
    d: reduce((left, right) => (left.amount > right.amount ? left : right)),
    e: collect(),
    f: topK(3, (order) => order.amount),
  }),
)

// ---------------------------------------------------------------- aggregates of aggregates, and own ones
is<{ n: number; mean: number; worst: Order | undefined; first: Order | undefined }>()(
  ofOrders.aggregate('a', {
    n: filtered((order) => order.amount > 3, count()),
    mean: filtered(
      (order) => order.amount > 3,
      mean((order) => order.amount),
    ),
    worst: filtered(
      (order) => order.amount > 3,
      maxBy((order) => order.amount),
    ),
    first: filtered((order) => order.amount > 3, first()),
  }),
)
is<{ text: string; customer: string; at: number }>()(
  ofOrders.aggregate('a', {
    text: mapResult(
      mean((order) => order.amount),
      (mean) => mean.toFixed(2),
    ),
    customer: mapResult(
      maxBy((order) => order.amount),
      (order) => order.customer,
    ),
    at: mapResult(first(), (order) => order.at),
  }),
)
is<{ of: { n: number; worst: Order | undefined }; ratio: string }>()(
  ofOrders.aggregate('a', {
    of: combine({
      n: count(),
      worst: filtered(
        (order) => order.amount > 3,
        maxBy((order) => order.amount),
      ),
    }),
    ratio: mapResult(combine({ n: count(), sum: sum((order) => order.amount) }), ({ n, sum }) => `${sum / n}`),
  }),
)
is<{ total: string }>()(
  ofOrders.aggregate('a', {
    total: fold({
      create: () => ({ sum: 0 }),
      add: (total, order) => ({ sum: total.sum + order.amount }),
      merge: (into, from) => ({ sum: into.sum + from.sum }),
      result: (total) => `${total.sum}`,
    }),
  }),
)
class Largest implements Aggregate<Order, number, string> {
  create(): number {
    return 0
  }
  add(largest: number, order: Order): number {
    return Math.max(largest, order.amount)
  }
  merge(into: number, from: number): number {
    return Math.max(into, from)
  }
  result(largest: number): string {
    return `${largest}`
  }
}
is<{ largest: string }>()(ofOrders.aggregate('a', { largest: new Largest() }))

// ---------------------------------------------------------------- streams of unions, of less, and of type parameters
is<{ x: number; all: ({ kind: 'click'; x: number } | { kind: 'key'; key: string })[] }>()(
  ofEvents.aggregate('a', { x: sum((event) => (event.kind === 'click' ? event.x : 0)), all: collect() }),
)
const ofAmounts = mean((priced: { amount: number }) => priced.amount)
is<{ mean: number }>()(ofOrders.aggregate('a', { mean: ofAmounts }))
function summarise<V extends { amount: number }>(up: KeyedStream<V>): { n: number; mean: number; first: V; top: V[] } {
  return aggregate('a', up, { n: count(), mean: mean((value) => value.amount), first: first(), top: topK(3, (value) => value.amount) })
}
is<{ n: number; mean: number; first: Order; top: Order[] }>()(summarise(orders))

// ---------------------------------------------------------------- outside of an operator
is<Aggregate<unknown, number, number>>()(count())
is<Aggregate<Order, Mean, number>>()(mean((order: Order) => order.amount))
is<Selection<Order, Held<Order>, Order>>()(first<Order>())
is<Aggregate<Order, number, number>>()(filtered((order: Order) => order.amount > 3, count()))
const stats = combine({
  n: count(),
  mean: mean((order: Order) => order.amount),
  largest: new Largest(),
  worst: filtered(
    (order: Order) => order.amount > 3,
    maxBy((order) => order.amount),
  ),
})
is<Aggregate<Order, unknown[], { n: number; mean: number; largest: string; worst: Order | undefined }>>()(stats)
is<{ stats: { n: number; mean: number; largest: string; worst: Order | undefined } }>()(ofOrders.aggregate('a', { stats }))
is<Aggregate<{ amount: number } & Order, unknown[], { mean: number; worst: Order }>>()(
  combine({ mean: ofAmounts, worst: maxBy((order: Order) => order.amount) }),
)
const animals: Aggregate<Animal, number, number> = fold({
  create: () => 0,
  add: (letters, animal: Animal) => letters + animal.name.length,
  merge: (into, from) => into + from,
  result: (letters) => letters,
})
export const dogs: Aggregate<Dog, number, number> = animals

// ---------------------------------------------------------------- must not compile
// @ts-expect-error an aggregate of orders, and numbers as values
ofNumbers.aggregate('a', { worst: maxBy((order: Order) => order.amount) })
// @ts-expect-error the same with a class
ofNumbers.aggregate('a', { largest: new Largest() })
// @ts-expect-error the same with several in one
ofNumbers.aggregate('a', { stats })
// @ts-expect-error the same as a function
aggregate('a', counts, { mean: ofAmounts })
// @ts-expect-error a text is no number
ofOrders.aggregate('a', { mean: mean((order) => order.customer) })
// @ts-expect-error the values have no such field
ofOrders.aggregate('a', { mean: mean((order) => order.price) })
// @ts-expect-error an object can't be told apart by its value
ofOrders.aggregate('a', { customers: distinct((order) => ({ name: order.customer })) })
// @ts-expect-error a predicate returns a boolean
ofOrders.aggregate('a', { n: countIf((order) => order.amount) })
// @ts-expect-error aggregates have names
ofOrders.aggregate('a', count())
// @ts-expect-error an aggregate is called for
ofOrders.aggregate('a', { n: count })
// @ts-expect-error unknown option
variance((order: Order) => order.amount, { of: 'all' })
// @ts-expect-error no aggregate
combine({ n: count(), m: 3 })
// @ts-expect-error an aggregate of animals can't be fed by one of dogs
export const wrong: () => Aggregate<Animal, number, number> = () => dogs
// @ts-expect-error of no values there is no order
filtered((order: Order) => order.amount > 3, first()).result({ isEmpty: true, value: undefined }).amount
const toText = (into: number, from: number): string => `${into}${from}`
// @ts-expect-error the merger makes another accumulator
fold({ create: () => 0, add: (n: number, order: Order) => n + order.amount, merge: toText, result: (n: number) => n })

/** Owns the aggregates under test, each with a computation of the same over a plain list, as naive as can be. */

import type { Aggregate } from '../../src/aggregates/index.ts'
import * as aggregates from '../../src/aggregates/index.ts'

export interface Item {
  readonly n: number
  readonly x: number
  readonly s: string
}

export interface Case {
  readonly name: string
  readonly make: () => Aggregate<Item, unknown, unknown>
  readonly naive: (items: readonly Item[]) => unknown
  /** Whether rounding depends on the order in which numbers are added. */
  readonly isRounded?: boolean
}

const n = (item: Item): number => item.n
const x = (item: Item): number => item.x
const s = (item: Item): string => item.s
const isEven = (item: Item): boolean => item.n % 2 === 0

const total = (numbers: readonly number[]): number => numbers.reduce((left, right) => left + right, 0)
const meanOf = (numbers: readonly number[]): number => total(numbers) / numbers.length
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((left, right) => left - right)
const varianceOf = (numbers: readonly number[], less: number): number => {
  const mean = meanOf(numbers)
  return numbers.length > less ? total(numbers.map((each) => (each - mean) ** 2)) / (numbers.length - less) : Number.NaN
}
/** The least number that at least the share `q` does not exceed: by looking at each. */
export const quantileOf = (q: number, numbers: readonly number[]): number => {
  const ascending = sorted(numbers)
  return ascending.find((_, index) => (index + 1) / ascending.length >= q) ?? Number.NaN
}
const descending = (items: readonly Item[]): Item[] => [...items].sort((left, right) => right.n - left.n)

export const cases: readonly Case[] = [
  of(
    'count',
    () => aggregates.count(),
    (items) => items.length,
  ),
  of(
    'countIf',
    () => aggregates.countIf(isEven),
    (items) => items.filter(isEven).length,
  ),
  of(
    'share',
    () => aggregates.share(isEven),
    (items) => items.filter(isEven).length / items.length,
  ),
  of(
    'sum of integers',
    () => aggregates.sum(n),
    (items) => total(items.map(n)),
  ),
  rounded(
    'sum',
    () => aggregates.sum(x),
    (items) => total(items.map(x)),
  ),
  of(
    'mean of integers',
    () => aggregates.mean(n),
    (items) => meanOf(items.map(n)),
  ),
  rounded(
    'mean',
    () => aggregates.mean(x),
    (items) => meanOf(items.map(x)),
  ),
  of(
    'min',
    () => aggregates.min(x),
    (items) => (items.length === 0 ? Number.NaN : Math.min(...items.map(x))),
  ),
  of(
    'max',
    () => aggregates.max(x),
    (items) => (items.length === 0 ? Number.NaN : Math.max(...items.map(x))),
  ),
  of(
    'minBy',
    () => aggregates.minBy(n),
    (items) => items.find((item) => item.n === Math.min(...items.map(n))),
  ),
  of(
    'maxBy',
    () => aggregates.maxBy(n),
    (items) => descending(items)[0],
  ),
  of(
    'maxBy of texts',
    () => aggregates.maxBy(s),
    (items) => items.find((item) => item.s === items.map(s).sort().at(-1)),
  ),
  of(
    'first',
    () => aggregates.first(),
    (items) => items[0],
  ),
  of(
    'last',
    () => aggregates.last(),
    (items) => items.at(-1),
  ),
  of(
    'reduce',
    () => aggregates.reduce<Item>((left, right) => ({ ...right, s: left.s + right.s })),
    (items) => (items.length === 0 ? undefined : { ...items.at(-1), s: items.map(s).join('') }),
  ),
  rounded(
    'variance',
    () => aggregates.variance(x),
    (items) => varianceOf(items.map(x), 1),
  ),
  rounded(
    'variance of a population',
    () => aggregates.variance(x, { of: 'population' }),
    (items) => varianceOf(items.map(x), 0),
  ),
  rounded(
    'stddev',
    () => aggregates.stddev(x),
    (items) => Math.sqrt(varianceOf(items.map(x), 1)),
  ),
  of(
    'distinct',
    () => aggregates.distinct((item: Item) => item.n % 10),
    (items) => new Set(items.map((item) => item.n % 10)).size,
  ),
  of(
    'collect',
    () => aggregates.collect(),
    (items) => items,
  ),
  of(
    'topK',
    () => aggregates.topK(3, n),
    (items) => descending(items).slice(0, 3),
  ),
  of(
    'quantile',
    () => aggregates.quantile(0.9, x),
    (items) => quantileOf(0.9, items.map(x)),
  ),
  of(
    'quantiles',
    () => aggregates.quantiles([0.5, 0, 1, 0.07], n),
    (items) => [0.5, 0, 1, 0.07].map((q) => quantileOf(q, items.map(n))),
  ),
  of(
    'approxDistinct of few',
    () => aggregates.approxDistinct((item: Item) => item.n % 50),
    (items) => new Set(items.map((item) => item.n % 50)).size,
  ),
  of(
    'fold',
    () =>
      aggregates.fold({
        create: () => '',
        add: (text, item: Item) => text + item.s,
        merge: (into, from) => into + from,
        result: (text) => text.length,
      }),
    (items) => items.map(s).join('').length,
  ),
  of(
    'mapResult',
    () => aggregates.mapResult(aggregates.sum(n), (total) => `${total} in all`),
    (items) => `${total(items.map(n))} in all`,
  ),
  of(
    'filtered',
    () => aggregates.filtered(isEven, aggregates.topK(2, n)),
    (items) => descending(items.filter(isEven)).slice(0, 2),
  ),
  of(
    'combine',
    () => aggregates.combine({ n: aggregates.count(), least: aggregates.minBy(n), all: aggregates.collect<Item>() }),
    (items) => ({
      n: items.length,
      least: items.find((item) => item.n === Math.min(...items.map(n))),
      all: items,
    }),
  ),
]

function of<A, R>(name: string, make: () => Aggregate<Item, A, R>, naive: (items: readonly Item[]) => unknown): Case {
  return { name, make: make as unknown as Case['make'], naive }
}

function rounded<A, R>(name: string, make: () => Aggregate<Item, A, R>, naive: (items: readonly Item[]) => unknown): Case {
  return { ...of(name, make, naive), isRounded: true }
}

/**
 * Owns the functions that the cases name, apart from those with state (`logics.ts`). The names and what they do are the recorded corpus': see
 * `README.md`. `undefined` is its NOTHING, "drop this".
 */

import type { TtlCache } from '../../src/index.ts'

/** What user code throws in the cases. */
class Boom extends Error {
  constructor(value: unknown) {
    super(`boom: ${JSON.stringify(value ?? null)}`)
    this.name = 'Boom'
  }
}

export function boom(value: unknown): never {
  throw new Boom(value)
}

/** A function of the vocabulary as the operators take it: the cases feed it with what it is made for, or with misuse on purpose. */
export type Fn = (...args: readonly unknown[]) => unknown

type Named<A extends readonly unknown[]> = Readonly<Record<string, (...args: A) => unknown>>

const onNumbers: Named<[x: number]> = {
  add1: (x) => x + 1,
  double: (x) => 2 * x,
  neg: (x) => -x,
  square: (x) => x * x,
  half: (x) => x / 2,
  mod3,
  to_str: (x) => String(x),
  mod3_str: (x) => String(mod3(x)),
  even: isEven,
  positive: (x) => x > 0,
  mod3_nonzero: (x) => mod3(x) !== 0,
  is_big: (x) => x >= 10,
  half_if_even: (x) => (isEven(x) ? x / 2 : undefined),
  add1_if_positive: (x) => (x > 0 ? x + 1 : undefined),
  is_even_or_drop_negative: (x) => (x < 0 ? undefined : isEven(x)),
  null_if_odd: (x) => (isEven(x) ? x : null),
  range_mod4: (x) => Array.from({ length: mod(x, 4) }, (_, index) => index),
  self_if_even: (x) => (isEven(x) ? [x] : []),
  *gen_countdown(x) {
    for (let left = mod(x, 4); left > 0; left--) yield left
  },
}

const onTexts: Named<[x: string]> = {
  upper: (x) => x.toUpperCase(),
  reverse_str: (x) => [...x].reverse().join(''),
  first_char: (x) => [...x][0] ?? '',
  upper_if_short: (x) => (length(x) <= 3 ? x.toUpperCase() : undefined),
  empty_if_short: (x) => (length(x) <= 3 ? '' : undefined),
  chars: (x) => [...x],
  words: (x) => x.split(' ').filter((word) => word !== ''),
}

const onLists: Named<[x: readonly number[]]> = {
  sum_list: (x) => x.reduce((sum, each) => sum + each, 0),
  sort_list: (x) => [...x].sort(order),
  first: (x) => x[0],
  second: (x) => x[1],
}

const onListsAndTexts: Named<[x: string | readonly unknown[]]> = {
  len: length,
  len_str: (x) => String(length(x)),
  nonempty: (x) => length(x) > 0,
  short: (x) => length(x) <= 3,
}

const onAnything: Named<[x: unknown]> = {
  identity: (x) => x,
  wrap: (x) => [x],
  pair_self: (x) => [x, x],
  is_null: (x) => x === null,
  not_null: (x) => x !== null,
  always: () => true,
  never: () => false,
  keep_nonnull: (x) => x ?? undefined,
  dup: (x) => [x, x],
  nothing: () => [],
  throw: boom,
  throw_on_3: (x) => (x === 3 ? boom(x) : x),
  return_int: () => 1,
  return_zero: () => 0,
  return_null: () => null,
  return_str: () => 'yes',
  return_list: (x) => [x],
}

const batchFns: Named<[items: readonly number[]]> = {
  each_add1: (items) => items.map((x) => x + 1),
  only_even: (items) => items.filter(isEven),
  *each_twice(items) {
    for (const x of items) {
      yield x
      yield x
    }
  },
  throw: boom,
  return_null: () => null,
  return_int: () => 1,
}

const cachedFns: Named<[cache: TtlCache<unknown, unknown>, x: unknown]> = {
  lookup_pair: (cache, x) => [x, cache.get(x)],
  lookup_twice: (cache, x) => [cache.get(x), cache.get(x)],
  lookup_and_remove: (cache, x) => {
    const pair = [x, cache.get(x)]
    cache.remove(x)
    return pair
  },
  remove_missing: (cache, x) => cache.remove(x),
}

const reducers: Named<[a: never, b: never]> = {
  sum: (a: number, b: number) => a + b,
  product: (a: number, b: number) => a * b,
  max: (a: unknown, b: unknown) => (order(b, a) > 0 ? b : a),
  min: (a: unknown, b: unknown) => (order(b, a) < 0 ? b : a),
  concat: (a: string | unknown[], b: string | unknown[]) => (Array.isArray(a) ? a.concat(b) : `${a}${b}`),
  keep_first: (a: unknown) => a,
  keep_last: (_a: unknown, b: unknown) => b,
  throw: (_a: unknown, b: unknown) => boom(b),
}

const partFns: Named<[key: string]> = {
  zero: () => 0,
  len: length,
  int: Number,
  minus_one: () => -1,
  return_str: () => '0',
  throw: boom,
}

const TABLE: Readonly<Record<string, number>> = { a: 1, b: 2, c: 3 }

/** Gives an item function. `not callable` is no function at all. */
export function itemFn(name: string | undefined): Fn {
  if (name === 'not callable') return name as unknown as Fn
  return find('item function', { ...onNumbers, ...onTexts, ...onLists, ...onListsAndTexts, ...onAnything }, name)
}

export function batchFn(name: string | undefined): Fn {
  return find('batch function', batchFns, name)
}

export function cachedFn(name: string | undefined): Fn {
  return find('cached function', cachedFns, name)
}

export function reducer(name: string | undefined): Fn {
  return find('reducer', reducers, name)
}

export function partFn(name: string): (key: string) => number {
  return find('part function', partFns, name) as (key: string) => number
}

/** Gives a getter; `call_index` counts anew for each flow. */
export function getter(name: string | undefined): Fn {
  let calls = 0
  return find('getter', { table: (key: string) => TABLE[key] ?? null, call_index: () => calls++, throw: boom }, name)
}

/** Finds an entry of a part of the vocabulary. */
export function find<T>(what: string, among: Readonly<Record<string, T>>, name: string | undefined): Fn {
  const found = name === undefined ? undefined : among[name]
  if (found === undefined) throw new UnknownName(what, name)
  return found as Fn
}

/** A case needs a word that this adapter does not know: no failure of the engine. */
export class UnknownName extends Error {
  constructor(what: string, name: unknown) {
    super(`the vocabulary has no ${what} ${typeof name === 'object' ? JSON.stringify(name) : name}`)
  }
}

/** Orders numbers, texts, and lists element by element. */
export function order(a: unknown, b: unknown): number {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b ? 0 : (a as number) < (b as number) ? -1 : 1
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = order(a[index], b[index])
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Number of elements or code points. */
function length(x: string | readonly unknown[]): number {
  return typeof x === 'string' ? [...x].length : x.length
}

export function mod3(x: number): number {
  return mod(x, 3)
}

/** The remainder in 0 … divisor − 1. */
function mod(x: number, divisor: number): number {
  return ((x % divisor) + divisor) % divisor
}

function isEven(x: number): boolean {
  return mod(x, 2) === 0
}

/** Owns the functions with state that the cases name: mappers, logics, folds. See `README.md` for what each does; a fresh key has the state `undefined`. */

import { DISCARD, type Emit } from '../../src/index.ts'
import { boom, type Fn, find, mod3, order } from './vocabulary.ts'

type Mapper = (state: never, value: never) => unknown
type State<T> = T | undefined

const mappers: Readonly<Record<string, Mapper>> = {
  running_sum: (state: State<number>, value: number) => twice((state ?? 0) + value),
  running_count: (state: State<number>) => twice((state ?? 0) + 1),
  running_mean: (state: State<[number, number]>, value: number) => {
    const [total, n] = [(state?.[0] ?? 0) + value, (state?.[1] ?? 0) + 1]
    return [[total, n], total / n]
  },
  running_max: (state: State<number>, value: number) => twice(state === undefined ? value : Math.max(state, value)),
  prev_pair: (state: unknown, value: unknown) => [value, [state, value]],
  reset_at_3: (state: State<number>) => {
    const n = (state ?? 0) + 1
    return [n === 3 ? undefined : n, n]
  },
  sum_reset_on_negative: (state: State<number>, value: number) => {
    const sum = (state ?? 0) + value
    return [value < 0 ? undefined : sum, sum]
  },
  collect_so_far: (state: State<unknown[]>, value: unknown) => twice([...(state ?? []), value]),
  forget: (state: unknown, value: unknown) => [undefined, [state, value]],
  throw: (_state: unknown, value: unknown) => boom(value),
  throw_on_3: (state: State<number>, value: unknown) => (value === 3 ? boom(value) : [state, value]),
  return_int: () => 1,
  return_null: () => null,
  return_triple: () => [1, 2, 3],
}

const flatMappers: Readonly<Record<string, Mapper>> = {
  pairs_of_2: (state: State<unknown[]>, value: unknown) => (state === undefined ? [[value], []] : [undefined, [[...state, value]]]),
  dedupe_consecutive: (state: unknown, value: unknown) => [value, state !== undefined && order(state, value) === 0 ? [] : [value]],
  repeat_mod3: (state: State<number>, value: number) => {
    const before = state ?? 0
    return [before + 1, Array.from({ length: mod3(value) }, () => [before, value])]
  },
  only_first_2: (state: State<number>, value: unknown) => [(state ?? 0) + 1, (state ?? 0) < 2 ? [value] : []],
  emit_and_forget: (state: unknown, value: unknown) => [undefined, [state, value]],
  throw: (_state: unknown, value: unknown) => boom(value),
  return_int: () => 1,
  return_null_values: () => [1, null],
}

type Builder = (resumeState: never) => unknown

const NOTHING: Emit<never> = [[]]

const logics: Readonly<Record<string, Builder>> = {
  running_count: counting,
  discard_after_3: (n = 0) => ({
    onItem: (value: unknown) => [[[++n, value]], n >= 3],
    snapshot: () => n,
  }),
  buffer_eof: (values: unknown[] = []) => ({
    onItem: (value: unknown) => {
      values.push(value)
      return NOTHING
    },
    onEof: () => [[values], DISCARD],
    snapshot: () => values,
  }),
  sum_eof_retain: (sum = 0) => ({
    onItem: (value: number) => {
      sum += value
      return NOTHING
    },
    onEof: () => [[sum]],
    snapshot: () => sum,
  }),
  emit_all_then_total: (n = 0) => ({
    onItem: (value: unknown) => {
      n += 1
      return [[value]]
    },
    onEof: () => [
      [
        ['eof', n],
        ['eof', -n],
      ],
      DISCARD,
    ],
    snapshot: () => n,
  }),
  discard_on_negative: (values: number[] = []) => ({
    onItem: (value: number) => {
      values.push(value)
      return value < 0 ? [[values], DISCARD] : NOTHING
    },
    onEof: () => [[['left', values]], DISCARD],
    snapshot: () => values,
  }),
  throw: () => ({ onItem: boom, snapshot: () => 0 }),
  throw_on_eof: (n = 0) => ({ ...counting(n), onEof: () => boom('eof') }),
  throw_on_snapshot: (n = 0) => ({ ...counting(n), snapshot: () => boom('snapshot') }),
  throw_builder: (state: unknown) => boom(state),
  return_non_pair: () => ({ onItem: (value: unknown) => [value], snapshot: () => 0 }),
}

const batchLogics: Readonly<Record<string, Builder>> = {
  running_sum: (sum = 0) => ({
    onBatch: (values: readonly number[]) => [values.map((value) => (sum += value))],
    snapshot: () => sum,
  }),
  buffer_eof: (buffered: unknown[] = []) => ({
    onBatch: (values: readonly unknown[]) => {
      buffered.push(...values)
      return NOTHING
    },
    onEof: () => [[buffered], DISCARD],
    snapshot: () => buffered,
  }),
  whole_batch: (calls = 0) => ({
    onBatch: (values: readonly unknown[]) => [[[++calls, values]]],
    snapshot: () => calls,
  }),
  discard_after_3: (count = 0) => ({
    onBatch: (values: readonly unknown[]) => {
      count += values.length
      return [[[count, values.length]], count >= 3]
    },
    snapshot: () => count,
  }),
  return_non_bool_discard: () => ({ onBatch: () => [[], 1], snapshot: () => 0 }),
  return_non_pair: () => ({ onBatch: () => [1], snapshot: () => 0 }),
  return_generator: () => ({ onBatch: (values: readonly unknown[]) => [lazily(values)], snapshot: () => 0 }),
}

interface Fold {
  readonly builder: () => unknown
  readonly folder: (state: never, value: never) => unknown
  /** Combines the states of two windows. */
  readonly merger: (target: never, original: never) => unknown
}

const folds: Readonly<Record<string, Fold>> = {
  sum_fold: { builder: () => 0, folder: add, merger: add },
  count_fold: { builder: () => 0, folder: (state: number) => state + 1, merger: add },
  list_append: { builder: () => [], folder: (state: unknown[], value: unknown) => [...state, value], merger: concat },
  str_concat: { builder: () => '', folder: (state: string, value: unknown) => `${state}${value}`, merger: (a: string, b: string) => a + b },
  minmax: {
    builder: () => [],
    folder: (state: number[], value: number) => minmax([...state, value]),
    merger: (a: number[], b: number[]) => minmax([...a, ...b]),
  },
  sum_second: { builder: () => 0, folder: (state: number, value: readonly number[]) => state + (value[1] as number), merger: add },
  list_second: { builder: () => [], folder: appendSecond, merger: concat },
  list_second_rev_merge: { builder: () => [], folder: appendSecond, merger: (a: unknown[], b: unknown[]) => ['(', ...a, '|', ...b, ')'] },
  throw: { builder: () => 0, folder: (_state: unknown, value: unknown) => boom(value), merger: add },
  throw_builder: { builder: () => boom(0), folder: (state: unknown) => state, merger: add },
}

export function mapper(name: string | undefined): Fn {
  return find('mapper', mappers, name)
}

export function flatMapper(name: string | undefined): Fn {
  return find('flat mapper', flatMappers, name)
}

export function logic(name: string | undefined): Fn {
  return find('logic of stateful', logics, name)
}

export function batchLogic(name: string | undefined): Fn {
  return find('logic of stateful_batch', batchLogics, name)
}

export function fold(name: string | undefined): Fold {
  return find('fold', folds, name) as unknown as Fold
}

function counting(n = 0): object {
  return { onItem: () => [[++n]], snapshot: () => n }
}

function twice<T>(value: T): [T, T] {
  return [value, value]
}

function add(a: number, b: number): number {
  return a + b
}

function concat(a: unknown[], b: unknown[]): unknown[] {
  return [...a, ...b]
}

/** The least and the greatest of some numbers; nothing of none. */
function minmax(values: readonly number[]): number[] {
  return values.length === 0 ? [] : [Math.min(...values), Math.max(...values)]
}

function appendSecond(state: unknown[], value: readonly unknown[]): unknown[] {
  return [...state, value[1]]
}

function* lazily<T>(values: Iterable<T>): Iterable<T> {
  yield* values
}

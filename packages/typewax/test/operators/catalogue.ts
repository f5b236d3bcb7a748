/** Owns the list of all operators with arguments that are right and arguments that are wrong, for the tests that concern every one of them. */

import * as operators from '../../src/operators/index.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'

export type OperatorName = Exclude<keyof typeof operators, 'TtlCache'>

export interface Entry {
  /** Whether it is applied to a keyed stream. */
  readonly isKeyed?: boolean
  /** Arguments behind step id and stream. */
  readonly args: readonly unknown[]
  /** By name of the parameter that is wrong: arguments that must be refused with `INVALID_ARGUMENT`. */
  readonly wrong?: Readonly<Record<string, readonly unknown[]>>
}

const fn = (): unknown => ''
const mapper: Entry = { args: [fn], wrong: { mapper: ['no function'] } }
const valueMapper: Entry = { ...mapper, isKeyed: true }
const predicate: Entry = { args: [fn], wrong: { predicate: [undefined] } }
/** Options of `ttlMs` behind other arguments. */
const wrongTtl = (...args: readonly unknown[]): Entry['wrong'] => ({
  options: [...args, 7],
  ttlMs: [...args, { ttlMs: -1 }],
  timestamp: [...args, { ttlMs: 1, timestamp: 'at' }],
})
const stateMapper: Entry = { isKeyed: true, args: [fn], wrong: { mapper: [7], initial: [7, fn], ...wrongTtl(fn, fn) } }
const builder: Entry = { isKeyed: true, args: [fn], wrong: { builder: [{}], ...wrongTtl(fn) } }
const ranked: Entry = { isKeyed: true, args: [], wrong: { by: ['name'] } }
const asyncMapper: Entry = {
  args: [fn, {}],
  wrong: {
    mapper: [undefined],
    maxInFlight: [fn, { maxInFlight: 0 }],
    timeoutMs: [fn, { timeoutMs: -1 }],
    'retry.maxAttempts': [fn, { retry: { maxAttempts: 1.5 } }],
    'retry.backoffMs': [fn, { retry: { maxAttempts: 2, backoffMs: Number.NaN } }],
    'retry.maxBackoffMs': [fn, { retry: { maxAttempts: 2, maxBackoffMs: '1s' } }],
    'retry.isRetryable': [fn, { retry: { maxAttempts: 2, isRetryable: true } }],
  },
}

export const CATALOGUE: Readonly<Record<OperatorName, Entry>> = {
  assignWatermarks: {
    args: [fn, { outOfOrdernessMs: 0 }],
    wrong: {
      timestamp: ['at', { outOfOrdernessMs: 0 }],
      outOfOrdernessMs: [fn, {}],
      idleAfterMs: [fn, { outOfOrdernessMs: 0, idleAfterMs: -1 }],
      maxAheadMs: [fn, { outOfOrdernessMs: 0, maxAheadMs: 5 }],
    },
  },
  branch: predicate,
  collect: {
    isKeyed: true,
    args: [{ maxSize: 2, timeoutMs: 5 }],
    wrong: { maxSize: [{ maxSize: 0, timeoutMs: 5 }], timeoutMs: [{ maxSize: 1, timeoutMs: -5 }] },
  },
  countFinal: { args: [fn], wrong: { key: ['id'] } },
  debounce: {
    isKeyed: true,
    args: [5],
    wrong: { quietMs: [-1], options: [5, 'at'], timestamp: [5, { timestamp: 'at' }] },
  },
  dedupe: {
    isKeyed: true,
    args: [],
    wrong: { options: [5], by: [{ by: 'id' }], withinMs: [{ timestamp: fn }], timestamp: [{ withinMs: 5, timestamp: 'at' }] },
  },
  distinct: { isKeyed: true, args: [], wrong: { by: ['id'] } },
  enrichCached: { args: [fn, fn], wrong: { getter: [1, fn], mapper: [fn, 1], ttlMs: [fn, fn, { ttlMs: -1 }], now: [fn, fn, { now: 5 }] } },
  filter: predicate,
  filterMap: mapper,
  filterMapValue: valueMapper,
  filterValue: { ...predicate, isKeyed: true },
  flatMap: mapper,
  flatMapBatch: mapper,
  flatMapValue: valueMapper,
  flatten: { args: [] },
  foldFinal: { isKeyed: true, args: [fn, fn], wrong: { builder: [0, fn], folder: [fn] } },
  inspect: { args: [], wrong: { inspector: [7] } },
  inspectDebug: { args: [], wrong: { inspector: [7] } },
  join: {
    isKeyed: true,
    args: [[]],
    wrong: {
      insert: [[], { insert: 'middle' }],
      emit: [[], { emit: 'sometimes' }],
      ttlMs: [[], { ttlMs: Number.NaN }],
      timestamp: [[], { ttlMs: 1, timestamp: 1 }],
    },
  },
  keyOn: { args: [fn], wrong: { key: [undefined] } },
  keyRm: { isKeyed: true, args: [] },
  keyed: { args: [] },
  map: mapper,
  mapAsync: asyncMapper,
  mapValue: valueMapper,
  maxFinal: ranked,
  merge: { args: [] },
  minFinal: ranked,
  output: { args: [new TestingSink([])] },
  raises: { args: [] },
  redistribute: { args: [] },
  reduceFinal: { isKeyed: true, args: [fn], wrong: { reducer: [undefined] } },
  sessionize: {
    isKeyed: true,
    args: [5],
    wrong: { gapMs: ['5'], options: [5, null], timestamp: [5, { timestamp: 'at' }] },
  },
  stateful: builder,
  statefulBatch: builder,
  statefulFlatMap: stateMapper,
  statefulMap: stateMapper,
  throttle: {
    isKeyed: true,
    args: [5],
    wrong: { everyMs: [undefined], options: [5, 'last'], emit: [5, { emit: 'all' }], timestamp: [5, { timestamp: 'at' }] },
  },
  topK: { isKeyed: true, args: [3, fn], wrong: { k: [0, fn], by: [3], options: [3, fn, fn], id: [3, fn, { id: 'id' }] } },
  tryFlatMap: mapper,
  tryMap: mapper,
  tryMapAsync: asyncMapper,
  tryStatefulMap: { isKeyed: true, args: [fn, fn], wrong: { initial: [0, fn], mapper: [fn], ...wrongTtl(fn, fn) } },
}

type AnyOperator = (stepId: unknown, up: unknown, ...args: readonly unknown[]) => unknown

const FUNCTIONS: ReadonlyMap<string, unknown> = new Map(Object.entries(operators))

/** The function form of an operator, for calls that no compiler would let pass. */
export function operatorOf(name: OperatorName): AnyOperator {
  return FUNCTIONS.get(name) as AnyOperator
}

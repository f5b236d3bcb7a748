/** Tests the window operators as steps of a flow: what they are made of, what they give, how they wait, and which mistakes they find. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, type KeyedStream, run, type Stream, type TypewaxError } from '../../src/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
import * as windowing from '../../src/windowing/index.ts'
import { EventClock, SessionWindower, SystemClock, TumblingWindower } from '../../src/windowing/index.ts'
import { operationsOf, throughKeyed, withCode } from '../operators/flows.ts'

const tens = new TumblingWindower({ lengthMs: 10, alignTo: 0 })
const at = new EventClock(([timestampMs]: readonly [number, unknown]) => timestampMs, { waitMs: 0, now: () => 0 })
const number = (value: unknown): number => value as number
const fn = (): string => ''

type Timed = readonly [timestampMs: number, value: number]
const VALUES: readonly Timed[] = [
  [1, 5],
  [4, 7],
  [6, 5],
  [12, 1],
]

async function down<W>(build: (up: KeyedStream<Timed>) => windowing.WindowOut<unknown, W>): Promise<unknown[]> {
  const items = VALUES.map((value) => ['k', value] as const)
  const out = await throughKeyed(items, (up) => build(up).down)
  return out.map(([, window]) => window)
}

test('collectWindow: gathers into lists, sets and maps', async () => {
  const [first, second, third, last] = VALUES
  assert.deepEqual(await down((up) => up.collectWindow('w', at, tens)), [
    [0, [first, second, third]],
    [1, [last]],
  ])
  assert.deepEqual(await down((up) => up.collectWindow('w', at, tens, { into: 'set' })), [
    [0, new Set([first, second, third])],
    [1, new Set([last])],
  ])
  const byValue = new EventClock(([, timestampMs]: readonly [number, number]) => timestampMs, { waitMs: 0 })
  const swapped = (up: KeyedStream<Timed>): KeyedStream<[number, number]> => up.mapValue('swap', ([time, value]) => [value, time])
  assert.deepEqual(await down((up) => swapped(up).collectWindow('w', byValue, tens, { into: 'map' })), [
    [
      0,
      new Map([
        [5, 6],
        [7, 4],
      ]),
    ],
    [1, new Map([[1, 12]])],
  ])
})

test('foldWindow, reduceWindow, maxWindow, minWindow: give one result a window', async () => {
  const [first, second, , last] = VALUES
  const sum = (total: number, [, value]: Timed): number => total + value
  const add = (left: number, right: number): number => left + right
  assert.deepEqual(await down((up) => up.foldWindow('w', at, tens, () => 0, sum, add)), [
    [0, 17],
    [1, 1],
  ])
  assert.deepEqual(await down((up) => up.reduceWindow('w', at, tens, (left, right) => [left[0], left[1] * right[1]])), [
    [0, [1, 175]],
    [1, last],
  ])
  assert.deepEqual(await down((up) => up.maxWindow('w', at, tens, ([, value]) => value)), [
    [0, second],
    [1, last],
  ])
  assert.deepEqual(await down((up) => up.minWindow('w', at, tens, ([, value]) => value)), [
    [0, first],
    [1, last],
  ])
})

test('countWindow: counts the items of a stream by key', async () => {
  const out: unknown[] = []
  const flow = new Dataflow('flow')
  const counts = flow.input('in', new TestingSource(VALUES)).countWindow('count', at, tens, ([, value]) => `${value}`)
  counts.down.output('out', new TestingSink<unknown>(out))
  await run(flow)
  assert.deepEqual(out.toSorted(), [
    ['1', [1, 1]],
    ['5', [0, 2]],
    ['7', [0, 1]],
  ])
})

test('joinWindow: merges of sessions keep the first and the last value by timestamp', async () => {
  const events: [string, readonly [number, string]][] = [20, 0, 2, 10].map((time, index) => ['k', [time, index % 2 === 0 ? `L${time}` : `R${time}`]])
  const clock = new EventClock(([timestampMs]: readonly [number, string]) => timestampMs, { waitMs: 100, now: () => 0 })
  const rows = async (insert: 'first' | 'last' | 'product'): Promise<unknown> => {
    const joined = await throughKeyed(events, (up) => {
      const [left, right] = ['L', 'R'].map((side) => up.filterValue(side, ([, text]) => text.startsWith(side)))
      return (left as typeof up).joinWindow('j', [right as typeof up], clock, new SessionWindower({ gapMs: 10 }), { insert, ordered: false }).down
    })
    return joined.map(([, [id, row]]) => `${id} ${row.map((value) => value?.[1]).join(' ')}`)
  }
  assert.deepEqual(await rows('first'), ['1 L2 R0'])
  assert.deepEqual(await rows('last'), ['1 L20 R10'])
  assert.deepEqual(await rows('product'), ['1 L2 R0', '1 L2 R10', '1 L20 R0', '1 L20 R10'])
})

test('joinWindow: the clock reads the values of all sides, and late ones come as they are', async () => {
  const items = VALUES.map((value) => ['k', value] as const)
  const late = await throughKeyed(items, (up) => up.joinWindow('j', [up.mapValue('early', ([time]) => [time - 1, 0] as const)], at, tens).late)
  assert.deepEqual(late, [
    ['k', [0, [0, 0]]],
    ['k', [0, [3, 0]]],
    ['k', [0, [5, 0]]],
    ['k', [1, [11, 0]]],
  ])
})

test('window: a logic of the user sees values with their times', async () => {
  const seen = await down((up) =>
    up.window<unknown, number>('w', at, tens, (count) => {
      let n = count ?? 0
      return { onValue: ([, value], timestampMs) => [[++n, value, timestampMs]], onMerge: () => [], onClose: () => [['close', n]], snapshot: () => n }
    }),
  )
  assert.deepEqual(seen, [
    [0, [1, 5, 1]],
    [0, [2, 7, 4]],
    [0, [3, 5, 6]],
    [1, [1, 1, 12]],
    [0, ['close', 3]],
    [1, ['close', 1]],
  ])
})

test('windows: close in time while nothing comes, and are asked no more often than they have something to do', async () => {
  const host = new TestClock({ autoAdvance: true, startAtMs: 1_000 })
  const closed: [number, number][] = []
  let looks = 0
  const clock = new EventClock((value: number) => value, { waitMs: 500 })
  const build = clock.build.bind(clock)
  clock.build = (state, context) => {
    const logic = build(state, context)
    const onNotify = logic.onNotify.bind(logic)
    logic.onNotify = () => {
      looks += 1
      onNotify()
    }
    return logic
  }
  const flow = new Dataflow('flow')
  flow
    .input('in', new TestingSource([1_000, 9_000], { awakeAt: (index) => (index === 0 ? undefined : 60_000) }))
    .keyOn('key', () => 'k')
    .foldWindow(
      'w',
      clock,
      new TumblingWindower({ lengthMs: 100, alignTo: 0 }),
      () => 0,
      number,
      (target) => target,
    )
    .down.inspect('see', (_stepId, [, [windowId]]) => void closed.push([windowId, host.now()]))
  await run(flow, { host })
  assert.deepEqual(closed[0], [10, 1_600], 'the watermark begins at 500 and has come to 1,100')
  assert.equal(looks, 1, 'for the close')
})

test('window: `results` say when they came and what window they are of', async () => {
  const items = VALUES.map((value) => ['k', value] as const)
  const options = { ordered: false, early: { everyItems: 2 }, allowedLatenessMs: 10 }
  const out = await throughKeyed([...items, ['k', [9, 3]]], (up) => {
    const sums = up.foldWindow(
      'w',
      at,
      tens,
      () => 0,
      (sum, [, value]) => sum + value,
      (target, original) => target + original,
      options,
    )
    return sums.results
  })
  const bounds = { openTimeMs: 0, closeTimeMs: 10 }
  assert.deepEqual(
    out.map(([, result]) => result),
    [
      { windowId: 0, result: 12, timing: 'early', ...bounds },
      { windowId: 0, result: 17, timing: 'onTime', ...bounds },
      { windowId: 0, result: 20, timing: 'late', ...bounds },
      { windowId: 1, result: 1, timing: 'onTime', openTimeMs: 10, closeTimeMs: 20 },
    ],
  )
})

test('collectWindow: early results do not change when the window goes on', async () => {
  const early = { early: 'everyChange' as const }
  for (const into of ['list', 'set'] as const) {
    const lists = (await down((up) => up.collectWindow('w', at, tens, { ...early, into }))) as [number, Iterable<Timed>][]
    assert.deepEqual(
      lists.map(([id, list]) => [id, [...list].length]),
      [
        [0, 1],
        [0, 2],
        [0, 3],
        [0, 3],
        [1, 1],
        [1, 1],
      ],
    )
  }
})

test('window: a logic without `onTrigger` can give no early results', async () => {
  const logic = { onValue: () => [], onMerge: () => [], onClose: () => [], snapshot: () => 0 }
  await assert.rejects(
    down((up) => up.window<unknown, number>('w', at, tens, () => logic, { early: 'everyChange' })),
    withCode('WRONG_RETURN', 'window "flow.w"', '`onTrigger`'),
  )
})

test('windows: options of results that make no sense are errors at the call', () => {
  const keyed = streamFor(true).up as KeyedStream<never>
  const wrong: readonly [parameter: string, options: unknown][] = [
    ['early', { early: 'often' }],
    ['early', { early: {} }],
    ['early', { early: { everyItems: 1.5 } }],
    ['early', { early: { everyMs: 0 } }],
    ['early', { early: { everyMs: 1, everyItems: 1 } }],
    ['early', { early: { everyEventMs: Number.POSITIVE_INFINITY } }],
    ['allowedLatenessMs', { allowedLatenessMs: -1 }],
    ['mode', { mode: 'replacing' }],
  ]
  for (const [parameter, options] of wrong) {
    assert.throws(() => keyed.collectWindow('w', at, tens, options as object), withCode('INVALID_ARGUMENT', `\`${parameter}\` of collectWindow`))
  }
})

test('windows: every operator is built of one stateful step, and the streams are unwrapped from it', () => {
  const ids: string[] = []
  const flow = new Dataflow('flow')
  const up = flow.input('in', new TestingSource<[string, Timed]>([])).keyed('k') as KeyedStream<Timed>
  up.maxWindow('max', at, tens, ([, value]) => value)
  const visit = (steps: readonly (typeof flow.steps)[number][]): void => {
    for (const { stepId, substeps } of steps) {
      ids.push(stepId)
      visit(substeps)
    }
  }
  visit(flow.steps.slice(2))
  const window = 'flow.max.reduceWindow.window'
  const unwraps = ['unwrapDown', 'unwrapLate', 'unwrapMeta', 'unwrapResults'].flatMap((name) => [
    `${window}.${name}`,
    `${window}.${name}.flatMapBatch`,
  ])
  assert.deepEqual(ids, ['flow.max', 'flow.max.reduceWindow', window, `${window}.statefulBatch`, ...unwraps])
})

test('windows: errors of the user name step and key', async () => {
  const items = [['k', [1, 1]]] as const
  const failing = (build: (up: KeyedStream<readonly [number, number]>) => windowing.WindowOut<unknown, unknown>): Promise<unknown> => {
    return throughKeyed(items, (up) => build(up).down)
  }
  const never = new EventClock(() => Number.NaN, { waitMs: 0 })
  const bad = (): never => {
    throw new Error('bad value')
  }
  await assert.rejects(
    failing((up) => up.collectWindow('w', never, tens)),
    withCode('WRONG_RETURN', 'collectWindow "flow.w"', 'key "k"', '`timestamp`', 'NaN'),
  )
  await assert.rejects(
    failing((up) => up.foldWindow('w', at, tens, () => 0, bad, bad)),
    withCode('USER_FUNCTION_FAILED', 'foldWindow "flow.w"', 'key "k"', 'bad value'),
  )
  await assert.rejects(
    failing((up) => up.mapValue('one', () => 1 as never).collectWindow('w', new SystemClock(), tens, { into: 'map' })),
    withCode('NOT_A_PAIR', 'collectWindow "flow.w"', 'key "k"', 'got 1'),
  )
})

interface Entry {
  readonly isKeyed: boolean
  readonly args: readonly unknown[]
  /** Indices of functions among the arguments, by name. */
  readonly functions: Readonly<Record<string, number>>
  /** Index of the options, which are not given. */
  readonly options: number
}

/** Arguments of each operator that are right. */
const CATALOGUE: Readonly<Record<string, Entry>> = {
  aggregateWindow: { isKeyed: true, args: [at, tens, { n: windowing.count() }], functions: {}, options: 3 },
  collectWindow: { isKeyed: true, args: [at, tens], functions: {}, options: 2 },
  countWindow: { isKeyed: false, args: [at, tens, fn], functions: { key: 2 }, options: 3 },
  foldWindow: { isKeyed: true, args: [at, tens, fn, fn, fn], functions: { builder: 2, folder: 3, merger: 4 }, options: 5 },
  joinWindow: { isKeyed: true, args: [[], at, tens], functions: {}, options: 3 },
  maxWindow: { isKeyed: true, args: [at, tens, fn], functions: { by: 2 }, options: 3 },
  minWindow: { isKeyed: true, args: [at, tens, fn], functions: { by: 2 }, options: 3 },
  reduceWindow: { isKeyed: true, args: [at, tens, fn], functions: { reducer: 2 }, options: 3 },
  window: { isKeyed: true, args: [at, tens, fn], functions: { builder: 2 }, options: 3 },
}

type AnyOperator = (stepId: unknown, up: unknown, ...args: readonly unknown[]) => unknown
const FUNCTIONS = new Map<string, unknown>(Object.entries(windowing).filter(([name]) => /^(window|[a-z]+Window)$/.test(name)))

function streamFor(isKeyed: boolean): { flow: Dataflow; up: Stream<unknown> } {
  const flow = new Dataflow('flow')
  const up = flow.input('in', new TestingSource<unknown>([]))
  return { flow, up: isKeyed ? up.keyOn('key', () => '') : up }
}

test('windows: the catalogue of the tests has every operator', () => {
  assert.deepEqual(Object.keys(CATALOGUE).toSorted(), [...FUNCTIONS.keys()].toSorted())
})

for (const [name, { isKeyed, args, functions, options }] of Object.entries(CATALOGUE)) {
  const operator = FUNCTIONS.get(name) as AnyOperator

  test(`${name}: method and function build the same steps`, () => {
    const [byMethod, byFunction] = [streamFor(isKeyed), streamFor(isKeyed)]
    const method = (byMethod.up as unknown as Record<string, unknown>)[name] as (...args: readonly unknown[]) => unknown
    method.call(byMethod.up, 'step', ...args)
    operator('step', byFunction.up, ...args)
    const shapes = [byMethod.flow, byFunction.flow].map((flow) => JSON.parse(JSON.stringify(flow.steps)))
    assert.deepEqual(shapes[0], shapes[1])
    assert.equal(byMethod.flow.steps.at(-1)?.operator, name)
    assert.deepEqual(
      byMethod.flow.steps.at(-1)?.outputs.map((port) => port.name),
      ['down', 'late', 'meta', 'results'],
    )
  })

  test(`${name}: finds mistakes at the call`, () => {
    const { flow, up } = streamFor(isKeyed)
    const before = flow.steps.length
    const clockIndex = args.indexOf(at)
    const wrong: readonly (readonly [parameter: string, args: readonly unknown[]])[] = [
      ['clock', args.with(clockIndex, new Date())],
      ['windower', args.with(clockIndex + 1, undefined)],
      ['forgetAfterMs', Object.assign(new Array<unknown>(options), args).concat({ forgetAfterMs: -1 })],
      ...Object.entries(functions).map(([parameter, index]) => [parameter, args.with(index, 'no function')] as const),
    ]
    for (const [parameter, wrongArgs] of wrong) {
      const hasCode = withCode('INVALID_ARGUMENT', `\`${parameter}\` of ${name} "step"`)
      assert.throws(
        () => operator('step', up, ...wrongArgs),
        (thrown: TypewaxError) => hasCode(thrown) && thrown.stepId === 'flow.step',
      )
    }
    assert.throws(() => operator('step', undefined, ...args), withCode('NOT_A_STREAM', name))
    assert.throws(() => operator('a.b', up, ...args), withCode('INVALID_STEP_ID', name))
    if (isKeyed) assert.throws(() => operator('step', streamFor(false).up, ...args), withCode('NOT_A_STREAM', name, 'KeyedStream'))
    assert.equal(flow.steps.length, before, 'leaves no step behind')
  })
}

test('collectWindow, joinWindow, foldWindow: options that do not exist are errors at the call', () => {
  const { up } = streamFor(true)
  const keyed = up as KeyedStream<never>
  assert.throws(
    () => keyed.collectWindow('w', at, tens, { into: 'tuple' as 'list' }),
    withCode('INVALID_ARGUMENT', '`into` of collectWindow', '"tuple"'),
  )
  assert.throws(() => keyed.joinWindow('w', [], at, tens, { insert: 'newest' as 'last' }), withCode('INVALID_ARGUMENT', '`insert` of joinWindow'))
  assert.throws(() => keyed.joinWindow('w', [], at, tens, { emit: 'always' as 'final' }), withCode('INVALID_ARGUMENT', '`emit` of joinWindow'))
  assert.throws(
    () => keyed.collectWindow('w', at, tens, { ordered: 1 as unknown as boolean }),
    withCode('INVALID_ARGUMENT', '`ordered` of collectWindow'),
  )
  assert.throws(() => keyed.joinWindow('w', [keyed], at, up as never), withCode('INVALID_ARGUMENT', '`windower` of joinWindow'))
})

test('windows: one stateful step each', () => {
  const kinds = operationsOf<[string, Timed]>((up) => (up.keyed('k') as KeyedStream<Timed>).collectWindow('w', at, tens)).map(({ kind }) => kind)
  assert.deepEqual(kinds, ['flatMapBatch', 'statefulBatch', 'flatMapBatch', 'flatMapBatch', 'flatMapBatch', 'flatMapBatch'])
})

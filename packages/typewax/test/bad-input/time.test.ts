/** Proves that whatever is wrong with time is an error that says so: watermarks that are missing, options, timestamps, clocks and timers. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AssignWatermarksOptions, Dataflow, type KeyedStream, run, type Stream } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
import { type Clock, EventClock, SlidingWindower, StreamClock, TumblingWindower, type Windower } from '../../src/windowing/index.ts'
import { type BadInput, type Bench, BOOM, testAll } from './bench.ts'
import { type Methods, recovering, source } from './parts.ts'

/** A value with the wrong type on purpose. */
type Wrong = never
type Pair = [key: string, at: number]

const boom = (): never => {
  throw BOOM
}
const gives = (value: unknown): Wrong => (() => value) as never
const at = ([, atMs]: Pair): number => atMs
const clock = new StreamClock(at)
const windower = new TumblingWindower({ lengthMs: 10, alignTo: 0 })
const IN_ORDER: AssignWatermarksOptions = { outOfOrdernessMs: 0 }

/** A case that runs steps on a stream of pairs of key and timestamp. */
function step(title: string, apply: (up: Stream<Pair>, flow: Dataflow) => Stream<unknown>, expected: Partial<BadInput>): BadInput {
  const act = async (bench: Bench): Promise<unknown> => {
    const flow = new Dataflow('flow')
    const down = apply(flow.input('in', source(bench) as never) as Stream<Pair>, flow)
    down.output('out', new TestingSink<unknown>([]))
    return await run(flow, { ...recovering(), signal: bench.end })
  }
  return { title, act, code: 'INVALID_ARGUMENT', message: '', stepId: 'flow.s', ...expected }
}

const window = (up: Stream<Pair>): Stream<unknown> => up.countWindow('s', clock, windower, ([key]) => key).down
const NO_WATERMARKS: Partial<BadInput> = {
  code: 'NO_WATERMARKS',
  message:
    /^countWindow "flow\.s" goes by the time of the stream .*, but a stream that leads to it has no watermarks; call `assignWatermarks` on it, /,
}

testAll('bad watermarks', [
  step('none for a StreamClock', window, NO_WATERMARKS),
  step(
    'on one of two streams',
    (up, flow) => {
      const other = flow.input('other', new TestingSource<Pair>([]))
      return window(up.assignWatermarks('time', at, IN_ORDER).merge('m', other))
    },
    NO_WATERMARKS,
  ),
  step(
    'behind the step',
    (up) => {
      const down = window(up)
      up.assignWatermarks('time', at, IN_ORDER)
      return down
    },
    NO_WATERMARKS,
  ),
  ...(['idleAfterMs', 'maxAheadMs'] as const).flatMap((option) => {
    const options = { ...IN_ORDER, idleAfterMs: 10, ...(option === 'maxAheadMs' && { maxAheadMs: 10 }) }
    const ways: readonly (readonly [string, (up: Stream<Pair>) => Stream<Pair>])[] = [
      [
        'a stateful step',
        (up) =>
          up
            .keyOn('key', ([key]) => key)
            .statefulMap('keep', (state: number | undefined, pair: Pair) => [state ?? 0, pair])
            .keyRm('rm'),
      ],
      ['redistribute', (up) => up.redistribute('apart')],
      ['mapAsync', (up) => up.mapAsync('async', async (pair) => pair, { timeoutMs: 5 })],
      ['redistribute on one of two ways', (up) => up.redistribute('apart').merge('m', up)],
    ]
    return ways.map(([where, way]) =>
      step(`\`${option}\` behind ${where}`, (up) => way(up).assignWatermarks('s', at, options), {
        message: `\`${option}\` of assignWatermarks "flow.s" needs to know the source partition of each item, and a step before it brings items of several together (a stateful step, redistribute or mapAsync); assign watermarks before that step`,
      }),
    )
  }),
  step('`maxAheadMs` without `idleAfterMs`', (up) => up.assignWatermarks('s', at, { ...IN_ORDER, maxAheadMs: 10 }), {
    message: '`maxAheadMs` of assignWatermarks "s" needs `idleAfterMs` too: else one silent partition would hold all others back for ever',
  }),
  step(
    '`maxAheadMs` twice for one input',
    (up, flow) => {
      const ahead = { ...IN_ORDER, idleAfterMs: 10, maxAheadMs: 10 }
      const other = flow.input('other', new TestingSource<Pair>([]))
      const first = up.map('copy', (pair) => pair).assignWatermarks('first', at, ahead)
      return first.merge('all', up.merge('both', other).assignWatermarks('s', at, ahead))
    },
    {
      message: '`maxAheadMs` of assignWatermarks "flow.s" holds back input "flow.in", as "flow.first" does already; give it to one of them only',
    },
  ),
  ...(
    [
      ['outOfOrdernessMs', undefined, 'undefined'],
      ['outOfOrdernessMs', -1, '-1'],
      ['outOfOrdernessMs', Number.NaN, 'NaN'],
      ['outOfOrdernessMs', '5s', '"5s"'],
      ['idleAfterMs', -1, '-1'],
      ['idleAfterMs', null, 'null'],
      ['maxAheadMs', Number.NaN, 'NaN'],
    ] as const
  ).map(([name, value, shown]) =>
    step(`\`${name}\` of ${shown}`, (up) => up.assignWatermarks('s', at, { ...IN_ORDER, [name]: value as Wrong }), {
      message: `\`${name}\` of assignWatermarks "s" must be a duration in milliseconds, 0 or more; got ${shown}`,
    }),
  ),
  step('no options', (up) => up.assignWatermarks('s', at, undefined as Wrong), {
    message: '`outOfOrdernessMs` of assignWatermarks "s" must be a duration in milliseconds, 0 or more; got undefined',
  }),
  step('no function for timestamps', (up) => up.assignWatermarks('s', 'at' as Wrong, IN_ORDER), {
    message: '`timestamp` of assignWatermarks "s" must be a function; got "at"',
  }),
])

const BAD_TIMESTAMPS: readonly (readonly [shown: string, value: () => unknown])[] = [
  ['NaN', () => Number.NaN],
  ['Infinity', () => Number.POSITIVE_INFINITY],
  ['-Infinity', () => Number.NEGATIVE_INFINITY],
  // Nanoseconds.
  ['1700000000000000000', () => 1_700_000_000_000_000_000],
  ['"2024-01-01"', () => '2024-01-01'],
  ['"1700000000000"', () => '1700000000000'],
  ['undefined', () => undefined],
  ['null', () => null],
  ['5n', () => 5n],
  ['true', () => true],
  ['an invalid Date', () => new Date('never')],
  ['{"epochMilliseconds":"5"}', () => ({ epochMilliseconds: '5' })],
  ['a Promise (is an `await` missing?)', () => Promise.resolve(5)],
  ['a Promise (is an `await` missing?)', () => Promise.reject(BOOM)],
]

const mustBeTime = (where: string, shown: string): string =>
  `${where}: \`timestamp\` must return milliseconds since the epoch (at most ±8.64e15), a Date or a Temporal object with \`epochMilliseconds\`; got ${shown}`

testAll('bad timestamp', [
  ...BAD_TIMESTAMPS.flatMap(([shown, value]) => [
    step(`${shown} in assignWatermarks`, (up) => up.assignWatermarks('s', value as Wrong, IN_ORDER), {
      code: 'WRONG_RETURN',
      message: mustBeTime('`timestamp` of assignWatermarks "flow.s"', shown),
    }),
    ...[new StreamClock(value as Wrong), new EventClock(value as Wrong, { waitMs: 0 })].map((wrong) =>
      step(
        `${shown} in a ${wrong.constructor.name}`,
        (up) => up.assignWatermarks('time', at, IN_ORDER).countWindow('s', wrong, windower, ([key]) => key).down,
        {
          code: 'WRONG_RETURN',
          message: mustBeTime('`onItem` of countWindow "flow.s" for key "a"', shown),
          key: 'a',
        },
      ),
    ),
  ]),
  step('of a keyed stream', (up) => up.keyed('key').assignWatermarks('s', gives(Number.NaN), IN_ORDER), {
    code: 'WRONG_RETURN',
    message: mustBeTime('`timestamp` of assignWatermarks "flow.s" for key "a"', 'NaN'),
    key: 'a',
  }),
  step('a function that throws, in assignWatermarks', (up) => up.assignWatermarks('s', boom, IN_ORDER), {
    code: 'USER_FUNCTION_FAILED',
    message: '`timestamp` of assignWatermarks "flow.s" threw: boom',
    cause: BOOM,
  }),
  step(
    'a function that throws, in a StreamClock',
    (up) => up.assignWatermarks('time', at, IN_ORDER).countWindow('s', new StreamClock(boom), windower, ([key]) => key).down,
    {
      code: 'USER_FUNCTION_FAILED',
      message: '`onItem` of countWindow "flow.s" for key "a" threw: boom',
      key: 'a',
      cause: BOOM,
    },
  ),
])

/** A case with a clock that is not sound: what its watermark is at each look, and what it says is the time of a value. */
function badClock(
  title: string,
  { watermarks, time = 0 }: { readonly watermarks: readonly unknown[]; readonly time?: unknown },
  message: string,
): BadInput {
  let looks = 0
  const logic = {
    get watermarkMs() {
      return watermarks[Math.min(looks++, watermarks.length - 1)]
    },
    beforeBatch: () => {},
    onItem: () => time,
    onNotify: () => {},
    onEof: () => Number.POSITIVE_INFINITY,
    wakeAt: () => undefined,
    snapshot: () => 0,
  }
  const broken = { build: () => logic } as unknown as Clock<Pair>
  return step(title, (up) => up.countWindow('s', broken, windower, ([key]) => key).down, {
    code: 'WRONG_RETURN',
    message: `\`onItem\` of countWindow "flow.s" for key "a": ${message}`,
    key: 'a',
  })
}

const WATERMARK = 'the watermark of the clock must be a number and not go back; got'

testAll('bad clock', [
  badClock('whose watermark goes back', { watermarks: [10, 10, 9] }, `${WATERMARK} 9 after 10`),
  badClock('whose watermark is no number', { watermarks: [undefined] }, `${WATERMARK} undefined after -Infinity`),
  badClock('that gives no time', { watermarks: [0], time: '12:00' }, '`onItem` of the clock must return a finite number, the timestamp; got "12:00"'),
])

/** A case with a logic of which some methods are not sound. */
function timer(title: string, methods: Methods, expected: Partial<BadInput>): BadInput {
  const logic = (): unknown => ({ onItem: () => [[]], notifyAtWatermark: () => 2, snapshot: () => 0, ...methods })
  return step(title, (up) => (up.assignWatermarks('time', at, IN_ORDER).keyed('keyed') as KeyedStream<number>).stateful('s', logic as Wrong), {
    key: 'a',
    ...expected,
  })
}

testAll('bad timer', [
  ...(
    [
      ['NaN', Number.NaN],
      ['"soon"', 'soon'],
      ['null', null],
      ['a Date', new Date(0)],
    ] as const
  ).map(([shown, value]) =>
    timer(
      `notifyAtWatermark returns ${shown}`,
      { notifyAtWatermark: () => value },
      {
        code: 'WRONG_RETURN',
        message: `\`notifyAtWatermark\` of stateful "flow.s" for key "a" must return milliseconds since the epoch or undefined; got ${shown}`,
      },
    ),
  ),
  timer(
    'notifyAtWatermark throws',
    { notifyAtWatermark: boom },
    {
      code: 'USER_FUNCTION_FAILED',
      message: '`notifyAtWatermark` of stateful "flow.s" for key "a" threw: boom',
      cause: BOOM,
    },
  ),
  timer(
    'notifyAtWatermark asks for the same time for ever',
    { onWatermark: () => [[]] },
    {
      code: 'WRONG_RETURN',
      message: '`notifyAtWatermark` of stateful "flow.s" for key "a" must return a later time or undefined at some time; got 2',
    },
  ),
  timer(
    'onWatermark throws',
    { onWatermark: boom },
    {
      code: 'USER_FUNCTION_FAILED',
      message: '`onWatermark` of stateful "flow.s" for key "a" threw: boom',
      cause: BOOM,
    },
  ),
  timer(
    'onWatermark returns nothing',
    { onWatermark: () => undefined },
    {
      code: 'WRONG_RETURN',
      message: '`onWatermark` of stateful "flow.s" for key "a" must return a pair `[emit, discard?]`; got undefined',
    },
  ),
])

/** A case of a windower that can't be made. */
function windows(title: string, make: () => Windower, message: string): BadInput {
  return { title, act: make, code: 'INVALID_ARGUMENT', message }
}

testAll('bad windows', [
  windows(
    'of length 0',
    () => new TumblingWindower({ lengthMs: 0, alignTo: 0 }),
    '`lengthMs` of TumblingWindower must be a duration in milliseconds, more than 0 and finite; got 0',
  ),
  windows(
    'that are further apart than they are long',
    () => new SlidingWindower({ lengthMs: 10, offsetMs: 11, alignTo: 0 }),
    '`offsetMs` of SlidingWindower must not be more than `lengthMs` (10), or values between windows would be lost; got 11',
  ),
  windows(
    'that are aligned to a text',
    () => new TumblingWindower({ lengthMs: 10, alignTo: '2024-01-01' as Wrong }),
    '`alignTo` of TumblingWindower must be milliseconds since the epoch, a Date or a Temporal object with `epochMilliseconds`; got "2024-01-01"',
  ),
])

test('timestamps: negative ones, dates and objects of Temporal are times, and windows begin where they are told to', async () => {
  const times = [-25, -20.5, new Date(-11), { epochMilliseconds: -1 }, -0, 3, new Date(8)]
  const out: [string, [number, number]][] = []
  const flow = new Dataflow('flow')
  flow
    .input('in', new TestingSource(times))
    .assignWatermarks('time', (time) => time, IN_ORDER)
    .countWindow('s', new StreamClock((time) => time), new TumblingWindower({ lengthMs: 10, alignTo: 3 }), () => 'all')
    .down.output('out', new TestingSink(out))
  await run(flow, { recovery: new MemoryRecoveryStore(), epochIntervalMs: 0, host: new TestClock() })
  assert.deepEqual(
    out.map(([, window]) => window),
    [
      [-3, 2],
      [-2, 1],
      [-1, 2],
      [0, 2],
    ],
  )
})

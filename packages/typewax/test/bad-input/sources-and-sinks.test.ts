/** Proves that whatever a source or a sink does wrong ends the run with an error that says which method of which step and partition it was. */

import { type BadInput, type Bench, BOOM, testAll } from './bench.ts'
import { dynamicSink, dynamicSource, type FlowOptions, type Methods, recovering, runFlow, sink, source } from './parts.ts'

/** Both ways of a method to fail. */
const FAILURES: readonly (readonly [verb: string, method: () => unknown])[] = [
  [
    'throws',
    () => {
      throw BOOM
    },
  ],
  ['rejects', () => Promise.reject(BOOM)],
  ['rejects later', async () => await new Promise((_, reject) => setImmediate(() => reject(BOOM)))],
]
const THROWS = FAILURES.slice(0, 1)

interface Method {
  readonly name: string
  readonly partKey?: string
  readonly key?: string
  readonly failures?: typeof FAILURES
  /** Methods that must be there so that this one is called. */
  readonly others?: Methods
}

function failing(side: Side, methods: readonly Method[]): BadInput[] {
  return methods.flatMap(({ name, failures = FAILURES, others, ...place }) =>
    failures.map(([verb, method]): BadInput => {
      const where = 'partKey' in place ? ` for partition "${place.partKey}"` : 'key' in place ? ` for key "${place.key}"` : ''
      return {
        title: `${name} of ${side.title} ${verb}`,
        act: (bench) => runFlow(bench, side.place(bench, { ...others, [name]: method }), recovering()),
        code: side.code,
        domain: 'external',
        message: `\`${name}\` of ${side.step}${where} threw: boom`,
        stepId: side.stepId,
        cause: BOOM,
        ...place,
      }
    }),
  )
}

interface Wrong {
  readonly title: string
  readonly methods: Methods
  /** What the message says between "must return" and what was got. */
  readonly says: string
  readonly place?: { readonly partKey?: string; readonly key?: string }
}

function returning(side: Side, wrongs: readonly Wrong[]): BadInput[] {
  return wrongs.map(({ title, methods, says, place = {} }) => {
    const [name] = Object.keys(methods)
    const where = place.partKey !== undefined ? ` for partition "${place.partKey}"` : ''
    return {
      title: `${name} of ${side.title} returns ${title}`,
      act: (bench) => runFlow(bench, side.place(bench, methods), recovering()),
      code: 'WRONG_RETURN',
      message: `\`${name}\` of ${side.step}${where} must return ${says}`,
      stepId: side.stepId,
      ...place,
    }
  })
}

interface Side {
  readonly title: string
  readonly step: string
  readonly stepId: string
  readonly code: 'SOURCE_FAILED' | 'SINK_FAILED'
  readonly place: (bench: Bench, methods: Methods) => FlowOptions
}

const SOURCE: Side = {
  title: 'a partitioned source',
  step: 'input "flow.in"',
  stepId: 'flow.in',
  code: 'SOURCE_FAILED',
  place: (bench, methods) => ({ source: source(bench, methods) }),
}
const DYNAMIC_SOURCE: Side = { ...SOURCE, title: 'a dynamic source', place: (bench, methods) => ({ source: dynamicSource(bench, methods) }) }
const SINK: Side = {
  title: 'a partitioned sink',
  step: 'output "flow.out"',
  stepId: 'flow.out',
  code: 'SINK_FAILED',
  place: (bench, methods) => ({ sink: sink(bench, methods), doesEnd: 'close' in methods }),
}
const DYNAMIC_SINK: Side = {
  ...SINK,
  title: 'a dynamic sink',
  place: (bench, methods) => ({ sink: dynamicSink(bench, methods), doesEnd: 'close' in methods }),
}

const P = { partKey: 'p' }
const W = { partKey: 'worker 0' }

testAll('bad input', [
  ...failing(SOURCE, [
    { name: 'listParts' },
    { name: 'buildPart', ...P },
    { name: 'nextBatch', ...P },
    { name: 'nextAwake', failures: THROWS, ...P },
    { name: 'snapshot', failures: THROWS, ...P },
    { name: 'close', ...P },
  ]),
  ...failing(DYNAMIC_SOURCE, [
    { name: 'build' },
    { name: 'nextBatch', ...W },
    { name: 'nextAwake', failures: THROWS, ...W },
    { name: 'close', ...W },
  ]),
  ...failing(SINK, [
    { name: 'listParts' },
    { name: 'buildPart', ...P },
    { name: 'partFn', key: 'a', failures: THROWS },
    { name: 'writeBatch', ...P },
    { name: 'flush', ...P },
    { name: 'prepare', ...P },
    { name: 'commit', others: { prepare: () => 'token' }, ...P },
    { name: 'snapshot', failures: THROWS, ...P },
    { name: 'close', ...P },
  ]),
  ...failing(DYNAMIC_SINK, [{ name: 'build' }, { name: 'writeBatch' }, { name: 'flush' }, { name: 'close' }]),
])

testAll('bad input', [
  ...returning(SOURCE, [
    { title: 'no array', methods: { listParts: () => 'p' }, says: 'an array of strings; got "p"' },
    { title: 'numbers', methods: { listParts: () => [1, 2] }, says: 'an array of strings; got [1,2]' },
    { title: 'nothing', methods: { buildPart: () => undefined }, says: 'a partition with a method `nextBatch`; got undefined', place: P },
    { title: 'a promise of null', methods: { buildPart: async () => null }, says: 'a partition with a method `nextBatch`; got null', place: P },
    { title: 'no nextBatch', methods: { buildPart: () => ({}) }, says: 'a partition with a method `nextBatch`; got {}', place: P },
    {
      title: 'no snapshot',
      methods: { buildPart: () => ({ nextBatch: () => [] }) },
      says: 'a partition with a method `snapshot`; got {}',
      place: P,
    },
    { title: 'nothing', methods: { nextBatch: () => undefined }, says: 'an iterable of items or EOF; got undefined', place: P },
    { title: 'a promise of a number', methods: { nextBatch: async () => 5 }, says: 'an iterable of items or EOF; got 5', place: P },
    { title: 'a string', methods: { nextBatch: () => 'text' }, says: 'an iterable of items or EOF; got "text"', place: P },
    { title: 'an object', methods: { nextBatch: () => ({ items: [] }) }, says: 'an iterable of items or EOF; got {"items":[]}', place: P },
    { title: 'NaN', methods: { nextAwake: () => Number.NaN }, says: 'milliseconds since the epoch or undefined; got NaN', place: P },
    { title: 'a string', methods: { nextAwake: () => 'soon' }, says: 'milliseconds since the epoch or undefined; got "soon"', place: P },
    { title: 'a Date', methods: { nextAwake: () => new Date(0) }, says: 'milliseconds since the epoch or undefined; got a Date', place: P },
  ]),
  ...returning(DYNAMIC_SOURCE, [
    { title: 'nothing', methods: { build: () => undefined }, says: 'a partition with a method `nextBatch`; got undefined' },
    { title: 'nothing', methods: { nextBatch: () => undefined }, says: 'an iterable of items or EOF; got undefined', place: W },
  ]),
  ...returning(SINK, [
    { title: 'nothing', methods: { listParts: () => undefined }, says: 'an array of strings; got undefined' },
    { title: 'nothing', methods: { buildPart: () => undefined }, says: 'a partition with a method `writeBatch`; got undefined', place: P },
    {
      title: 'no snapshot',
      methods: { buildPart: () => ({ writeBatch: () => {} }) },
      says: 'a partition with a method `snapshot`; got {}',
      place: P,
    },
  ]),
  ...returning(DYNAMIC_SINK, [
    { title: 'nothing', methods: { build: () => undefined }, says: 'a partition with a method `writeBatch`; got undefined' },
  ]),
])

class Offset {
  readonly bytes = 3
}

const UNSERIALISABLE: readonly (readonly [title: string, state: () => unknown, got: RegExp])[] = [
  ['a class instance', () => new Offset(), /Offset/],
  ['a function', () => ({ at: [() => 3] }), /at.*function/],
  ['a promise', async () => 3, /Promise/],
]

testAll(
  'bad input',
  [SOURCE, SINK].flatMap((side) =>
    UNSERIALISABLE.map(([title, snapshot, got]): BadInput => {
      return {
        title: `snapshot of ${side.title} gives ${title}`,
        act: (bench) => runFlow(bench, side.place(bench, { snapshot }), recovering()),
        code: 'UNSERIALISABLE_STATE',
        message: new RegExp(`^the position of ${side.step} for partition "p" can't be stored: .*${got.source}.*; keep plain data`),
        stepId: side.stepId,
        partKey: 'p',
      }
    }),
  ),
)

const PART_NUMBERS: readonly (readonly [title: string, value: unknown, got: string])[] = [
  ['a negative number', -1, '-1'],
  ['a fraction', 0.5, '0.5'],
  ['NaN', Number.NaN, 'NaN'],
  ['a string', '0', '"0"'],
  ['nothing', undefined, 'undefined'],
]

testAll('bad input', [
  ...PART_NUMBERS.map(([title, value, got]): BadInput => {
    return {
      title: `partFn of a partitioned sink returns ${title}`,
      act: (bench) => runFlow(bench, { sink: sink(bench, { partFn: () => value }) }),
      code: 'INVALID_PART_NUMBER',
      message: `\`partFn\` of output "flow.out" must return a non-negative integer; got ${got} for key "a"`,
      stepId: 'flow.out',
      key: 'a',
    }
  }),
  {
    title: 'a sink without partitions gets an item',
    act: (bench) => runFlow(bench, { sink: sink(bench, { listParts: () => [] }) }),
    code: 'NO_PARTITIONS',
    message: 'the sink of output "flow.out" got an item, but lists no partitions; did `listParts` return an empty array?',
    stepId: 'flow.out',
  },
  {
    title: 'an item that is no pair comes to a partitioned sink',
    act: (bench) => runFlow(bench, { source: source(bench, {}, ['text']), sink: sink(bench) }),
    code: 'NOT_A_PAIR',
    message: 'step "flow.out" needs `[key, value]` pairs; got "text"; key the stream with keyOn or map first',
    stepId: 'flow.out',
  },
])

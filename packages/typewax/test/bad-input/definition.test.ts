/** Proves that mistakes in a definition, and in the options of a run, are found at the call, before anything is read or written. */

import { DirSink, FileSource } from '../../src/connectors/files/index.ts'
import { Dataflow, run, type Stream } from '../../src/index.ts'
import * as operators from '../../src/operators/index.ts'
import { SqliteRecoveryStore } from '../../src/recovery/index.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'
import { type BadInput, type Bench, testAll } from './bench.ts'
import { dynamicSink, makeFlow, recovering, source } from './parts.ts'

/** A value with the wrong type on purpose. */
type Wrong = never

const pairs = (): TestingSource<[string, number]> => new TestingSource<[string, number]>([['a', 1]])

/** A case that does something with a stream of pairs in `flow`. */
function define(title: string, act: (up: Stream<[string, number]>, flow: Dataflow) => unknown, expected: Partial<BadInput>): BadInput {
  const flow = (): unknown => {
    const made = new Dataflow('flow')
    return act(made.input('in', pairs()), made)
  }
  return { title, act: flow, code: 'INVALID_ARGUMENT', message: '', ...expected }
}

const nothing = (): Wrong => undefined as Wrong
/** Operators that keep state or see values, on a stream that a cast has let through. */
const unkeyed: readonly (readonly [operator: string, apply: (up: Wrong) => unknown])[] = [
  ['statefulMap', (up) => operators.statefulMap('s', up, nothing)],
  ['stateful', (up) => operators.stateful('s', up, nothing)],
  ['statefulBatch', (up) => operators.statefulBatch('s', up, nothing)],
  ['mapValue', (up) => operators.mapValue('s', up, nothing)],
  ['keyRm', (up) => operators.keyRm('s', up)],
]

testAll('bad definition', [
  define('a flow id with a period', () => new Dataflow('my.flow'), {
    code: 'INVALID_FLOW_ID',
    message: 'the flow id "my.flow" can\'t contain a period: periods join the ids of nested steps',
  }),
  define('a flow id that is no string', () => new Dataflow(7 as Wrong), { code: 'INVALID_FLOW_ID', message: 'a flow id must be a string; got 7' }),
  define('a step id with a period', (up) => up.map('a.b', String), {
    code: 'INVALID_STEP_ID',
    message: 'the step id "a.b" of map can\'t contain a period: periods join the ids of nested steps',
  }),
  define('a step id that is no string', (up) => up.map(undefined as Wrong, String), {
    code: 'INVALID_STEP_ID',
    message: 'the step id of map must be a string; got undefined',
  }),
  define('two steps with one id', (up) => [up.map('m', String), up.filter('m', () => true)], {
    code: 'DUPLICATE_STEP',
    message: 'step "flow.m" already exists; do two steps have the same id?',
    stepId: 'flow.m',
  }),
  define('a step with the id of an input', (up) => up.map('in', String), {
    code: 'DUPLICATE_STEP',
    message: 'step "flow.in" already exists; do two steps have the same id?',
    stepId: 'flow.in',
  }),
  define('an input without a source', (_, flow) => flow.input('x', [1, 2] as Wrong), {
    code: 'NOT_A_SOURCE',
    message: 'input "x" needs a FixedPartitionedSource or a DynamicSource; got [1,2]',
    stepId: 'flow.x',
  }),
  define('an input with a class for a source', (_, flow) => flow.input('x', TestingSource as Wrong), {
    code: 'NOT_A_SOURCE',
    message: 'input "x" needs a FixedPartitionedSource or a DynamicSource; got function TestingSource',
    stepId: 'flow.x',
  }),
  define('an output without a sink', (up) => up.output('x', console as Wrong), {
    code: 'NOT_A_SINK',
    message: 'output "x" needs a FixedPartitionedSink or a DynamicSink; got an Object',
    stepId: 'flow.x',
  }),
  define('the result of branch for a stream', (up) => operators.map('m', up.branch('b', () => true) as Wrong, String), {
    code: 'NOT_A_STREAM',
    message: '`up` of map "m" must be a `Stream`; got an object with `trues`, `falses`; did you mean its `.trues` or `.falses`?',
  }),
  define('nothing for a stream', () => operators.map('m', undefined as Wrong, String), {
    code: 'NOT_A_STREAM',
    message: '`up` of map "m" must be a `Stream`; got undefined',
  }),
  define('no array for the sides of a join', (up) => up.keyed('k').join('j', 5 as Wrong), {
    code: 'NOT_A_STREAM',
    message: '`sides` of join "j" must be a `Stream`; got 5',
  }),
  ...unkeyed.map(([operator, apply]) =>
    define(`a stream that is not keyed, for ${operator}`, (up) => apply(up as Wrong), {
      code: 'NOT_A_STREAM',
      message: `\`up\` of ${operator} "s" must be a \`KeyedStream\`; make it one with keyOn, or with keyed if its items are pairs`,
      stepId: 'flow.s',
    }),
  ),
  define('a mapper that is none', (up) => up.map('m', 'text' as Wrong), {
    message: '`mapper` of map "m" must be a function; got "text"',
    stepId: 'flow.m',
  }),
  define('a builder that is none', (up) => up.keyed('k').stateful('s', undefined as Wrong), {
    message: '`builder` of stateful "s" must be a function; got undefined',
    stepId: 'flow.s',
  }),
  define('a list of no length', (up) => up.keyed('k').collect('c', { maxSize: 0, timeoutMs: 1 }), {
    message: '`maxSize` of collect "c" must be a positive integer; got 0',
    stepId: 'flow.c',
  }),
  define('a timeout that is no number', (up) => up.mapAsync('m', async () => 1, { timeoutMs: '5s' as Wrong }), {
    message: '`timeoutMs` of mapAsync "m" must be a duration in milliseconds, 0 or more; got "5s"',
    stepId: 'flow.m',
  }),
  define('no calls in flight', (up) => up.mapAsync('m', async () => 1, { maxInFlight: Number.NaN }), {
    message: '`maxInFlight` of mapAsync "m" must be a positive integer; got NaN',
    stepId: 'flow.m',
  }),
  define('a mode of join that is none', (up) => up.keyed('k').join('j', [], { emit: 'never' as Wrong }), {
    message: '`emit` of join "j" must be one of "complete", "final", "running"; got "never"',
    stepId: 'flow.j',
  }),
  define('merge of nothing', () => operators.merge('m'), {
    code: 'MIXED_SCOPES',
    message: 'merge "m" needs at least one stream; got none',
    stepId: 'm',
  }),
  define('merge of two flows', (up) => up.merge('m', new Dataflow('second').input('in', pairs())), {
    code: 'MIXED_SCOPES',
    message: 'merge "m" mixes streams of different dataflows ("flow", "second"); pass every stream as an argument of the operator',
    stepId: 'm',
  }),
])

/** A case that runs a sound flow with an option that is not. */
function option(title: string, options: Record<string, unknown>, message: string | RegExp): BadInput {
  const act = async (bench: Bench): Promise<unknown> => await run(makeFlow(bench, { doesEnd: true }), { signal: bench.end, ...options })
  return { title, act, code: 'INVALID_ARGUMENT', message }
}

testAll('bad option', [
  option('workers: 0', { workers: 0 }, '`workers` must be a number of at least 1; got 0'),
  option('workers: NaN', { workers: Number.NaN }, '`workers` must be a number of at least 1; got NaN'),
  option('workers: 2, of a flow without a file', { workers: 2 }, /^`workers: 2` needs the file that exports the flow/),
  option('workers: 257', { workers: 257 }, '`workers` must be an integer, 256 at most; got 257'),
  option('workers: 1.5', { workers: 1.5 }, '`workers` must be an integer, 256 at most; got 1.5'),
  option('epochIntervalMs: NaN', { epochIntervalMs: Number.NaN }, '`epochIntervalMs` must be a number of at least 0; got NaN'),
  option('epochIntervalMs: -1', { epochIntervalMs: -1 }, '`epochIntervalMs` must be a number of at least 0; got -1'),
  option('epochIntervalMs: text', { epochIntervalMs: '10s' }, '`epochIntervalMs` must be a number of at least 0; got "10s"'),
  option('backupIntervalMs: Infinity', { backupIntervalMs: Infinity }, '`backupIntervalMs` must be a number of at least 0; got Infinity'),
  option('stopTimeoutMs: null', { stopTimeoutMs: null }, '`stopTimeoutMs` must be a number of at least 0; got null'),
  option('progressIntervalMs: 0', { progressIntervalMs: 0 }, '`progressIntervalMs` must be a number of at least 1; got 0'),
  option('recovery: a number', { recovery: 5 }, '`recovery` must be a directory or a RecoveryStore; got 5'),
  option('recovery: an empty text', { recovery: '' }, '`recovery` must be a directory or a RecoveryStore; got ""'),
  option('signal: its controller', { signal: new AbortController() }, '`signal` must be an AbortSignal; got an AbortController'),
  option('onProgress: a text', { onProgress: 'yes' }, '`onProgress` must be a function; got "yes"'),
  option('dropState: a text', { dropState: 'flow.s' }, '`dropState` must be an array of step ids; got "flow.s"'),
  option('renameState: pairs', { renameState: [['a', 'b']] }, '`renameState` must be an object of new step ids by old ones; got [["a","b"]]'),
])

const noFlow = (title: string, value: unknown, got: string): BadInput => ({
  title,
  act: async () => await run(value as Wrong),
  code: 'NOT_A_FLOW',
  message: `\`run\` needs a Dataflow, or the file that exports one; got ${got}`,
})

testAll('bad run', [
  noFlow('of nothing', undefined, 'undefined'),
  noFlow('of an object', {}, '{}'),
  {
    title: 'of a flow without input',
    act: async () => await run(new Dataflow('flow')),
    code: 'NO_INPUT',
    message: 'dataflow "flow" needs at least one input; add `flow.input(…)`',
  },
  {
    title: 'of a flow without output',
    act: async () => {
      const flow = new Dataflow('flow')
      flow.input('in', pairs()).map('m', String)
      await run(flow)
    },
    code: 'NO_OUTPUT',
    message: 'dataflow "flow" needs at least one output or inspect step; without one nothing would be observable',
  },
  {
    title: 'of a file that is not there',
    act: async () => await run('nowhere/flow.ts'),
    code: 'FLOW_FILE_NOT_FOUND',
    message: /^there is no file .*nowhere\/flow\.ts; give the path of the module that exports the flow, such as `flow\.ts` or `flow\.ts:name`$/,
  },
  ...(['mapAsync', 'tryMapAsync'] as const).map((operator): BadInput => {
    return {
      title: `with recovery of ${operator} without timeoutMs`,
      act: async (bench) => {
        const flow = new Dataflow('flow')
        const up = flow.input('in', source(bench)) as Stream<unknown>
        const down = operator === 'mapAsync' ? up.mapAsync('m', async () => 1) : up.tryMapAsync('m', async () => 1).oks
        ;(down as Stream<unknown>).output('out', dynamicSink(bench))
        await run(flow, recovering())
      },
      code: 'INVALID_ARGUMENT',
      message: `${operator} "flow.m" needs \`timeoutMs\` when state is kept: a call that never answers would hold back every epoch`,
      stepId: 'flow.m',
    }
  }),
])

testAll('bad connector', [
  define('an empty path', () => new FileSource(''), { message: '`path` must be a path or a file: URL; got ""' }),
  define('no files', () => new DirSink('out', { fileCount: 0 }), { message: '`fileCount` must be an integer of at least 1; got 0' }),
  define('equal file names', () => new DirSink('out', { fileCount: 2, fileName: () => 'x' }), {
    message: '`fileName` must give a different name for each file; got ["x","x"]',
  }),
  define('a store of no files', () => new SqliteRecoveryStore('state', { partitions: 0 }), {
    message: '`partitions` is the number of files of the store, from 1 to 1024, got 0',
  }),
])

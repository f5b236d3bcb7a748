/** Proves that whatever a function of the user throws or returns ends the run with an error that names function, step and key. */

import type { KeyedStream, Stream } from '../../src/index.ts'
import { type BadInput, type Bench, BOOM, testAll } from './bench.ts'
import { type FlowOptions, type Methods, PAIRS, recovering, runFlow, source } from './parts.ts'

/** A function with the wrong type on purpose. */
type Wrong = never

const boom = (): never => {
  throw BOOM
}
const gives = (value: unknown): Wrong => (() => value) as never

/** A case that applies one step, `s`, to the stream of pairs; and one for the stream keyed by their keys. */
function step(
  title: string,
  apply: (up: Stream<Wrong>) => Stream<unknown>,
  expected: Partial<BadInput>,
  items: readonly unknown[] = PAIRS,
): BadInput {
  const act = async (bench: Bench): Promise<unknown> => {
    const parts: FlowOptions = { source: source(bench, {}, items), steps: apply }
    return await runFlow(bench, parts, recovering())
  }
  return { title, act, code: 'USER_FUNCTION_FAILED', message: '', stepId: 'flow.s', ...expected }
}

function keyed(title: string, apply: (up: KeyedStream<Wrong>) => Stream<unknown>, expected: Partial<BadInput>): BadInput {
  return step(title, (up) => apply(up.keyed('keyed') as KeyedStream<Wrong>), { key: 'a', ...expected })
}

/** The logic of a `stateful` step with some methods of its own. */
function logic(methods: Methods): Wrong {
  return (() => ({ onItem: () => [[]], snapshot: () => 0, ...methods })) as never
}

const threw = (where: string, cause: unknown = BOOM, text = 'boom'): Partial<BadInput> => ({ message: `${where} threw: ${text}`, cause })
const wrong = (message: string): Partial<BadInput> => ({ code: 'WRONG_RETURN', message })
const LONG = new Error('x'.repeat(10_000))

testAll('bad input', [
  step(
    'keyed gets an item that is no pair',
    (up) => up.keyed('s'),
    {
      code: 'NOT_A_PAIR',
      message: 'step "flow.s" needs `[key, value]` pairs; got ["a",1,2]; key the stream with keyOn or map first',
    },
    [['a', 1, 2]],
  ),
  step(
    'keyed gets a key that is no string',
    (up) => up.keyed('s'),
    {
      code: 'KEY_NOT_STRING',
      message: 'step "flow.s" needs string keys; got 7; convert it with String(…) or a template',
    },
    [[7, 1]],
  ),
  step('keyOn returns a promise that rejects', (up) => up.keyOn('s', (async () => boom()) as Wrong), {
    code: 'KEY_NOT_STRING',
    message: 'step "flow.s" needs string keys; got a Promise (is an `await` missing?); convert it with String(…) or a template',
  }),
  step('keyOn throws', (up) => up.keyOn('s', boom), threw('`key` of keyOn "flow.s" for item ["a",1]')),
  step('countFinal gets a key that is no string', (up) => up.countFinal('s', gives(null)), {
    code: 'KEY_NOT_STRING',
    message: 'step "flow.s" needs string keys; got null; convert it with String(…) or a template',
  }),
  step('map throws', (up) => up.map('s', boom), threw('`mapper` of map "flow.s" for item ["a",1]')),
  step(
    'map throws a text',
    (up) =>
      up.map('s', () => {
        throw 'no error'
      }),
    threw('`mapper` of map "flow.s" for item ["a",1]', 'no error', '"no error"'),
  ),
  step(
    'map throws nothing',
    (up) =>
      up.map('s', () => {
        throw undefined
      }),
    { message: '`mapper` of map "flow.s" for item ["a",1] threw: undefined', cause: undefined },
  ),
  step(
    'map throws a long message',
    (up) =>
      up.map('s', () => {
        throw LONG
      }),
    threw('`mapper` of map "flow.s" for item ["a",1]', LONG, `${'x'.repeat(200)}…`),
  ),
  keyed('map of a keyed stream throws', (up) => up.map('s', boom), threw('`mapper` of map "flow.s" for key "a", item ["a",1]')),
  keyed('mapValue throws', (up) => up.mapValue('s', boom), threw('`mapper` of mapValue "flow.s" for key "a", item 1')),
  step(
    'filter returns a text',
    (up) => up.filter('s', gives('yes')),
    wrong('`predicate` of filter "flow.s" for item ["a",1] must return a boolean; got "yes"'),
  ),
  step('filter returns a promise that rejects', (up) => up.filter('s', (async () => boom()) as Wrong), {
    ...wrong('`predicate` of filter "flow.s" for item ["a",1] must return a boolean; got a promise; use mapAsync for a function that is async'),
  }),
  keyed('filterValue throws', (up) => up.filterValue('s', boom), threw('`predicate` of filterValue "flow.s" for key "a", item 1')),
  step('filterMap throws', (up) => up.filterMap('s', boom), threw('`mapper` of filterMap "flow.s" for item ["a",1]')),
  step(
    'flatMap returns a number',
    (up) => up.flatMap('s', gives(5)),
    wrong('`mapper` of flatMap "flow.s" for item ["a",1] must return an iterable; got 5'),
  ),
  keyed('flatMapValue returns nothing', (up) => up.flatMapValue('s', gives(undefined)), {
    ...wrong('`mapper` of flatMapValue "flow.s" for key "a", item 1 must return an iterable; got undefined'),
  }),
  step(
    'flatMap returns an iterable that breaks',
    (up) =>
      up.flatMap('s', function* () {
        yield 1
        boom()
      }),
    threw('`mapper` of flatMap "flow.s" for item ["a",1]'),
  ),
  step('flatMap returns an iterable that will not begin', (up) => up.flatMap('s', gives({ [Symbol.iterator]: boom })), {
    ...threw('`mapper` of flatMap "flow.s" for item ["a",1]'),
  }),
  step('flatMapBatch throws', (up) => up.flatMapBatch('s', boom), threw('`mapper` of flatMapBatch "flow.s"')),
  step('flatMapBatch returns nothing', (up) => up.flatMapBatch('s', gives(undefined)), {
    ...wrong('`mapper` of flatMapBatch "flow.s" must return an iterable; got undefined'),
  }),
  step(
    'flatten gets an item that is no iterable',
    (up) => up.flatten('s'),
    {
      code: 'UNEXPECTED_ITEM',
      message: '`mapper` of flatten "flow.s" for item 5: items must be iterable; got 5',
    },
    [5],
  ),
  step('branch returns a number', (up) => up.branch('s', gives(1)).trues, wrong('`predicate` of branch "flow.s" must return a boolean; got 1')),
  keyed('branch of a keyed stream throws', (up) => up.branch('s', boom).trues, threw('`predicate` of branch "flow.s" for key "a"')),
  step('inspect throws', (up) => up.inspect('s', boom), threw('`inspector` of inspect "flow.s"')),
  step('enrichCached: getter throws', (up) => up.enrichCached('s', boom, (cache, item) => [cache.get(item)]), {
    ...threw('`mapper` of enrichCached "flow.s"'),
  }),
  step(
    'raises gets an item',
    (up) => {
      up.raises('s')
      return up
    },
    { code: 'UNEXPECTED_ITEM', message: 'no item may come to raises "flow.s"; got ["a",1]' },
  ),
])

testAll('bad input', [
  keyed('statefulMap throws', (up) => up.statefulMap('s', boom), threw('`mapper` of statefulMap "flow.s" for key "a"')),
  keyed('statefulMap returns no pair', (up) => up.statefulMap('s', gives(5)), {
    ...wrong('`mapper` of statefulMap "flow.s" for key "a": `mapper` must return [state, result]; got 5'),
  }),
  keyed('statefulMap: initial throws', (up) => up.statefulMap('s', boom, gives([1, 2])), threw('`builder` of statefulMap "flow.s" for key "a"')),
  keyed('statefulFlatMap returns no iterable', (up) => up.statefulFlatMap('s', gives([1, 5])), {
    ...wrong('`mapper` of statefulFlatMap "flow.s" for key "a" must return an iterable of values to emit; got 5'),
  }),
  keyed('stateful: builder throws', (up) => up.stateful('s', boom), threw('`builder` of stateful "flow.s" for key "a"')),
  ...[undefined, {}, { onItem: boom }].map((value) =>
    keyed(`stateful: builder returns ${JSON.stringify(value)}`, (up) => up.stateful('s', gives(value)), {
      ...wrong(
        `\`builder\` of stateful "flow.s" for key "a" must return a logic with \`onItem\` (or \`onBatch\`) and \`snapshot\`; got ${JSON.stringify(value)}`,
      ),
    }),
  ),
  keyed('stateful: onItem throws', (up) => up.stateful('s', logic({ onItem: boom })), threw('`onItem` of stateful "flow.s" for key "a"')),
  ...[undefined, 7, [], [[], true, 1]].map((value) =>
    keyed(`stateful: onItem returns ${JSON.stringify(value)}`, (up) => up.stateful('s', logic({ onItem: () => value })), {
      ...wrong(`\`onItem\` of stateful "flow.s" for key "a" must return a pair \`[emit, discard?]\`; got ${JSON.stringify(value)}`),
    }),
  ),
  keyed('stateful: onItem emits no iterable', (up) => up.stateful('s', logic({ onItem: () => [7] })), {
    ...wrong('`onItem` of stateful "flow.s" for key "a" must return an iterable of values to emit; got 7'),
  }),
  keyed('stateful: onItem discards with a text', (up) => up.stateful('s', logic({ onItem: () => [[], 'no'] })), {
    ...wrong('`onItem` of stateful "flow.s" for key "a" must return a boolean as second element; got "no"'),
  }),
  keyed('stateful: what onItem emits breaks', (up) => up.stateful('s', logic({ onItem: () => [{ [Symbol.iterator]: boom }] })), {
    ...threw('`onItem` of stateful "flow.s" for key "a"'),
  }),
  keyed('stateful: notifyAt throws', (up) => up.stateful('s', logic({ notifyAt: boom })), threw('`notifyAt` of stateful "flow.s" for key "a"')),
  ...[
    ['NaN', Number.NaN],
    ['"soon"', 'soon'],
    ['null', null],
    ['a Date', new Date(0)],
  ].map(([got, value]) =>
    keyed(`stateful: notifyAt returns ${got}`, (up) => up.stateful('s', logic({ notifyAt: () => value })), {
      ...wrong(`\`notifyAt\` of stateful "flow.s" for key "a" must return milliseconds since the epoch or undefined; got ${got}`),
    }),
  ),
  keyed('stateful: notifyAt returns a promise that rejects', (up) => up.stateful('s', logic({ notifyAt: async () => boom() })), {
    ...wrong(
      '`notifyAt` of stateful "flow.s" for key "a" must return milliseconds since the epoch or undefined; got a Promise (is an `await` missing?)',
    ),
  }),
  keyed('stateful: onNotify throws', (up) => up.stateful('s', logic({ notifyAt: () => 0, onNotify: boom })), {
    ...threw('`onNotify` of stateful "flow.s" for key "a"'),
  }),
  keyed('stateful: onEof throws', (up) => up.stateful('s', logic({ onEof: boom })), threw('`onEof` of stateful "flow.s" for key "a"')),
  keyed('stateful: snapshot throws', (up) => up.stateful('s', logic({ snapshot: boom })), threw('`snapshot` of stateful "flow.s" for key "a"')),
  keyed('statefulBatch: onBatch returns nothing', (up) => up.statefulBatch('s', logic({ onItem: undefined, onBatch: () => {} })), {
    ...wrong('`onBatch` of statefulBatch "flow.s" for key "a" must return a pair `[emit, discard?]`; got undefined'),
  }),
  keyed('reduceFinal throws', (up) => up.reduceFinal('s', boom), threw('`reducer` of reduceFinal "flow.s" for key "a"')),
  keyed('maxFinal throws', (up) => up.maxFinal('s', boom), threw('`by` of maxFinal "flow.s" for key "a"')),
  keyed('foldFinal throws', (up) => up.foldFinal('s', () => 0, boom), threw('`folder` of foldFinal "flow.s" for key "a"')),
])

/** A function with the wrong type on purpose: an async one, which fails after it was called. */
const later = async (): Promise<never> => {
  await undefined
  return boom()
}
const promised: Wrong = later as never
const USE_MAP_ASYNC = 'got a promise; use mapAsync for a function that is async'
const USE_TRY_MAP_ASYNC = USE_MAP_ASYNC.replace('mapAsync', 'tryMapAsync')
/** It is the function that is wrong, whatever the key. */
const NO_KEY = { key: undefined } as unknown as Partial<BadInput>
const USE_IT_BEFORE = 'got a promise; use mapAsync, before this step, for a function that is async'

testAll('bad input: an async function', [
  step('of map', (up) => up.map('s', promised), wrong(`\`mapper\` of map "flow.s" must return values; ${USE_MAP_ASYNC}`)),
  keyed('of map of a keyed stream', (up) => up.map('s', promised), {
    ...wrong(`\`mapper\` of map "flow.s" must return values; ${USE_MAP_ASYNC}`),
    ...NO_KEY,
  }),
  keyed('of mapValue', (up) => up.mapValue('s', promised), {
    ...wrong(`\`mapper\` of mapValue "flow.s" must return values; ${USE_MAP_ASYNC}`),
    ...NO_KEY,
  }),
  step('of filterMap', (up) => up.filterMap('s', promised), wrong(`\`mapper\` of filterMap "flow.s" must return values; ${USE_MAP_ASYNC}`)),
  step('of flatMap', (up) => up.flatMap('s', promised), {
    ...wrong(`\`mapper\` of flatMap "flow.s" for item ["a",1] must return an iterable; ${USE_MAP_ASYNC}`),
  }),
  step('whose promises flatMap emits', (up) => up.flatMap('s', gives([later(), later()])), {
    ...wrong(`\`mapper\` of flatMap "flow.s" must return values; ${USE_MAP_ASYNC}`),
  }),
  step('whose promises flatMap emits one by one', (up) => up.flatMap('s', (() => [later(), later()].values()) as Wrong), {
    ...wrong(`\`mapper\` of flatMap "flow.s" must return values; ${USE_MAP_ASYNC}`),
  }),
  step('of flatMapBatch', (up) => up.flatMapBatch('s', promised), {
    ...wrong(`\`mapper\` of flatMapBatch "flow.s" must return an iterable; ${USE_MAP_ASYNC}`),
  }),
  step('whose promises flatMapBatch emits', (up) => up.flatMapBatch('s', (() => [later(), later()]) as Wrong), {
    ...wrong(`\`mapper\` of flatMapBatch "flow.s" must return values; ${USE_MAP_ASYNC}`),
  }),
  step('of tryMap', (up) => up.tryMap('s', promised).oks, wrong(`\`mapper\` of tryMap "flow.s" must return values; ${USE_TRY_MAP_ASYNC}`)),
  keyed('of statefulMap', (up) => up.statefulMap('s', promised), {
    ...wrong(`\`mapper\` of statefulMap "flow.s" for key "a": \`mapper\` must return [state, result]; ${USE_IT_BEFORE}`),
  }),
  keyed('whose promise is the result of statefulMap', (up) => up.statefulMap('s', (() => [0, later()]) as Wrong), {
    ...wrong(`\`mapper\` of statefulMap "flow.s" for key "a": \`mapper\` must return a result; ${USE_IT_BEFORE}`),
  }),
  keyed('whose promise is a result of statefulFlatMap', (up) => up.statefulFlatMap('s', (() => [0, [later()]]) as Wrong), {
    ...wrong(`\`mapper\` of statefulFlatMap "flow.s" for key "a": \`mapper\` must return an iterable of values; ${USE_IT_BEFORE}`),
  }),
  keyed('whose promise is the result of tryStatefulMap', (up) => up.tryStatefulMap('s', () => 0, (() => [0, later()]) as Wrong).oks, {
    ...wrong(`\`mapper\` of tryStatefulMap "flow.s" must return values; ${USE_TRY_MAP_ASYNC}`),
    ...NO_KEY,
  }),
  keyed('of foldFinal', (up) => up.foldFinal('s', () => 0, promised), {
    ...wrong(`\`folder\` of foldFinal "flow.s" for key "a": \`folder\` must return a plain value; ${USE_IT_BEFORE}`),
  }),
  keyed('of reduceFinal', (up) => up.reduceFinal('s', promised), {
    ...wrong(`\`reducer\` of reduceFinal "flow.s" for key "a": \`reducer\` must return a plain value; ${USE_IT_BEFORE}`),
  }),
  keyed('of maxFinal', (up) => up.maxFinal('s', promised), {
    ...wrong(`\`by\` of maxFinal "flow.s" for key "a": \`by\` must return a plain value; ${USE_IT_BEFORE}`),
  }),
])

class Basket {
  readonly items = ['apple']
}

const REMEDY = 'keep plain data (JSON types, bigint, Date, Map, Set, typed arrays) and build the rest from it'

const STATES: readonly (readonly [title: string, state: unknown, what: string])[] = [
  ['a class instance', new Basket(), 'state is an instance of Basket'],
  ['a class instance deep inside', { baskets: [new Map([['k', new Basket()]])] }, 'state.baskets[0].get("k") is an instance of Basket'],
  ['a function', { next: [boom] }, 'state.next[0] is a function'],
  ['a symbol', [Symbol('s')], 'state[0] is a symbol'],
  ['a URL', { url: new URL('http://localhost') }, 'state.url is an instance of URL'],
  ['a WeakMap', new WeakMap(), 'state is an instance of WeakMap'],
]

testAll('bad input', [
  ...STATES.map(([title, state, what]) =>
    keyed(`a state with ${title}`, (up) => up.stateful('s', logic({ snapshot: () => state })), {
      code: 'UNSERIALISABLE_STATE',
      message: `the state of stateful "flow.s" for key "a" can't be stored: ${what}; ${REMEDY}`,
    }),
  ),
  keyed(
    'a state with a getter that throws',
    (up) =>
      up.stateful(
        's',
        logic({
          snapshot: () => ({
            get at() {
              return boom()
            },
          }),
        }),
      ),
    {
      ...threw('`snapshot` of stateful "flow.s" for key "a"'),
    },
  ),
])

/** Tests `ttlMs`: against models of keys that are dropped, with logics that have timers and parts of their own, and on stores of before. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Dataflow, DISCARD, type KeyedStream, run, type StatefulLogic } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
import { copied, logicsOf, operationsOf, throughKeyed, withCode } from './flows.ts'
import { type Build, BY_STREAM, byStream, bySystem, disturbance, type Event, jitteredPairs, modelOf, orderedPairs } from './timed-flows.ts'

const TTL_MS = 14

/** In the order of arrival: all events of the key since it was last dropped. */
function model(events: readonly Event[]): Event[][] {
  let alive: Event[] = []
  return events.map((event) => {
    const touchedMs = Math.max(...alive.map(({ at }) => at))
    alive = event.at >= touchedMs + TTL_MS ? [event] : [...alive, event]
    return alive
  })
}

type Events = readonly Event[] | undefined

/** Each gives at every event what `model` gives. */
const BUILDS: Readonly<Record<string, Build<Event[]>>> = {
  statefulMap: (up, basis) =>
    up.statefulMap(
      's',
      (events: Events, event) => [
        [...(events ?? []), event],
        [...(events ?? []), event],
      ],
      { ttlMs: TTL_MS, ...basis },
    ),
  'statefulMap with initial': (up, basis) =>
    up.statefulMap(
      's',
      () => [] as Event[],
      (events, event) => [
        [...events, event],
        [...events, event],
      ],
      { ttlMs: TTL_MS, ...basis },
    ),
  statefulFlatMap: (up, basis) =>
    up.statefulFlatMap('s', (events: Events, event) => [[...(events ?? []), event], [[...(events ?? []), event]]], { ttlMs: TTL_MS, ...basis }),
  tryStatefulMap: (up, basis) =>
    up.tryStatefulMap(
      's',
      () => [] as Event[],
      (events, event) => [
        [...events, event],
        [...events, event],
      ],
      { ttlMs: TTL_MS, ...basis },
    ).oks,
  statefulBatch: (up, basis) =>
    up.statefulBatch(
      's',
      (resumeState: Events) => {
        const events = [...(resumeState ?? [])]
        return { onBatch: (batch) => [batch.map((event) => events.slice(0, events.push(event)))], snapshot: () => events }
      },
      { ttlMs: TTL_MS, ...basis },
    ),
  'stateful with parts': (up, basis) =>
    up.stateful('s', (_state: null | undefined, _key, parts: ReadonlyMap<string, Event>) => new PartsLogic(parts), { ttlMs: TTL_MS, ...basis }),
  join: (up, basis) =>
    up
      .filterValue('left', ({ id }) => id < 2)
      .join('s', [up.filterValue('right', ({ id }) => id >= 2)], { emit: 'running', ttlMs: TTL_MS, ...basis })
      .mapValue('row', (row) => row.filter((event) => event !== undefined)),
}

/** Keeps each event as a part of its own. */
class PartsLogic implements StatefulLogic<Event, Event[], null, Event> {
  readonly #events: Map<string, Event>
  #changed: string[] = []

  constructor(parts: ReadonlyMap<string, Event>) {
    this.#events = new Map([...parts].sort(([, one], [, other]) => one.index - other.index))
  }

  onItem(event: Event): [Event[][]] {
    // Sub-keys come again in a later life of the key.
    const subKey = `${this.#events.size}`
    this.#events.set(subKey, event)
    this.#changed.push(subKey)
    return [[[...this.#events.values()]]]
  }

  snapshot(): null {
    return null
  }

  subKeyChanges(): { changed: string[]; removed: string[] } {
    return { changed: this.#changed.splice(0), removed: [] }
  }

  snapshotSubKey(subKey: string): Event {
    return this.#events.get(subKey) as Event
  }
}

/** The last event of each side. */
function joinModel(events: readonly Event[]): Event[][] {
  return model(events).map((alive) => {
    const sides = [alive.findLast(({ id }) => id < 2), alive.findLast(({ id }) => id >= 2)]
    return sides.filter((event) => event !== undefined)
  })
}

for (const [name, build] of Object.entries(BUILDS)) {
  const expected = name === 'join' ? joinModel : model

  test(`ttlMs of ${name}: drops keys as the model does, by the time of the stream, whatever the batches and wherever it is cut off`, async () => {
    const property = fc.asyncProperty(jitteredPairs, disturbance, async (pairs, how) => {
      // The sides of the join come in batches: one by one they keep their order.
      const settings = name === 'join' ? { ...how, batchSize: 1 } : how
      assert.deepEqual(await byStream(pairs, build, settings), modelOf(pairs, expected))
    })
    await fc.assert(property, { numRuns: 40 })
  })

  test(`ttlMs of ${name}: drops keys as the model does, by the system clock`, async () => {
    const property = fc.asyncProperty(orderedPairs, disturbance, async (pairs, how) => {
      assert.deepEqual(await bySystem(pairs, build, how), modelOf(pairs, expected))
    })
    await fc.assert(property, { numRuns: 25 })
  })
}

test('ttlMs: a step without it has the logic that it was given', () => {
  const builder = () => ({ onItem: () => [[]] as [[]], onBatch: () => [[]] as [[]], snapshot: () => 0 })
  for (const build of [
    (up: KeyedStream<number>) => up.stateful('s', builder),
    (up: KeyedStream<number>) => up.stateful('s', builder, {}),
    (up: KeyedStream<number>) => up.statefulBatch('s', builder),
  ]) {
    const operation = operationsOf<[string, number]>((up) => build(up.keyed('keyed'))).find(({ kind }) => kind === 'statefulBatch')
    assert.ok(operation?.kind === 'statefulBatch' && operation.builder === builder && operation.needsWatermarks === undefined)
  }
})

test('ttlMs: a key is gone when its time is over, and has no more methods than its logic', () => {
  const clock = { nowMs: 1_000, watermarkMs: 1_000 }
  const bySystem = logicsOf<number>((up) => up.statefulMap('s', (_sum: number | undefined, n) => [n, n], { ttlMs: 10 }), clock)()
  bySystem.onItem?.(7)
  assert.deepEqual(
    [bySystem.notifyAt?.(), bySystem.notifyAtWatermark, bySystem.onEof, bySystem.subKeyChanges],
    [1_010, undefined, undefined, undefined],
  )
  clock.nowMs = 1_009
  assert.deepEqual(copied(bySystem.onNotify?.()), [[], false])
  clock.nowMs = 1_010
  assert.deepEqual(copied(bySystem.onNotify?.()), [[], DISCARD])
  const timestamp = (n: number): number => n
  const byStream = logicsOf<number>((up) => up.statefulMap('s', (_sum: number | undefined, n) => [n, n], { ttlMs: 10, timestamp }), clock)()
  // A late value counts as of the watermark.
  byStream.onItem?.(7)
  assert.deepEqual([byStream.notifyAt, byStream.notifyAtWatermark?.(), byStream.onEof], [undefined, 1_010, undefined])
  assert.deepEqual(copied(byStream.onWatermark?.(1_009)), [[], false])
  assert.deepEqual(copied(byStream.onWatermark?.(1_010)), [[], DISCARD])
})

/** Says what it is called for. Asks to be called once, at the time that its first value tells. */
function alarm(): { onItem: (at: number) => [string[]]; snapshot: () => number } & Record<
  'notifyAt' | 'notifyAtWatermark',
  () => number | undefined
> &
  Record<'onNotify' | 'onWatermark' | 'onEof', () => [string[]]> {
  let at: number | undefined
  const ring = (): [string[]] => {
    at = undefined
    return [['ring']]
  }
  return {
    onItem: (first) => {
      at ??= first
      return [[`${at}`]]
    },
    notifyAt: () => at,
    notifyAtWatermark: () => at,
    onNotify: ring,
    onWatermark: ring,
    onEof: () => [['end']],
    snapshot: () => 0,
  }
}

test('ttlMs: what a logic waits for before its end is called first, what it waits for later never', () => {
  for (const basis of ['system', 'stream'] as const) {
    const clock = { nowMs: 0, watermarkMs: 0 }
    const options = { ttlMs: 100, ...(basis === 'stream' && { timestamp: () => clock.nowMs }) }
    const make = logicsOf<number>((up) => up.stateful('s', alarm, options), clock)
    const ask = (logic: ReturnType<typeof make>) => (basis === 'system' ? logic.notifyAt?.() : logic.notifyAtWatermark?.())
    const call = (logic: ReturnType<typeof make>) => copied(basis === 'system' ? logic.onNotify?.() : logic.onWatermark?.(clock.nowMs))
    const early = make()
    early.onItem?.(50)
    assert.equal(ask(early), 50)
    // All is over at once: still, one thing comes after the other.
    clock.nowMs = 1_000
    assert.deepEqual(call(early), [['ring'], false])
    assert.equal(ask(early), 100)
    assert.deepEqual(call(early), [[], DISCARD])
    clock.nowMs = 0
    const late = make()
    late.onItem?.(101)
    assert.equal(ask(late), 100)
    clock.nowMs = 1_000
    assert.deepEqual(call(late), [[], DISCARD])
    assert.deepEqual(copied(late.onEof?.()), [['end'], false])
  }
})

test('ttlMs: a value finds the logic that is still waiting for an earlier time, and no other', () => {
  for (const basis of ['system', 'stream'] as const) {
    const clock = { nowMs: 0, watermarkMs: 0 }
    const options = { ttlMs: 100, ...(basis === 'stream' && { timestamp: () => clock.nowMs }) }
    const make = logicsOf<number>((up) => up.stateful('s', alarm, options), clock)
    const answers = [50, 101].map((at) => {
      clock.nowMs = 0
      const logic = make()
      logic.onItem?.(at)
      for (const ask of [logic.notifyAt, logic.notifyAtWatermark]) ask?.call(logic)
      clock.nowMs = 100
      return copied(logic.onItem?.(7))[0]
    })
    assert.deepEqual(answers, [['50'], ['7']])
  }
})

test('ttlMs: timers of the other time are the logic’s own', () => {
  const clock = { nowMs: 0, watermarkMs: 0 }
  const make = logicsOf<number>((up) => up.stateful('s', alarm, { ttlMs: 100, timestamp: () => 0 }), clock)
  const logic = make()
  logic.onItem?.(500)
  assert.deepEqual([logic.notifyAt?.(), logic.notifyAtWatermark?.()], [500, 100])
  clock.nowMs = 499
  assert.deepEqual(copied(logic.onNotify?.()), [[], false])
  clock.nowMs = 500
  assert.deepEqual(copied(logic.onNotify?.()), [['ring'], false])
})

type Input = readonly [string, Event] | typeof TestingSource.EOF

/** Runs as far as the next `EOF`, with or without `ttlMs`, on a store. */
function runner(inputs: readonly Input[]): (ttl?: { ttlMs: number; timestamp?: (event: Event) => number }) => Promise<string[]> {
  const recovery = new MemoryRecoveryStore()
  const source = new TestingSource<readonly [string, Event]>(inputs)
  let nowMs = 0
  return async (ttl) => {
    const out: [string, number][] = []
    const flow = new Dataflow('flow')
    const up = (flow.input('in', source).keyed('keyed') as KeyedStream<Event>).assignWatermarks('time', ([, { at }]) => at, { outOfOrdernessMs: 0 })
    up.statefulMap('count', (count: number | undefined, _event) => [(count ?? 0) + 1, (count ?? 0) + 1], ttl).output('out', new TestingSink(out))
    nowMs += 1_000
    await run(flow, { recovery, epochIntervalMs: 0, host: new TestClock({ startAtMs: nowMs }) })
    return out.map(([key, count]) => `${key}${count}`)
  }
}

const at = (key: string, at: number): [string, Event] => [key, { at, id: 0, index: 0 }]
const { EOF } = TestingSource

test('ttlMs: may be added to a flow with state, which counts as touched then', async () => {
  const inputs = [at('a', 0), at('b', 0), EOF, at('a', 10), at('c', 29), EOF, at('a', 29), at('b', 29), at('b', 30)]
  for (const ttl of [{ ttlMs: 1_500 }, { ttlMs: 20, ...BY_STREAM }]) {
    const resume = runner(inputs)
    assert.deepEqual(await resume(), ['a1', 'b1'])
    assert.deepEqual(await resume(ttl), ['a2', 'c1'])
    // By the system clock nothing is over yet. By the time of the stream, which was at 0, `b` is.
    assert.deepEqual(await resume(ttl), 'timestamp' in ttl ? ['a3', 'b1', 'b2'] : ['a3', 'b2', 'b3'])
  }
})

test('ttlMs: of Infinity keeps what was stored with another one', async () => {
  const resume = runner([at('a', 0), EOF, at('a', 1_000_000), EOF, at('a', 1_000_005)])
  assert.deepEqual(await resume({ ttlMs: 5 }), ['a1'])
  assert.deepEqual(await resume({ ttlMs: Number.POSITIVE_INFINITY }), ['a2'])
  assert.deepEqual(await resume({ ttlMs: 5 }), ['a1'])
})

test('ttlMs, dedupe, …: need watermarks for the time of the stream', async () => {
  const timestamp = (): number => 0
  const builds: Readonly<Record<string, (up: KeyedStream<number>) => KeyedStream<unknown>>> = {
    dedupe: (up) => up.dedupe('s', { withinMs: 1, timestamp }),
    debounce: (up) => up.debounce('s', 1, { timestamp }),
    throttle: (up) => up.throttle('s', 1, { timestamp }),
    sessionize: (up) => up.sessionize('s', 1, { timestamp }),
    statefulMap: (up) => up.statefulMap('s', (_sum: number | undefined, n) => [n, n], { ttlMs: 1, timestamp }),
    join: (up) => up.join('s', [up], { ttlMs: 1, timestamp }),
  }
  for (const [operator, build] of Object.entries(builds)) {
    await assert.rejects(throughKeyed([['k', 1]], build), withCode('NO_WATERMARKS', `${operator} "flow.s"`, '`timestamp`'))
  }
})

test('ttlMs, dedupe, …: a timestamp that is none, and one that fails, are named', async () => {
  const failing = (timestamp: () => number) => (up: KeyedStream<number>) => {
    const timed = up.assignWatermarks('time', () => 0, { outOfOrdernessMs: 0 })
    return [
      timed.sessionize('s', 1, { timestamp }),
      timed.stateful('t', () => ({ onItem: () => [[]], snapshot: () => 0 }), { ttlMs: 1, timestamp }),
    ] as const
  }
  for (const index of [0, 1]) {
    const nan = throughKeyed([['k', 1]], (up) => failing(() => Number.NaN)(up)[index] as KeyedStream<unknown>)
    await assert.rejects(nan, withCode('WRONG_RETURN', '`timestamp`', 'got NaN', 'key "k"'))
    const thrown = throughKeyed([['k', 1]], (up) => failing(() => assert.fail('no time'))(up)[index] as KeyedStream<unknown>)
    await assert.rejects(thrown, withCode('USER_FUNCTION_FAILED', '`timestamp`', 'no time'))
  }
})

test('ttlMs: a builder that gives no logic is named, also when a key begins anew', async () => {
  // @ts-expect-error no logic
  const never = throughKeyed([['k', 1]], (up) => up.stateful('s', () => 7, { ttlMs: 0 }))
  await assert.rejects(never, withCode('WRONG_RETURN', '`builder`', 'got 7'))
  let count = 0
  const pairs = [1, 2].map((value): [string, number] => ['k', value])
  // @ts-expect-error no logic the second time
  const once = throughKeyed(pairs, (up) => up.stateful('s', () => (count++ === 0 ? alarm() : 7), { ttlMs: 0 }), { batchSize: 2 })
  await assert.rejects(once, withCode('WRONG_RETURN', '`builder`', 'got 7'))
})

/**
 * Tests early results and allowed lateness by their laws, over random windows, clocks and options: each key is played by hand, with a store in between,
 * and compared with a model that keeps all values. Then whole flows, cut off anywhere.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Clock,
  CumulativeWindower,
  EventClock,
  GlobalWindower,
  SessionWindower,
  SlidingWindower,
  StreamClock,
  TumblingWindower,
  type Windower,
  type WindowerLogic,
  type WindowOptions,
} from '../../src/windowing/index.ts'
import type { WindowEvent } from '../../src/windowing/window-event.ts'
import { PlayedKey } from './played-key.ts'
import { among, type Inserted, type Kind, type ModelWindow, type Value, WindowModel } from './window-model.ts'

type Event = WindowEvent<Value, Value[]>
/** `lag`: time passes, and the key is not told. */
type Action = readonly ['item', jitterMs: number, isLast: boolean] | readonly ['time' | 'lag' | 'watermark', number] | readonly ['store' | 'nudge']

interface Case {
  readonly windows: readonly [name: string, windower: Windower, kind: Kind]
  readonly isStream: boolean
  readonly waitMs: number
  readonly options: WindowOptions
  readonly actions: readonly Action[]
}

const GAP_MS = 6
const WINDOWS: readonly Case['windows'][] = [
  ['tumbling', new TumblingWindower({ lengthMs: 10, alignTo: 3 }), among((id) => [id, 3 + 10 * id, 13 + 10 * id])],
  ['sliding', new SlidingWindower({ lengthMs: 20, offsetMs: 7, alignTo: 0 }), among((id) => [id, 7 * id, 7 * id + 20])],
  ['cumulative', new CumulativeWindower({ lengthMs: 20, stepMs: 5, alignTo: 2 }), among((id) => [id, 2 + 20 * Math.floor(id / 4), 2 + 5 * (id + 1)])],
  ['global', new GlobalWindower(), (timestampMs) => [[0, timestampMs, Number.POSITIVE_INFINITY]]],
  ['sessions', new SessionWindower({ gapMs: GAP_MS }), { gapMs: GAP_MS }],
]

const early = fc.constantFrom(undefined, 'everyChange' as const, { everyItems: 3 }, { everyMs: 20 }, { everyEventMs: 4 })
const options = fc
  .record({
    early,
    allowedLatenessMs: fc.constantFrom(undefined, 0, 5, 30, Number.POSITIVE_INFINITY),
    mode: fc.constantFrom('accumulating' as const, 'discarding' as const),
    ordered: fc.boolean(),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as WindowOptions)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('item' as const), fc.integer({ min: -25, max: 15 }), fc.boolean()) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('watermark' as const), fc.integer({ min: -15, max: 5 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('time' as const, 'lag' as const), fc.nat(15)) },
  { weight: 1, arbitrary: fc.constant(['store'] as const) },
)
const anyCase: fc.Arbitrary<Case> = fc.record({
  windows: fc.constantFrom(...WINDOWS),
  isStream: fc.boolean(),
  waitMs: fc.constantFrom(0, 8, Number.POSITIVE_INFINITY),
  options,
  actions: fc.array(action, { minLength: 1, maxLength: 60, size: 'max' }),
})

/** A case while it is played. */
class Play {
  readonly key: PlayedKey<Value>
  readonly model: WindowModel
  /** Windows that were merged away, and those that took them in. */
  readonly mergedInto = new Map<number, number>()
  readonly #case: Case
  #itemCount = 0
  /** Whether time has passed that the key was not told of. */
  isLagging = false

  constructor(each: Case) {
    const clock: Clock<Value> = each.isStream ? new StreamClock(timeOf) : new EventClock(timeOf, { waitMs: each.waitMs })
    const { ordered = true, allowedLatenessMs } = each.options
    this.#case = each
    this.key = new PlayedKey((up) => up.collectWindow('window', clock, this.#recorded(each.windows[1]), each.options))
    this.model = new WindowModel({ kind: each.windows[2], ordered, latenessMs: each.isStream ? (allowedLatenessMs ?? 0) : allowedLatenessMs })
  }

  do([kind, amount = 0, isLast = true]: Action): void {
    const { key } = this
    if (kind === 'watermark' && !this.#case.isStream) return
    if (kind === 'store') key.store()
    else if (kind === 'nudge') key.nudge()
    else if (kind === 'item') this.#item(2 * this.#itemCount + amount, isLast || this.isLagging)
    else if (kind !== 'watermark') this.#passTime(amount, kind === 'lag')
    else {
      key.passWatermark(2 * this.#itemCount + amount)
      this.model.pass(2 * this.#itemCount + amount)
    }
    this.isLagging = kind === 'lag'
  }

  #passTime(durationMs: number, isUntold: boolean): void {
    const { key, model } = this
    if (isUntold) key.nowMs += durationMs
    else key.passTime(durationMs)
    model.nowMs += durationMs
    // While nothing comes, the clock of a key goes on with the time of the system.
    if (!this.#case.isStream) model.pass(model.watermarkMs + durationMs)
  }

  #item(timestampMs: number, isLast: boolean): void {
    const { key, model } = this
    const value: Value = [timestampMs, this.#itemCount++]
    if (!this.#case.isStream) model.watermarkMs = Math.max(model.watermarkMs, timestampMs - this.#case.waitMs)
    key.item(value, isLast)
    model.arrive(value)
  }

  /** Ids of one life of the key are not those of another. */
  idIn(life: number, id: number): number {
    return id + 1_000 * life
  }

  /** The same windower, whose merges are written down: metadata has those of a window itself only. */
  #recorded(windower: Windower): Windower {
    const build = (state: unknown): WindowerLogic => {
      const logic = windower.build(state)
      const merged = logic.merged.bind(logic)
      logic.merged = () => {
        const merges = merged()
        for (const [original, target] of merges) this.mergedInto.set(this.idIn(this.key.life, original), this.idIn(this.key.life, target))
        return merges
      }
      return logic
    }
    return { build }
  }

  end(): void {
    this.key.end()
    this.model.pass(Number.POSITIVE_INFINITY)
  }
}

function timeOf([timestampMs]: Value): number {
  return timestampMs
}

function resultsOf(events: readonly Event[], id: number): (Event & readonly [number, 'down', ...unknown[]])[] {
  return events.filter((event) => event[0] === id && event[1] === 'down') as never
}

/** The values that the results of a window hold. */
function contentOf(results: readonly (readonly unknown[])[], { mode }: WindowOptions): Value[] {
  const lists = results.map((result) => result[2] as Value[])
  return mode === 'discarding' ? lists.flat() : (lists.at(-1) ?? [])
}

function timingsOf(results: readonly (readonly unknown[])[]): string {
  return results.map((result) => result[3] as string).join(' ')
}

const IN_ORDER = /^(early ?)*(onTime ?)?(late ?)*$/

/** The laws of a window that depends on no other, at the end. */
function checkWindow(events: readonly Event[], window: ModelWindow, options: WindowOptions): void {
  const id = window.id as number
  const results = resultsOf(events, id)
  const timings = timingsOf(results)
  const inTimeCount = window.inserted.filter(({ isInTime }) => isInTime).length
  const lateCount = window.inserted.length - inTimeCount
  const values = window.inserted.map(({ value }) => value)
  const isDiscarding = options.mode === 'discarding'

  assert.deepEqual(contentOf(results, options), values, `the values of window ${id}`)
  assert.match(timings, IN_ORDER)
  for (const [index, [, , list]] of results.entries()) {
    assert.ok((list as Value[]).length > 0, 'no result is empty')
    const before = index === 0 || isDiscarding ? [] : (results[index - 1]?.[2] as Value[])
    assert.deepEqual((list as Value[]).slice(0, before.length), before, 'a result goes on from the one before')
  }
  const count = (timing: string): number => results.filter((result) => result[3] === timing).length
  if (!isDiscarding) assert.equal(count('onTime'), inTimeCount > 0 ? 1 : 0, `on time, window ${id}`)
  assert.equal(count('late'), hasMoreResults(options) ? lateCount : 0, 'each late value gives a result')
  const { early } = options
  if (early === undefined) assert.equal(count('early'), 0)
  else if (early === 'everyChange') assert.equal(count('early'), inTimeCount)
  else if ('everyItems' in early) assert.equal(count('early'), Math.floor(inTimeCount / early.everyItems))
  checkMeta(events, id)
}

function hasMoreResults({ early, allowedLatenessMs = 0 }: WindowOptions): boolean {
  return early !== undefined || allowedLatenessMs > 0
}

/** Metadata comes once, when the window is over: behind its early results and before all later ones. */
function checkMeta(events: readonly Event[], id: number): void {
  const own = events.filter((event) => event[0] === id && event[1] !== 'late')
  const places = own.flatMap((event, index) => (event[1] === 'meta' ? [index] : []))
  assert.equal(places.length, 1, `metadata of window ${id}`)
  const [place] = places as [number]
  for (const [index, event] of own.entries()) {
    if (event[1] !== 'down') continue
    if (event[3] === 'early') assert.ok(index < place)
    else if (event[3] === 'onTime') assert.equal(index, place - 1)
    else assert.ok(index >= place - 1)
  }
}

/** No value waits for an early result that has been due. */
function checkPrompt(events: readonly Event[], model: WindowModel, options: WindowOptions): void {
  const { early } = options
  if (typeof early !== 'object' || 'everyItems' in early) return
  for (const window of model.windows) {
    if (window.id === undefined || window.overAtMs <= model.watermarkMs) continue
    const given = contentOf(resultsOf(events, window.id), options).length
    for (const each of window.inserted.slice(given)) assert.ok(!isPast(each, model, early), `value ${each.value[1]} waits for a result`)
  }
}

function isPast({ nowMs, watermarkMs, openMs }: Inserted, model: WindowModel, early: { everyMs: number } | { everyEventMs: number }): boolean {
  if ('everyMs' in early) return nowMs + early.everyMs <= model.nowMs
  const stepMs = early.everyEventMs
  const passed = Math.floor((Math.max(watermarkMs, openMs) - openMs) / stepMs)
  return openMs + (passed + 1) * stepMs <= model.watermarkMs
}

/** The laws of sessions: which windows are one in the end, only the results tell. */
function checkSessions({ key, model, mergedInto, idIn }: Play, options: WindowOptions): void {
  const events = key.events.map(([id, ...rest], index) => [idIn(key.lives[index] as number, id), ...rest] as unknown as Event)
  const family = (id: number): number => (mergedInto.has(id) ? family(mergedInto.get(id) as number) : id)
  const ids = [...new Set(events.filter((event) => event[1] !== 'late').map(([id]) => id))]
  const last = ids.filter((id) => !mergedInto.has(id))
  for (const id of ids) assert.match(timingsOf(resultsOf(events, id)), IN_ORDER)
  for (const id of last) checkMeta(events, id)
  const contents = last.map((id) => {
    const own = options.mode === 'discarding' ? events.filter((event) => event[1] === 'down' && family(event[0]) === id) : resultsOf(events, id)
    return numbersOf(contentOf(own, options))
  })
  const expected = model.windows.map(({ inserted }) => numbersOf(inserted.map(({ value }) => value)))
  assert.deepEqual(contents.sort(), expected.sort())
  // A late value can make a session go on that was over: what follows are corrections.
  const hasLate = model.windows.flatMap(({ inserted }) => inserted).some(({ value, watermarkMs }) => value[0] < watermarkMs)
  const timings = last.map((id) => timingsOf(resultsOf(events, id)))
  if (!hasLate && options.mode !== 'discarding') assert.ok(timings.every((text) => /(^| )onTime$/.test(text)))
  if (options.early === undefined) assert.ok(timings.every((text) => !text.includes('early')))
}

function numbersOf(values: readonly Value[]): string {
  return values
    .map(([, number]) => number)
    .sort((one, other) => one - other)
    .join(' ')
}

/** What happens without a store in between, and with each value in a batch of its own. */
function undisturbed(each: Case): readonly Event[] {
  const game = new Play(each)
  for (const action of each.actions) {
    if (action[0] === 'item') game.do(['item', action[1], true])
    else game.do(action[0] === 'store' ? ['nudge'] : action)
  }
  game.end()
  return game.key.events
}

function play(each: Case): void {
  const game = new Play(each)
  const { key, model } = game
  for (const action of each.actions) {
    game.do(action)
    if (!game.isLagging) checkPrompt(key.events, model, each.options)
    // Values may wait for the close of their windows, which are not there before.
    if (action[0] !== 'store' || [...key.parts.keys()].some((subKey) => subKey.startsWith('q'))) continue
    assert.equal([...key.parts.keys()].filter((subKey) => !subKey.startsWith('q')).length, model.open.length, 'a part for each window')
  }
  game.end()
  assert.deepEqual(key.events, undisturbed(each), 'a store, or batches, make no difference')
  const late = key.events.flatMap((event): [number, number][] => (event[1] === 'late' ? [[event[0], event[2][1]]] : []))
  assert.deepEqual(late, model.late)
  if (typeof each.windows[2] !== 'function') checkSessions(game, each.options)
  else for (const window of model.windows) checkWindow(key.events, window, each.options)
  const known = new Set(model.windows.map(({ id }) => id))
  if (typeof each.windows[2] === 'function') assert.ok(key.events.every(([id, kind]) => kind === 'late' || known.has(id)))
  key.store()
  assert.equal(key.parts.size, 0, 'nothing is left of windows')
  if (each.isStream) assert.ok(!key.isKnown, 'nor of the key')
}

for (const [index, windows] of WINDOWS.entries()) {
  test(`firing: results of ${windows[0]} windows have all values that are not late, on time once, and leave nothing behind`, () => {
    const own = anyCase.map((each): Case => ({ ...each, windows: WINDOWS[index] as Case['windows'] }))
    fc.assert(fc.property(own, play), { numRuns: 400 })
  })
}

test('firing: sessions that become one count the values of both towards an early result', () => {
  const clock = new EventClock(timeOf, { waitMs: Number.POSITIVE_INFINITY })
  const options: WindowOptions = { early: { everyItems: 5 }, ordered: false }
  const key = new PlayedKey<Value>((up) => up.collectWindow('window', clock, new SessionWindower({ gapMs: GAP_MS }), options))
  for (const [index, timestampMs] of [0, 1, 10, 11, 5].entries()) key.item([timestampMs, index])
  const [event, ...others] = key.events
  assert.deepEqual(others, [])
  assert.deepEqual(event?.slice(0, 2), [0, 'down'])
  assert.equal(numbersOf(event?.[2] as Value[]), '0 1 2 3 4')
})

test('firing: of sessions that become one, the time counts from the first value without a result', () => {
  const clock = new EventClock(timeOf, { waitMs: Number.POSITIVE_INFINITY })
  const options: WindowOptions = { early: { everyMs: 20 }, ordered: false }
  const key = new PlayedKey<Value>((up) => up.collectWindow('window', clock, new SessionWindower({ gapMs: GAP_MS }), options))
  key.item([10, 0])
  key.passTime(15)
  key.item([0, 1])
  key.item([5, 2])
  key.passTime(4)
  assert.equal(key.events.length, 0)
  key.passTime(1)
  assert.deepEqual(
    key.events.map(([id, kind]) => [id, kind]),
    [[1, 'down']],
  )
})

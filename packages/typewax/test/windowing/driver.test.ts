/** Tests the driver of one key, with a runtime that the test plays: order of events, waiting, forgetting, and what is stored of it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyLogic } from '../../src/dataflow/step.ts'
import type { KeyedStream } from '../../src/index.ts'
import {
  type Clock,
  EventClock,
  GlobalWindower,
  SessionWindower,
  SlidingWindower,
  SystemClock,
  TumblingWindower,
  type Windower,
  type WindowOptions,
} from '../../src/windowing/index.ts'
import { operationsOf, withCode } from '../operators/flows.ts'

const tens = new TumblingWindower({ lengthMs: 10, alignTo: 0 })
const itself = (value: number): number => value
const onTime = new EventClock(itself, { waitMs: 0, now: () => 0 })

/** A key, its store, and the system's time. */
class Key {
  readonly system: { nowMs: number } = { nowMs: 0 }
  #build: () => AnyLogic
  readonly #parts = new Map<string, unknown>()
  #state: unknown
  logic: AnyLogic

  constructor(build: (up: KeyedStream<number>) => unknown) {
    this.#build = this.#builderOf(build)
    this.logic = this.#build()
  }

  #builderOf(build: (up: KeyedStream<number>) => unknown): () => AnyLogic {
    const operations = operationsOf<[string, number]>((up) => build(up.keyed('keyed')))
    const [stateful] = operations.filter((each) => each.kind === 'statefulBatch')
    assert.ok(stateful !== undefined)
    const context = { now: () => this.system.nowMs, watermark: () => Number.NEGATIVE_INFINITY }
    return () => stateful.builder(this.#state, 'key', this.#parts, context)
  }

  /** Goes on with what is stored as another flow. */
  change(build: (up: KeyedStream<number>) => unknown): void {
    this.store()
    this.#build = this.#builderOf(build)
    this.logic = this.#build()
  }

  /** The events of some values, as text. */
  items(...values: number[]): string[] {
    return values.flatMap((value) => textOf(this.logic.onItem?.(value)))
  }

  notify(): string[] {
    return textOf(this.logic.onNotify?.())
  }

  eof(): string[] {
    return textOf(this.logic.onEof?.())
  }

  /** Stores what changed, as a runtime does; gives the sub-keys. */
  store(): { changed: string[]; removed: string[] } {
    this.#state = structuredClone(this.logic.snapshot())
    const { changed = [], removed = [] } = this.logic.subKeyChanges?.() ?? {}
    for (const subKey of removed) this.#parts.delete(subKey)
    for (const subKey of changed) this.#parts.set(subKey, structuredClone(this.logic.snapshotSubKey?.(subKey)))
    return { changed: [...changed].sort(), removed: [...removed].sort() }
  }

  /** Stores and begins anew. */
  resume(): void {
    this.store()
    this.logic = this.#build()
  }

  get stored(): unknown {
    return { state: this.#state, parts: [...this.#parts.keys()] }
  }
}

function textOf(answer: readonly [Iterable<unknown>, boolean?] | undefined): string[] {
  const [events, isDiscarded] = answer as [Iterable<[number, string, unknown]>, boolean?]
  const texts = [...events].map(([id, kind, payload]) => `${id} ${kind}${kind === 'meta' ? '' : ` ${JSON.stringify(payload)}`}`)
  return isDiscarded === true ? [...texts, 'discarded'] : texts
}

function collecting(clock: Clock<number>, windower: Windower = tens, options: WindowOptions = {}): Key {
  return new Key((up) => up.collectWindow('w', clock, windower, options))
}

test('driver: late values come at once, a window closes with the value that moves the watermark, and metadata is right behind it', () => {
  const key = collecting(onTime)
  assert.deepEqual(key.items(3, 1, 25, 12, 26), ['0 late 1', '0 down [3]', '0 meta', '1 late 12'])
  assert.deepEqual(key.eof(), ['2 down [25,26]', '2 meta'])
})

test('driver: a late value goes to none of its windows, though one is open', () => {
  const key = collecting(onTime, new SlidingWindower({ lengthMs: 10, offsetMs: 5, alignTo: 0 }))
  assert.deepEqual(key.items(8, 7), ['0 late 7', '1 late 7'])
  assert.deepEqual(key.eof(), ['0 down [8]', '0 meta', '1 down [8]', '1 meta'])
})

test('driver: ordered windows get values by timestamp once the watermark is there', () => {
  const key = collecting(new EventClock(itself, { waitMs: 5, now: () => 0 }))
  assert.deepEqual(key.items(5, 3, 4, 8), [])
  assert.deepEqual(key.items(15), ['0 down [3,4,5,8]', '0 meta'])
})

test('driver: unordered windows get values as they arrive, ahead of the watermark too', () => {
  const key = collecting(new EventClock(itself, { waitMs: 5, now: () => 0 }), tens, { ordered: false })
  key.items(5, 3, 4, 8)
  assert.deepEqual(key.items(15), ['0 down [5,3,4,8]', '0 meta'])
})

test('driver: wakes for the earliest of what waits and what closes', () => {
  const key = collecting(new EventClock(itself, { waitMs: 100 }))
  key.items(150, 130, 140)
  assert.equal(key.logic.notifyAt?.(), 90, 'the close of the window of 130: it gives nothing before')
  key.system.nowMs = 90
  assert.deepEqual(key.notify(), ['13 down [130]', '13 meta'])

  const eager = new Key((up) => {
    return up.window('w', new EventClock(itself, { waitMs: 100 }), tens, () => {
      return { onValue: (value: number) => [value], onMerge: () => [], onClose: () => [], snapshot: () => 0 }
    })
  })
  eager.items(150, 130, 140)
  assert.equal(eager.logic.notifyAt?.(), 80, 'the value of 130, when the watermark has come from 50 to it')
  eager.system.nowMs = 80
  assert.deepEqual(eager.notify(), ['13 down 130'])
  assert.equal(eager.logic.notifyAt?.(), 90, 'the close of its window, and the value of 140')
})

test('driver: late stays late when no window is open, and the key keeps its clock only', () => {
  const key = collecting(new EventClock(itself, { waitMs: 0 }))
  key.items(5)
  key.system.nowMs = 20
  assert.deepEqual(key.notify(), ['0 down [5]', '0 meta'])
  assert.deepEqual(key.store(), { changed: [], removed: ['q0', 'w0'] })
  assert.deepEqual(key.stored, { state: { clock: 25, logic: undefined }, parts: [] })
  key.resume()
  assert.equal(key.logic.notifyAt?.(), undefined)
  assert.deepEqual(key.items(6), ['0 late 6'])
})

test('driver: at the end all closes, and a continuation finds the clock as it was', () => {
  const key = collecting(onTime)
  key.items(5, 15)
  assert.deepEqual(key.eof(), ['1 down [15]', '1 meta'])
  key.resume()
  assert.deepEqual(key.items(3, 16), ['0 late 3'])
  assert.deepEqual(key.eof(), ['1 down [16]', '1 meta'])
})

test('driver: with the system clock an idle key is dropped, but for sessions, whose ids go on', () => {
  const key = collecting(new SystemClock())
  key.items(1)
  assert.deepEqual(key.eof(), ['0 down [1]', '0 meta', 'discarded'])
  const session = collecting(new SystemClock(), new SessionWindower({ gapMs: 5 }))
  session.items(1)
  assert.deepEqual(session.eof(), ['0 down [1]', '0 meta'])
  session.resume()
  session.items(2)
  assert.deepEqual(session.eof(), ['1 down [2]', '1 meta'])
})

test('driver: a key is forgotten when nothing has happened for forgetAfterMs, not while a window is open', () => {
  const key = collecting(onTime, tens, { forgetAfterMs: 50 })
  key.items(5)
  assert.equal(key.logic.notifyAt?.(), 5, 'the window')
  key.system.nowMs = 7
  key.items(30)
  key.eof()
  assert.equal(key.logic.notifyAt?.(), 57)
  key.system.nowMs = 20
  key.items(1)
  assert.equal(key.logic.notifyAt?.(), 70, 'a late value counts')
  key.system.nowMs = 40
  key.resume()
  assert.equal(key.logic.notifyAt?.(), 90, 'counts anew after a resume')
  key.system.nowMs = 90
  assert.deepEqual(key.notify(), ['discarded'])
})

test('driver: a key with a window that time alone does not close is not forgotten', () => {
  const key = collecting(new SystemClock(), new GlobalWindower(), { forgetAfterMs: 50 })
  key.items(1)
  assert.equal(key.logic.notifyAt?.(), undefined)
  assert.deepEqual(key.eof(), ['0 down [1]', '0 meta', 'discarded'])
})

test('driver: time that has passed by itself comes before the value that finds it out', () => {
  const key = collecting(new EventClock(itself, { waitMs: 0 }), tens, { allowedLatenessMs: 20 })
  key.items(5)
  key.system.nowMs = 10
  assert.deepEqual(key.items(6), ['0 down [5]', '0 meta', '0 down [5,6]'])
})

test('driver: a session without an end closes at the end of input', () => {
  const key = collecting(onTime, new SessionWindower({ gapMs: Number.POSITIVE_INFINITY }))
  key.items(1, 1_000_000)
  assert.equal(key.logic.notifyAt?.(), undefined)
  assert.deepEqual(key.eof(), ['0 down [1,1000000]', '0 meta'])
})

test('driver: windows that are open when options are changed go on', () => {
  const later = new EventClock(itself, { waitMs: 5, now: () => 0 })
  const plain = (up: KeyedStream<number>): unknown => up.collectWindow('w', later, tens, { ordered: false })
  const lenient = (up: KeyedStream<number>): unknown =>
    up.collectWindow('w', later, tens, { ordered: false, early: { everyItems: 2 }, allowedLatenessMs: 20 })
  const key = new Key(plain)
  key.items(8, 12)
  key.change(lenient)
  assert.deepEqual(key.items(9, 16), ['0 down [8,9]', '0 meta'])
  assert.deepEqual(key.store(), { changed: ['f0', 'f1'], removed: ['w0', 'w1'] })
  key.change(plain)
  assert.deepEqual(key.items(18, 26), ['0 meta', '1 down [12,16,18]', '1 meta'])
  assert.deepEqual(key.store(), { changed: ['w2'], removed: ['f0', 'f1', 'w0', 'w1'] })
  assert.deepEqual(key.eof(), ['2 down [26]', '2 meta'])
})

test('driver: stores a part for each window, and only those that changed', () => {
  const key = collecting(new EventClock(itself, { waitMs: 1_000, now: () => 0 }), tens, { ordered: false })
  key.items(...Array.from({ length: 50 }, (_, index) => 10 * index))
  assert.equal(key.store().changed.length, 50)
  key.items(301)
  assert.deepEqual(key.store(), { changed: ['w30'], removed: [] })
  key.items(1_015)
  assert.deepEqual(key.store(), { changed: ['w101'], removed: ['w0'] })
  assert.deepEqual(key.store(), { changed: [], removed: [] })
})

test('driver: a window that was merged away leaves the store, and the one that took it in changes', () => {
  const windower = new SessionWindower({ gapMs: 10 })
  const key = collecting(new EventClock(itself, { waitMs: 100, now: () => 0 }), windower, { ordered: false })
  key.items(20, 0)
  key.resume()
  key.items(10)
  assert.deepEqual(key.store(), { changed: ['w1'], removed: ['w0'] })
  key.resume()
  assert.deepEqual(key.eof(), ['1 down [0,20,10]', '1 meta'])
})

test('driver: a clock that goes back, or gives no number, is an error', () => {
  const broken = (timestampMs: number, ...watermarks: number[]): Clock<number> => ({
    build: () => ({
      get watermarkMs() {
        return watermarks[0] as number
      },
      beforeBatch: () => {},
      onItem: () => timestampMs,
      onNotify: () => void watermarks.shift(),
      onEof: () => 0,
      wakeAt: () => undefined,
      snapshot: () => undefined,
    }),
  })
  const back = collecting(broken(7, 5, 4))
  back.items(0)
  assert.throws(() => back.notify(), withCode('WRONG_RETURN', 'not go back', 'got 4 after 5'))
  assert.throws(() => collecting(broken(Number.NaN, 5)).items(0), withCode('WRONG_RETURN', '`onItem` of the clock', 'got NaN'))
  assert.throws(() => collecting(broken(5, Number.NaN)).items(0), withCode('WRONG_RETURN', 'watermark', 'got NaN'))
})

/** Tests the driver of one key, with a runtime that the test plays: order of events, waiting, forgetting, and what is stored of it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyLogic } from '../../src/dataflow/step.ts'
import type { KeyedStream } from '../../src/index.ts'
import {
  type Clock,
  EventClock,
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
  readonly #build: () => AnyLogic
  readonly #parts = new Map<string, unknown>()
  #state: unknown
  logic: AnyLogic

  constructor(build: (up: KeyedStream<number>) => unknown) {
    const operations = operationsOf<[string, number]>((up) => build(up.keyed('keyed')))
    const [stateful] = operations.filter((each) => each.kind === 'statefulBatch')
    assert.ok(stateful !== undefined)
    this.#build = () => stateful.builder(this.#state, 'key', this.#parts, { now: () => this.system.nowMs })
    this.logic = this.#build()
  }

  /** The events of a batch, as text. */
  batch(...values: number[]): string[] {
    return textOf(this.logic.onBatch?.(values))
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

test('driver: late values come before what windows emit, and metadata right behind its window', () => {
  const key = collecting(onTime)
  assert.deepEqual(key.batch(3, 1, 25, 12, 26), ['0 late 1', '1 late 12', '0 down [3]', '0 meta'])
  assert.deepEqual(key.eof(), ['2 down [25,26]', '2 meta'])
})

test('driver: a late value goes to none of its windows, though one is open', () => {
  const key = collecting(onTime, new SlidingWindower({ lengthMs: 10, offsetMs: 5, alignTo: 0 }))
  assert.deepEqual(key.batch(8, 7), ['0 late 7', '1 late 7'])
  assert.deepEqual(key.eof(), ['0 down [8]', '0 meta', '1 down [8]', '1 meta'])
})

test('driver: ordered windows get values by timestamp once the watermark is there', () => {
  const key = collecting(new EventClock(itself, { waitMs: 5, now: () => 0 }))
  assert.deepEqual(key.batch(5, 3, 4, 8), [])
  assert.deepEqual(key.batch(15), ['0 down [3,4,5,8]', '0 meta'])
})

test('driver: unordered windows get values as they arrive, ahead of the watermark too', () => {
  const key = collecting(new EventClock(itself, { waitMs: 5, now: () => 0 }), tens, { ordered: false })
  key.batch(5, 3, 4, 8)
  assert.deepEqual(key.batch(15), ['0 down [5,3,4,8]', '0 meta'])
})

test('driver: wakes for the earliest of what waits and what closes', () => {
  const key = collecting(new EventClock(itself, { waitMs: 100 }))
  key.batch(150, 130, 140)
  assert.equal(key.logic.notifyAt?.(), 80, 'the value of 130, when the watermark has come from 50 to it')
  key.system.nowMs = 80
  assert.deepEqual(key.notify(), [])
  assert.equal(key.logic.notifyAt?.(), 90, 'the close of its window, and the value of 140')
  key.system.nowMs = 90
  assert.deepEqual(key.notify(), ['13 down [130]', '13 meta'])
})

test('driver: late stays late when no window is open, and the key keeps its clock only', () => {
  const key = collecting(new EventClock(itself, { waitMs: 0 }))
  key.batch(5)
  key.system.nowMs = 20
  assert.deepEqual(key.notify(), ['0 down [5]', '0 meta'])
  assert.deepEqual(key.store(), { changed: [], removed: ['q0', 'w0'] })
  assert.deepEqual(key.stored, { state: { clock: 25, windower: undefined }, parts: [] })
  key.resume()
  assert.equal(key.logic.notifyAt?.(), undefined)
  assert.deepEqual(key.batch(6), ['0 late 6'])
})

test('driver: at the end all closes, and a continuation finds the clock as it was', () => {
  const key = collecting(onTime)
  key.batch(5, 15)
  assert.deepEqual(key.eof(), ['1 down [15]', '1 meta'])
  key.resume()
  assert.deepEqual(key.batch(3, 16), ['0 late 3'])
  assert.deepEqual(key.eof(), ['1 down [16]', '1 meta'])
})

test('driver: with the system clock an idle key is dropped, but for sessions, whose ids go on', () => {
  const key = collecting(new SystemClock())
  key.batch(1)
  assert.deepEqual(key.eof(), ['0 down [1]', '0 meta', 'discarded'])
  const session = collecting(new SystemClock(), new SessionWindower({ gapMs: 5 }))
  session.batch(1)
  assert.deepEqual(session.eof(), ['0 down [1]', '0 meta'])
  session.resume()
  session.batch(2)
  assert.deepEqual(session.eof(), ['1 down [2]', '1 meta'])
})

test('driver: a key is forgotten when nothing has happened for forgetAfterMs, not while a window is open', () => {
  const key = collecting(onTime, tens, { forgetAfterMs: 50 })
  key.batch(5)
  assert.equal(key.logic.notifyAt?.(), 5, 'the window')
  key.system.nowMs = 7
  key.batch(30)
  key.eof()
  assert.equal(key.logic.notifyAt?.(), 57)
  key.system.nowMs = 20
  key.batch(1)
  assert.equal(key.logic.notifyAt?.(), 70, 'a late value counts')
  key.system.nowMs = 40
  key.resume()
  assert.equal(key.logic.notifyAt?.(), 90, 'counts anew after a resume')
  key.system.nowMs = 90
  assert.deepEqual(key.notify(), ['discarded'])
})

test('driver: stores a part for each window, and only those that changed', () => {
  const key = collecting(new EventClock(itself, { waitMs: 1_000, now: () => 0 }), tens, { ordered: false })
  key.batch(...Array.from({ length: 50 }, (_, index) => 10 * index))
  assert.equal(key.store().changed.length, 50)
  key.batch(301)
  assert.deepEqual(key.store(), { changed: ['w30'], removed: [] })
  key.batch(1_015)
  assert.deepEqual(key.store(), { changed: ['w101'], removed: ['w0'] })
  assert.deepEqual(key.store(), { changed: [], removed: [] })
})

test('driver: a window that was merged away leaves the store, and the one that took it in changes', () => {
  const windower = new SessionWindower({ gapMs: 10 })
  const key = collecting(new EventClock(itself, { waitMs: 100, now: () => 0 }), windower, { ordered: false })
  key.batch(20, 0)
  key.resume()
  key.batch(10)
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
  back.batch(0)
  assert.throws(() => back.notify(), withCode('WRONG_RETURN', 'not go back', 'got 4 after 5'))
  assert.throws(() => collecting(broken(Number.NaN, 5)).batch(0), withCode('WRONG_RETURN', '`onItem` of the clock', 'got NaN'))
  assert.throws(() => collecting(broken(5, Number.NaN)).batch(0), withCode('WRONG_RETURN', 'watermark', 'got NaN'))
})

/** Tests who is left out of the time of a stream, and who is not by mistake; and that who is too far ahead waits, but never for ever. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AssignWatermarksOptions, Dataflow, run, type Stream } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { TestClock, TestingSink } from '../../src/testing/index.ts'
import { CallSink, turns } from './flows.ts'
import { Partitions, type PartitionsOptions, type Script, SleepUntil, type Step, tellTime } from './partitions.ts'

const NONE = Number.NEGATIVE_INFINITY
const identity = (item: number): number => item
const IN_ORDER: AssignWatermarksOptions = { outOfOrdernessMs: 0 }

interface Setup extends PartitionsOptions {
  readonly times?: readonly number[]
  readonly epochIntervalMs?: number
  readonly recovery?: MemoryRecoveryStore
  readonly clock?: TestClock
}

/** Runs partitions and tells what happens in stream time, and when by the system's: `1000: time 50`. */
async function told(scripts: Readonly<Record<string, Script<number>>>, options: AssignWatermarksOptions, setup: Setup = {}): Promise<string[]> {
  const { times = [], clock = new TestClock(), epochIntervalMs = 10, recovery } = setup
  const out: string[] = []
  const flow = new Dataflow('flow')
  const up = flow.input('in', new Partitions(scripts, setup)).assignWatermarks('time', identity, options)
  const sink = new CallSink<[string, string]>((items) => void out.push(...items.map(([, text]) => `${clock.now()}: ${text}`)))
  tellTime(up, times).output('out', sink)
  await passTime(clock, run(flow, { host: clock, epochIntervalMs, ...(recovery && { recovery }) }))
  return out
}

/** Lets time pass, slowly enough for everybody to do what is due, until a run has finished. */
async function passTime(clock: TestClock, running: ReturnType<typeof run>): Promise<void> {
  let isOver = false
  const ended = running.finally(() => {
    isOver = true
  })
  ended.catch(() => {})
  while (!isOver) {
    await turns(5)
    if (!isOver) await clock.advance(10)
    assert.ok(clock.now() < 200_000, 'does not come to an end')
  }
  assert.equal((await ended).outcome, 'finished')
}

/** Waits by a clock, then gives items. */
function after(clock: TestClock, durationMs: number, items: readonly number[]): () => Promise<readonly number[]> {
  return () => new Promise((resolve) => clock.setTimer(durationMs, () => resolve(items)))
}

// ---------------------------------------------------------------- idle

test('idle: a partition that gives nothing for so long is left out, and comes back', async () => {
  const scripts = {
    on: [new SleepUntil(6_000, [100]), new SleepUntil(9_000, [200])],
    silent: [[10], new SleepUntil(5_000), [20], new SleepUntil(9_000, [150])],
  }
  assert.deepEqual(await told(scripts, { ...IN_ORDER, idleAfterMs: 1_000 }, { times: [10, 50, 140] }), [
    '0: 100@-Infinity',
    '0: 10@-Infinity',
    '0: time 10',
    '1000: time 50',
    // It does not take the time back, but is waited for again.
    '5000: 20@100',
    '5000: 150@100',
    '6000: 200@100',
    '6000: time 140',
  ])
})

test('idle: without `idleAfterMs` one silent partition holds the time', async () => {
  const scripts = { on: [[100], new SleepUntil(60_000, [200])], silent: [[10], new SleepUntil(50_000), [20]] }
  assert.deepEqual((await told(scripts, IN_ORDER, { times: [15, 150] })).slice(2), ['0: 200@10', '50000: 20@10', '50000: time 15', '50000: time 150'])
})

test('idle: if all are, the time stands', async () => {
  const scripts = { a: [[100], new SleepUntil(5_000), [110]], b: [[50], new SleepUntil(5_000), [60]] }
  assert.deepEqual(await told(scripts, { ...IN_ORDER, idleAfterMs: 1_000 }, { times: [60] }), [
    '0: 100@-Infinity',
    '0: 50@-Infinity',
    '5000: 110@50',
    '5000: time 60',
    '5000: 60@110',
  ])
})

test('idle: a call that does not answer for so long is silence', async () => {
  const clock = new TestClock()
  const scripts = { on: [new SleepUntil(4_000, [100])], silent: [[10], after(clock, 3_000, [20])] }
  const times = await told(scripts, { ...IN_ORDER, idleAfterMs: 1_000 }, { times: [50], clock })
  assert.deepEqual(times.slice(2), ['1000: time 50', '3000: 20@100'])
})

test('idle: a partition may be silent again and again', async () => {
  const scripts = {
    on: [new SleepUntil(2_000, [50]), new SleepUntil(5_000, [100])],
    silent: [[10], new SleepUntil(1_500), [20], new SleepUntil(4_000), [30]],
  }
  const times = await told(scripts, { ...IN_ORDER, idleAfterMs: 1_000 }, { times: [50, 100] })
  assert.deepEqual(times.slice(2), ['1000: time 50', '1500: 20@50', '2000: 100@50', '2500: time 100', '4000: 30@100'])
})

test('idle: a partition that gave items and wants to be asked later was not asked', async () => {
  const scripts = { on: [new SleepUntil(9_000, [100])], slow: [new SleepUntil(5_000, [10]), [20]] }
  const times = await told(scripts, { ...IN_ORDER, idleAfterMs: 1_000 }, { times: [15] })
  assert.deepEqual(times.slice(2), ['5000: 20@10', '5000: time 15'])
})

test('idle: while the flow waits for an epoch nobody is asked, and a call that begins late is none', async () => {
  const clock = new TestClock()
  const recovery = new MemoryRecoveryStore()
  let commits = 0
  // The second round takes long to commit. Then `slow` is asked again, and takes its time.
  recovery.beforeWrite = () => (++commits === 2 ? new Promise((resolve) => clock.setTimer(10_000, resolve)) : undefined)
  const scripts = { on: [[100], new SleepUntil(30_000, [101])], slow: [[10], [], after(clock, 50, [20])] }
  const times = await told(scripts, { ...IN_ORDER, idleAfterMs: 1_000 }, { times: [15, 50], clock, recovery, epochIntervalMs: 0 })
  assert.deepEqual(
    times.filter((text) => /time|20/.test(text)).map((text) => text.replace(/^\d+: /, '')),
    ['20@10', 'time 15', 'time 50'],
  )
})

test('idle: under backpressure a call that begins late is none', async () => {
  const clock = new TestClock()
  const wide = Array.from({ length: 20_000 }, () => 100)
  const seen: string[] = []
  const flow = new Dataflow('flow')
  const scripts = { on: [...Array.from({ length: 12 }, () => wide), new SleepUntil(190_000, [101])], slow: [[10], [], after(clock, 50, [20])] }
  const up = flow.input('in', new Partitions(scripts)).assignWatermarks('time', identity, { ...IN_ORDER, idleAfterMs: 1_000 })
  let writes = 0
  const sink = new CallSink<[string, string]>((items) => {
    for (const [, text] of items) if (!text.startsWith('100')) seen.push(text)
    return ++writes < 6 ? new Promise((resolve) => clock.setTimer(10_000, resolve)) : undefined
  })
  tellTime(up, [15, 50]).output('out', sink)
  await passTime(clock, run(flow, { host: clock }))
  assert.ok(clock.now() > 20_000)
  assert.deepEqual(
    seen.filter((text) => !text.startsWith('101')),
    ['10@-Infinity', '20@10', 'time 15', 'time 50'],
  )
})

test('idle: each of two steps goes by its own patience', async () => {
  const clock = new TestClock()
  const out: string[] = []
  const flow = new Dataflow('flow')
  const up = flow.input('in', new Partitions({ on: [new SleepUntil(9_000, [100])], silent: [[10], new SleepUntil(9_000)] }))
  for (const idleAfterMs of [2_000, 500]) {
    const id = `after_${idleAfterMs}`
    const branch = up.map(`map_${id}`, identity).assignWatermarks(id, identity, { ...IN_ORDER, idleAfterMs })
    const keyed = branch.keyOn(`key_${id}`, () => 'key')
    keyed
      .stateful(`see_${id}`, (state: boolean | undefined) => {
        let isSeen = state === true
        return {
          onItem: () => [[]],
          onWatermark: () => {
            isSeen = true
            return [[`${clock.now()}: ${id}`]]
          },
          notifyAtWatermark: () => (isSeen ? undefined : 50),
          snapshot: () => isSeen,
        }
      })
      .output(`out_${id}`, new CallSink<[string, string]>((items) => void out.push(...items.map(([, text]) => text))))
  }
  await passTime(clock, run(flow, { host: clock }))
  assert.deepEqual(out, ['500: after_500', '2000: after_2000'])
})

test('idle: merged streams do not wait for one whose partitions are all idle', async () => {
  const clock = new TestClock()
  const out: string[] = []
  const flow = new Dataflow('flow')
  const scripts: [Script<number>, Script<number>] = [
    [[100], new SleepUntil(3_000)],
    [[10], new SleepUntil(3_000), [20]],
  ]
  const [first, second] = scripts.map((script, index) =>
    flow
      .input(`in_${index}`, new Partitions({ part: script }))
      .assignWatermarks(`time_${index}`, identity, { ...IN_ORDER, idleAfterMs: 200 + index }),
  ) as [Stream<number>, Stream<number>]
  tellTime(first.merge('merge', second), [10, 50]).output(
    'out',
    new CallSink<[string, string]>((items) => void out.push(...items.map(([, text]) => `${clock.now()}: ${text}`))),
  )
  await passTime(clock, run(flow, { host: clock }))
  // The first is idle before the second: then the time stands, and goes on once only the first one counts.
  assert.deepEqual(out, ['0: 100@-Infinity', '0: 10@-Infinity', '0: time 10', '3000: 20@10'])
})

// ---------------------------------------------------------------- ahead

const AHEAD: AssignWatermarksOptions = { ...IN_ORDER, idleAfterMs: 100, maxAheadMs: 10 }

test('ahead: a partition waits for the slowest, until that has ended', async () => {
  const clock = new TestClock()
  const fast = Array.from({ length: 10 }, (_, index): Step<number> => [index * 10])
  const times = await told({ fast, slow: [[0], [5], [15]] }, AHEAD, { clock })
  assert.deepEqual(
    times.map((text) => text.slice(3, text.indexOf('@'))),
    ['0', '0', '10', '5', '20', '15', '30', '40', '50', '60', '70', '80', '90'],
  )
})

test('ahead: goes on when the slowest is idle, and waits again when it comes back', async () => {
  const fast = [0, 50, 60, 70, 80].map((item): Step<number> => [item])
  fast.splice(3, 0, new SleepUntil(500))
  const slow = [[0], new SleepUntil(500), [10], new SleepUntil(550), [65], [75]]
  assert.deepEqual(await told({ fast, slow }, AHEAD), [
    '0: 0@-Infinity',
    '0: 0@-Infinity',
    '0: 50@0',
    '100: 60@50',
    '500: 70@60',
    '500: 10@70',
    '550: 65@70',
    '550: 80@70',
    '550: 75@70',
  ])
})

for (const isAsync of [false, true]) {
  test(`ahead: who is held back is not idle (${isAsync ? 'promises' : 'at once'})`, async () => {
    const scripts = { fast: [[100], [110]], slow: [new SleepUntil(5_000, [10]), [1_000]] }
    const times = await told(scripts, AHEAD, { times: [100, 105, 500], isAsync })
    // If `fast` had been left out, the time would have come to 1000 ahead of its item.
    assert.deepEqual(
      times.slice(2).map((text) => text.replace(/^50[01]0: /, '')),
      ['1000@10', 'time 100', '110@100', 'time 105', 'time 500'],
    )
  })
}

test('ahead: who has given nothing yet holds the others after their first batch', async () => {
  const clock = new TestClock()
  const polls: string[] = []
  await told({ fast: [[1], [2], [3]], slow: [after(clock, 50, [2])] }, AHEAD, { clock, onPoll: (part) => void polls.push(`${clock.now()} ${part}`) })
  assert.deepEqual(polls.slice(0, 4), ['0 fast', '0 slow', '50 slow', '50 fast'])
})

test('ahead: partitions of several inputs wait for each other', async () => {
  const out: number[] = []
  const flow = new Dataflow('flow')
  const fast = flow.input('fast', new Partitions({ part: Array.from({ length: 5 }, (_, index) => [index * 20]) }))
  const slow = flow.input('slow', new Partitions({ part: Array.from({ length: 9 }, (_, index) => [index * 10]) }))
  fast.merge('merge', slow).assignWatermarks('time', identity, AHEAD).output('out', new TestingSink(out))
  const clock = new TestClock()
  await passTime(clock, run(flow, { host: clock }))
  assert.deepEqual(out, [0, 0, 20, 10, 40, 20, 30, 60, 40, 50, 80, 60, 70, 80])
})

/** What a partition does: gives items that move time on, or answers after some milliseconds that there is nothing. */
type Move = readonly number[] | number

const MAX_SPAN_MS = 27
const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(fc.array(fc.integer({ min: 0, max: MAX_SPAN_MS / 3 }), { maxLength: 3 }), fc.integer({ min: 1, max: 300 })),
  { maxLength: 25 },
)

/** Partitions that do their moves, and what they have come to. */
class Race {
  readonly scripts: Readonly<Record<string, Script<number>>>
  /** The latest time of each partition that has not ended. */
  readonly #marks = new Map<string, number>()
  readonly #lengths = new Map<string, number>()
  /** How far a partition may have come since it was last seen downstream: a promise is begun when the batch before it enters. */
  readonly #slackMs: number

  constructor(parts: readonly (readonly Move[])[], clock: TestClock, isAsync: boolean) {
    this.#slackMs = isAsync || parts.flat().some((move) => typeof move === 'number') ? MAX_SPAN_MS : 0
    this.scripts = Object.fromEntries(parts.map((part, index) => [`p${index}`, this.#scriptOf(`p${index}`, part, clock)]))
  }

  /** Whoever is polled must be near the slowest. */
  check(name: string, position: number): void {
    const [least, mark] = [Math.min(...this.#marks.values()), this.#marks.get(name) ?? NONE]
    const isUnknown = least === NONE && this.#slackMs > 0
    assert.ok(isUnknown || mark <= least + (AHEAD.maxAheadMs as number) + this.#slackMs, `${name} is polled at ${mark}, the slowest is at ${least}`)
    if (position === this.#lengths.get(name)) this.#marks.delete(name)
  }

  #scriptOf(name: string, part: readonly Move[], clock: TestClock): Script<number> {
    this.#marks.set(name, NONE)
    this.#lengths.set(name, part.length)
    let at = 0
    return part.map((move): Step<number> => {
      if (typeof move === 'number') return after(clock, move, [])
      const items = move.map((ms) => {
        at += ms
        return at
      })
      return () => {
        this.#marks.set(name, items.at(-1) ?? (this.#marks.get(name) as number))
        return items
      }
    })
  }
}

test('ahead: whoever is polled is near the slowest that goes on, and the flow comes to its end', async () => {
  const setup = fc.record({
    isAsync: fc.boolean(),
    epochIntervalMs: fc.constantFrom(0, 20),
    idleAfterMs: fc.constantFrom(100, Number.POSITIVE_INFINITY),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(moves, { minLength: 1, maxLength: 4 }), setup, async (parts, { isAsync, epochIntervalMs, idleAfterMs }) => {
      const clock = new TestClock()
      const race = new Race(parts, clock, isAsync)
      // Who is idle need not be waited for: then only the end is of interest.
      const onPoll = (name: string, position: number): void => (idleAfterMs === Number.POSITIVE_INFINITY ? race.check(name, position) : undefined)
      const out: number[] = []
      const flow = new Dataflow('flow')
      const up = flow.input('in', new Partitions(race.scripts, { isAsync, onPoll }))
      up.assignWatermarks('time', identity, { ...AHEAD, idleAfterMs }).output('out', new TestingSink(out))
      await passTime(clock, run(flow, { host: clock, epochIntervalMs }))
      assert.equal(out.length, parts.flat().flat().length - parts.flat().filter((move) => typeof move === 'number').length)
    }),
    { numRuns: 100 },
  )
})

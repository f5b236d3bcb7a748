import { deepStrictEqual, notDeepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, minutes, run } from '../../src/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'

test('TestClock: stands still until it is moved', () => {
  const clock = new TestClock({ startAtMs: 1_000 })
  strictEqual(clock.now(), 1_000)
  strictEqual(clock.monotonicMs(), 0)
})

test('TestClock: has moved when advance returns if no timer is due', () => {
  const clock = new TestClock({ startAtMs: 1_000 })
  void clock.advance(5)
  strictEqual(clock.now(), 1_005)
  strictEqual(clock.monotonicMs(), 5)
  void clock.advanceTo(2_000)
  strictEqual(clock.now(), 2_000)
})

test('TestClock: fires timers in order of their time, those of one time in order of setting, each at its time', async () => {
  const clock = new TestClock()
  const fired: string[] = []
  for (const [name, delayMs] of [
    ['late', 20],
    ['first', 10],
    ['second', 10],
    ['beyond', 21],
  ] as const) {
    clock.setTimer(delayMs, () => fired.push(`${name} at ${clock.now()}`))
  }
  await clock.advance(20)
  deepStrictEqual(fired, ['first at 10', 'second at 10', 'late at 20'])
  strictEqual(clock.timerCount, 1)
})

test('TestClock: fires a timer that a timer sets, if it is due on the way', async () => {
  const clock = new TestClock()
  const fired: number[] = []
  const tick = (): void => {
    fired.push(clock.now())
    clock.setTimer(10, tick)
  }
  clock.setTimer(10, tick)
  await clock.advance(35)
  deepStrictEqual(fired, [10, 20, 30])
})

test('TestClock: does not fire a timer that was cancelled', async () => {
  const clock = new TestClock({ autoAdvance: true })
  const fired: string[] = []
  const cancel = clock.setTimer(10, () => fired.push('cancelled'))
  cancel()
  await clock.advance(100)
  deepStrictEqual(fired, [])
})

test('TestClock: jumps from timer to timer with autoAdvance', async () => {
  const clock = new TestClock({ autoAdvance: true })
  await new Promise<void>((resolve) => clock.setTimer(minutes(60), resolve))
  strictEqual(clock.now(), minutes(60))
})

test('TestClock: gives the same random numbers for the same seed', () => {
  const numbers = (seed: number): number[] => {
    const clock = new TestClock({ seed })
    return Array.from({ length: 20 }, () => clock.random())
  }
  deepStrictEqual(numbers(7), numbers(7))
  notDeepStrictEqual(numbers(7), numbers(8))
  for (const number of numbers(7)) strictEqual(number >= 0 && number < 1, true)
})

test('TestClock: lets a flow that pauses for hours run at once with autoAdvance', async () => {
  const clock = new TestClock({ autoAdvance: true })
  const out: string[] = []
  const flow = new Dataflow('pauses')
  flow
    .input('in', new TestingSource([1, TestingSource.PAUSE(minutes(90)), 2, TestingSource.PAUSE(minutes(30)), 3], { now: clock.now }))
    .map('stamp', (item) => `${item} at ${clock.now() / minutes(1)}`)
    .output('out', new TestingSink(out))
  const report = await run(flow, { host: clock })
  deepStrictEqual(out, ['1 at 0', '2 at 90', '3 at 120'])
  strictEqual(report.elapsedMs, minutes(120))
})

test('TestClock: moves a flow forward step by step with advance', async () => {
  const clock = new TestClock()
  const out: number[] = []
  const flow = new Dataflow('steps')
  const source = new TestingSource([1, TestingSource.PAUSE(1_000), 2, TestingSource.PAUSE(1_000), 3], { now: clock.now })
  flow.input('in', source).output('out', new TestingSink(out))
  const running = run(flow, { host: clock })
  await clock.advance(0) // The flow starts.
  await clock.advance(999)
  deepStrictEqual(out, [1])
  await clock.advance(1)
  deepStrictEqual(out, [1, 2])
  await clock.advance(1_000)
  deepStrictEqual(out, [1, 2, 3])
  await running
})

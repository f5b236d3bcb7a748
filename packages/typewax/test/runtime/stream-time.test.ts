/** Tests what time it is in whole flows: where partitions and streams meet, behind every kind of step, for timers, and after a resume. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, type Emit, type KeyedStream, type LogicContext, run, type Stream } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
import { CallSink, turns } from './flows.ts'
import { Abort, ExactSink, Partitions, type Script, SleepUntil, tellTime } from './partitions.ts'

const identity = (item: number): number => item

/** Runs partitions of numbers through what `build` makes of them, and tells the time at the end of it. */
async function told(
  scripts: Readonly<Record<string, Script<number>>>,
  build: (up: Stream<number>) => Stream<number> = (up) => up,
  times: readonly number[] = [],
): Promise<string[]> {
  const out: [string, string][] = []
  const flow = new Dataflow('flow')
  const up = flow.input('in', new Partitions(scripts)).assignWatermarks('time', identity, { outOfOrdernessMs: 0 })
  tellTime(build(up), times).output('out', new TestingSink(out))
  await run(flow)
  return out.map(([, text]) => text)
}

test('watermark: is the latest time less the bound, and moves behind the batch that moved it', async () => {
  const out: [string, string][] = []
  const flow = new Dataflow('flow')
  const up = flow.input('in', new TestingSource([5, 9, 3, 20, 0], { batchSize: 2 })).assignWatermarks('time', identity, { outOfOrdernessMs: 2 })
  tellTime(up).output('out', new TestingSink(out))
  await run(flow)
  assert.deepEqual(
    out.map(([, text]) => text),
    ['5@-Infinity', '9@-Infinity', '3@7', '20@7', '0@18'],
  )
})

test('watermark: is the least over partitions, whatever their pace', async () => {
  assert.deepEqual(await told({ a: [[0], [10], [20, 30]], b: [[5], [6]], c: [[100]] }), [
    '0@-Infinity',
    '5@-Infinity',
    '100@-Infinity',
    '10@0',
    '6@5',
    '20@6',
    '30@6',
  ])
})

test('watermark: a partition that has ended is left out, and never takes it back', async () => {
  const times = await told({ a: [[1], [2], [3], [4], [5]], b: [[100]] }, undefined, [1, 2, 3, 4, 5, 6])
  assert.deepEqual(times, ['1@-Infinity', '100@-Infinity', 'time 1', '2@1', 'time 2', '3@2', 'time 3', '4@3', 'time 4', '5@4', 'time 5'])
})

test('watermark: never goes back with a partition that comes late', async () => {
  assert.deepEqual(await told({ a: [[50], [3], [60]] }), ['50@-Infinity', '3@50', '60@50'])
})

test('watermark: with an infinite bound there is none', async () => {
  const out: [string, string][] = []
  const flow = new Dataflow('flow')
  const up = flow.input('in', new TestingSource([5, 9])).assignWatermarks('time', identity, { outOfOrdernessMs: Number.POSITIVE_INFINITY })
  tellTime(up).output('out', new TestingSink(out))
  await run(flow)
  assert.deepEqual(out.at(-1), ['key', '9@-Infinity'])
})

/** Two marked streams, merged; each from a source of its own. */
async function toldMerged(left: Script<number>, right: Script<number>, times: readonly number[] = []): Promise<string[]> {
  const out: [string, string][] = []
  const flow = new Dataflow('flow')
  const [first, second] = [left, right].map((script, index) =>
    flow.input(`in_${index}`, new Partitions({ part: script })).assignWatermarks(`time_${index}`, identity, { outOfOrdernessMs: 0 }),
  ) as [Stream<number>, Stream<number>]
  tellTime(first.merge('merge', second), times).output('out', new TestingSink(out))
  await run(flow)
  return out.map(([, text]) => text)
}

test('watermark: is the least over merged streams, without those that have ended', async () => {
  assert.deepEqual(await toldMerged([[10], [20], [30], [40]], [[1], [15]], [1, 10, 15, 20, 30]), [
    '10@-Infinity',
    '1@-Infinity',
    'time 1',
    '20@1',
    '15@1',
    'time 10',
    'time 15',
    '30@15',
    'time 20',
    'time 30',
    '40@30',
  ])
})

test('watermark: a stream that ends without an item holds nobody', async () => {
  assert.deepEqual(await toldMerged([[10], [20], [30]], [], [10]), ['10@-Infinity', 'time 10', '20@10', '30@20'])
})

test('watermark: a second assignWatermarks replaces the first', async () => {
  const again = (up: Stream<number>): Stream<number> => up.assignWatermarks('again', (item) => item - 100, { outOfOrdernessMs: 0 })
  assert.deepEqual(await told({ a: [[1], [2]], b: [[5], [5]] }, again), ['1@-Infinity', '5@-Infinity', '2@-99', '5@-98'])
})

/** Answers after as many turns as the item says. */
async function laterBy(item: number): Promise<number> {
  await turns(item)
  return item
}

const PLAIN = ['1@-Infinity', '2@1', '4@2', '3@4']

for (const [way, build] of [
  ['map', (up) => up.map('s', identity)],
  ['a filter that drops all but the watermark', (up) => up.filter('s', () => true)],
  [
    'branch and merge',
    (up) => {
      const { trues, falses } = up.branch('s', (item) => item % 2 === 0)
      return trues.merge('merge', falses)
    },
  ],
  ['inspect', (up) => up.inspect('s', () => {})],
  ['redistribute', (up) => up.redistribute('s')],
  ['flatMapBatch', (up) => up.flatMapBatch('s', (items) => new Set(items))],
  [
    'a stateful step',
    (up) =>
      up
        .keyOn('k', () => 'k')
        .statefulMap('s', (state: number | undefined, item: number): [number, number] => [(state ?? 0) + 1, item])
        .keyRm('rm'),
  ],
  ['mapAsync', (up) => up.mapAsync('s', async (item) => item)],
  ['mapAsync out of order', (up) => up.mapAsync('s', laterBy, { ordered: false, maxInFlight: 1 })],
] as readonly (readonly [string, (up: Stream<number>) => Stream<number>])[]) {
  test(`watermark: passes ${way} in order with the items`, async () => {
    assert.deepEqual(await told({ a: [[1], [2], [4], [3]] }, build), PLAIN)
  })
}

test('watermark: passes a filter that drops every item', async () => {
  const drop = (up: Stream<number>): Stream<number> => up.filter('s', (item) => item === 1)
  assert.deepEqual(await told({ a: [[1], [20], [30]] }, drop, [10, 25]), ['1@-Infinity', 'time 10', 'time 25'])
})

test('watermark: comes behind all that one item expands to, however slow the reader', async () => {
  const seen: string[] = []
  const flow = new Dataflow('flow')
  const wide = flow
    .input('in', new Partitions({ a: [[1], [2]] }))
    .assignWatermarks('time', identity, { outOfOrdernessMs: 0 })
    .flatMap('expand', (item) => Array.from({ length: 50_000 }, () => item).values())
  tellTime(wide, [1, 2]).output(
    'out',
    new CallSink<[string, string]>(async (items) => {
      await turns(2)
      for (const [, text] of items) if (seen.at(-1) !== text) seen.push(text)
    }),
  )
  await run(flow)
  assert.deepEqual(seen, ['1@-Infinity', 'time 1', '2@1', 'time 2'])
})

for (const ordered of [true, false]) {
  test(`mapAsync: a watermark waits for the results of the items ahead of it (${ordered ? 'ordered' : 'unordered'})`, async () => {
    const clock = new TestClock({ autoAdvance: true })
    const out: [string, string][] = []
    const flow = new Dataflow('flow')
    const slow = flow
      .input('in', new Partitions({ a: [[1], [2], [3]] }))
      .assignWatermarks('time', identity, { outOfOrdernessMs: 0 })
      .mapAsync('slow', (item) => new Promise<number>((resolve) => clock.setTimer(100 - 10 * item, () => resolve(item))), { ordered })
    tellTime(slow, [1, 2, 3]).output('out', new TestingSink(out))
    await run(flow, { host: clock })
    assert.deepEqual(
      out.map(([, text]) => text),
      ['1@-Infinity', 'time 1', '2@1', 'time 2', '3@2', 'time 3'],
    )
    assert.ok(clock.now() < 150, 'all calls run at the same time')
  })
}

test('mapAsync: watermarks among the items take no places of calls', async () => {
  const clock = new TestClock({ autoAdvance: true })
  const flow = new Dataflow('flow')
  let [running, most] = [0, 0]
  const call = (item: number): Promise<number> => {
    most = Math.max(most, ++running)
    return new Promise((resolve) =>
      clock.setTimer(10, () => {
        running -= 1
        resolve(item)
      }),
    )
  }
  const items = Array.from({ length: 40 }, (_, index) => [index])
  flow
    .input('in', new Partitions({ a: items }))
    .assignWatermarks('time', identity, { outOfOrdernessMs: 0 })
    .mapAsync('call', call, { maxInFlight: 4 })
    .output('out', new TestingSink<number>([]))
  await run(flow, { host: clock })
  assert.equal(most, 4)
  assert.equal(clock.now(), 100)
})

// ---------------------------------------------------------------- timers

/** Keys that ask for times: a value is a list of times to be called at. Tells each call, and what was waiting at the end. */
function alarm(up: KeyedStream<readonly number[]>): KeyedStream<string> {
  return up.stateful('alarm', (state: number[] | undefined, key, _parts, context: LogicContext) => {
    let waiting = state ?? []
    return {
      onItem: (times: readonly number[]): Emit<string> => {
        waiting = [...waiting, ...times].sort((left, right) => left - right)
        return [[`${key} asks`]]
      },
      onWatermark: (timeMs: number): Emit<string> => {
        waiting = waiting.slice(1)
        assert.ok(timeMs <= context.watermark())
        return [[`${key} ${timeMs}`]]
      },
      notifyAtWatermark: () => waiting[0],
      onEof: (): Emit<string> => [[`${key} ends with ${waiting.join(' ')}`]],
      snapshot: () => waiting,
    }
  })
}

type Asking = readonly [key: string, at: number, times: readonly number[]]

async function alarms(script: Script<Asking>): Promise<string[]> {
  const out: [string, string][] = []
  const flow = new Dataflow('flow')
  const up = flow.input('in', new Partitions({ a: script })).assignWatermarks('time', ([, at]) => at, { outOfOrdernessMs: 0 })
  alarm(up.map('pair', ([key, , times]): [string, readonly number[]] => [key, times]).keyed('keyed')).output('out', new TestingSink(out))
  await run(flow)
  return out.map(([, text]) => text)
}

test('timers: are called in order of time and then of key, however far the watermark jumps', async () => {
  const asks: Asking[] = [
    ['é', 0, [3, 1]],
    ['b', 0, [2, 3]],
    ['a', 0, [3, 2]],
  ]
  const expected = ['é 1', 'a 2', 'b 2', 'a 3', 'b 3', 'é 3']
  const steps = [1, 2, 3].map((at): Asking[] => [['z', at, []]])
  for (const moves of [steps, [[['z', 100, []]]] as Asking[][]]) {
    const calls = (await alarms([asks, ...moves])).filter((text) => !/asks|ends/.test(text))
    assert.deepEqual(calls, expected)
  }
})

test('timers: of a time that has passed are called at once, ahead of the next value, whatever the batches', async () => {
  const asks: Asking[] = [
    ['a', 10, [5]],
    ['b', 10, []],
    ['a', 10, [7, 6, 10, 11]],
    ['b', 10, [9]],
  ]
  const expected = ['a asks', 'a 5', 'b asks', 'a asks', 'a 6', 'a 7', 'a 10', 'b asks', 'b 9', 'a ends with 11']
  const start: Asking[] = [['z', 10, []]]
  for (const batches of [[asks], asks.map((ask) => [ask]), [asks.slice(0, 3), asks.slice(3)]]) {
    const calls = (await alarms([start, ...batches])).filter((text) => !text.startsWith('z') && !text.endsWith('with '))
    assert.deepEqual(calls, expected)
  }
})

test('timers: one that is set while time passes takes its turn', async () => {
  const out: [string, string][] = []
  const flow = new Dataflow('flow')
  const up = flow
    .input(
      'in',
      new Partitions({
        a: [
          [
            ['a', 0],
            ['b', 0],
          ],
          [['c', 100]],
        ] as [string, number][][],
      }),
    )
    .assignWatermarks('time', ([, at]) => at, { outOfOrdernessMs: 0 })
  up.keyed('keyed')
    .stateful('every', (state: number | undefined, key) => {
      let next = state ?? (key === 'c' ? Number.POSITIVE_INFINITY : 30)
      return {
        onItem: (): Emit<string> => [[]],
        onWatermark: (timeMs: number): Emit<string> => {
          next = timeMs + (key === 'a' ? 20 : 30)
          return [[`${key} ${timeMs}`]]
        },
        notifyAtWatermark: () => next,
        snapshot: () => next,
      }
    })
    .output('out', new TestingSink(out))
  await run(flow)
  assert.deepEqual(
    out.map(([, text]) => text),
    ['a 30', 'b 30', 'a 50', 'b 60', 'a 70', 'a 90', 'b 90'],
  )
})

test('timers: are not called after the end, nor after a discard, and the latest wish counts', async () => {
  const out: [string, string][] = []
  const flow = new Dataflow('flow')
  const up = flow
    .input(
      'in',
      new Partitions({
        a: [
          [
            ['a', 1],
            ['b', 1],
          ],
          [
            ['a', 2],
            ['c', 2],
          ],
          [['d', 50]],
        ] as [string, number][][],
      }),
    )
    .assignWatermarks('time', ([, at]) => at, { outOfOrdernessMs: 0 })
  up.keyed('keyed')
    .stateful('wish', (_state: number | undefined, key) => {
      let count = 0
      return {
        onItem: (): Emit<string> => [[], ++count === 2 && key === 'a'],
        onWatermark: (timeMs: number): Emit<string> => [[`${key} ${timeMs}`], true],
        notifyAtWatermark: () => ({ a: 10, b: 20, c: count > 0 ? undefined : 30, d: 60 })[key],
        onEof: (): Emit<string> => [[`${key} ends`]],
        snapshot: () => 0,
      }
    })
    .output('out', new TestingSink(out))
  await run(flow)
  assert.deepEqual(
    out.map(([, text]) => text),
    ['b 20', 'c ends', 'd ends'],
  )
})

test('timers: more than a queue takes come in chunks, ahead of the watermark', async () => {
  const keys = Array.from({ length: 40_000 }, (_, index) => `k${String(index).padStart(5, '0')}`)
  let [most, count] = [0, 0]
  const texts: string[] = []
  const flow = new Dataflow('flow')
  const up = flow
    .input('in', new Partitions({ a: [keys.map((key): Asking => [key, 0, [5]]), [['last', 10, [7]]], [['last', 20, []]]] }))
    .assignWatermarks('time', ([, at]) => at, { outOfOrdernessMs: 0 })
  alarm(up.map('pair', ([key, , times]): [string, readonly number[]] => [key, times]).keyed('keyed'))
    .filterValue('calls', (text) => !/asks|ends/.test(text))
    .output(
      'out',
      new CallSink<[string, string]>(async (items) => {
        await turns(1)
        most = Math.max(most, items.length)
        count += items.length
        texts.push((items.at(-1) as [string, string])[1])
      }),
    )
  await run(flow)
  assert.equal(count, keys.length + 1)
  assert.equal(texts.at(-1), 'last 7')
  assert.ok(most < 30_000, `${most} at once`)
})

// ---------------------------------------------------------------- resume

test('resume: the time goes on where the committed epoch left it, for the very first item', async () => {
  const recovery = new MemoryRecoveryStore()
  const sink = new ExactSink<string>()
  const flow = new Dataflow('flow')
  const scripts: [Script<number>, Script<number>] = [
    [[10], [20], [30], new Abort(), [1], [40]],
    [[100], [200], [300], [2], [400]],
  ]
  const [first, second] = scripts.map((script, index) =>
    flow.input(`in_${index}`, new Partitions({ part: script })).assignWatermarks(`time_${index}`, identity, { outOfOrdernessMs: 0 }),
  ) as [Stream<number>, Stream<number>]
  tellTime(first.merge('merge', second)).output('out', sink as never)
  assert.equal((await run(flow, { recovery, epochIntervalMs: 0, host: new TestClock() })).outcome, 'aborted')
  const before = sink.values.length
  assert.equal((await run(flow, { recovery, epochIntervalMs: 0, host: new TestClock() })).outcome, 'finished')
  assert.deepEqual(sink.values.slice(before - 1), ['2@30', '1@30', '400@30', '40@30'])
})

test('resume: partitions that had ended or were idle stay left out, until they give something', async () => {
  const recovery = new MemoryRecoveryStore()
  const sink = new ExactSink<string>()
  const flow = new Dataflow('flow')
  const scripts: Record<string, Script<number>> = {
    ended: [[1]],
    idle: [[2], new SleepUntil(1_000), [3], [50]],
    on: [[10], new SleepUntil(500), [100], new SleepUntil(600), new Abort(), [110], new SleepUntil(1_500), [120]],
  }
  const up = flow
    .input('in', new Partitions(scripts, { isAsync: true }))
    .assignWatermarks('time', identity, { outOfOrdernessMs: 0, idleAfterMs: 100 })
  tellTime(up).output('out', sink as never)
  const host = (startAtMs: number): TestClock => new TestClock({ startAtMs, autoAdvance: true })
  assert.equal((await run(flow, { recovery, epochIntervalMs: 0, host: host(0) })).outcome, 'aborted')
  assert.deepEqual(sink.values.slice(3), ['100@10'])
  assert.equal((await run(flow, { recovery, epochIntervalMs: 0, host: host(600) })).outcome, 'finished')
  // At first `idle` counts for nothing: it is asked in the first sweep, and has something to give.
  assert.deepEqual(sink.values.slice(4), ['3@100', '110@100', '50@100', '120@110'])
})

test('resume: what the watermark of merged streams reached while one was idle is not forgotten', async () => {
  const recovery = new MemoryRecoveryStore()
  const sink = new ExactSink<string>()
  const flow = new Dataflow('flow')
  const scripts: [Script<number>, Script<number>] = [
    [[10], new SleepUntil(1_000), [20], new SleepUntil(2_000), new Abort(), [30]],
    [[100], new SleepUntil(3_000), [101]],
  ]
  const [first, second] = scripts.map((script, index) =>
    flow
      .input(`in_${index}`, new Partitions({ part: script }))
      .assignWatermarks(`time_${index}`, identity, { outOfOrdernessMs: 0, ...(index === 0 && { idleAfterMs: 100 }) }),
  ) as [Stream<number>, Stream<number>]
  tellTime(first.merge('merge', second)).output('out', sink as never)
  const options = { recovery, epochIntervalMs: 0 }
  assert.equal((await run(flow, { ...options, host: new TestClock({ autoAdvance: true }) })).outcome, 'aborted')
  assert.deepEqual(sink.values.slice(2), ['20@100'])
  await run(flow, { ...options, host: new TestClock({ startAtMs: 2_000, autoAdvance: true }) })
  assert.deepEqual(sink.values.slice(3), ['30@100', '101@100'])
})

test('resume: a partition keeps the latest time that it has come to', async () => {
  const sink = new ExactSink<string>()
  const flow = new Dataflow('flow')
  const scripts = { ahead: [[100], new Abort(), [50], [300]], behind: [[40], [40], [200], [300]] }
  const up = flow.input('in', new Partitions<number>(scripts)).assignWatermarks('time', identity, { outOfOrdernessMs: 0 })
  tellTime(up).output('out', sink as never)
  const recovery = new MemoryRecoveryStore()
  for (let execution = 0; execution < 2; execution++) await run(flow, { recovery, epochIntervalMs: 0, host: new TestClock() })
  assert.deepEqual(sink.values, ['100@-Infinity', '40@-Infinity', '40@40', '50@40', '200@40', '300@100', '300@200'])
})

test('resume: a stream of one partition that had ended is not waited for', async () => {
  const recovery = new MemoryRecoveryStore()
  const sink = new ExactSink<string>()
  const flow = new Dataflow('flow')
  const scripts: [Script<number>, Script<number>] = [[[10]], [[100], [200], [300], new Abort(), [5]]]
  const [first, second] = scripts.map((script, index) =>
    flow
      .input(`in_${index}`, new Partitions({ part: script }, { isAsync: index === 0 }))
      .redistribute(`apart_${index}`)
      .assignWatermarks(`time_${index}`, identity, { outOfOrdernessMs: 0 }),
  ) as [Stream<number>, Stream<number>]
  tellTime(first.merge('merge', second)).output('out', sink as never)
  for (let execution = 0; execution < 2; execution++) await run(flow, { recovery, epochIntervalMs: 0, host: new TestClock() })
  assert.equal(sink.values.at(-1), '5@300')
})

test('resume: timers are called exactly once, whenever the flow is cut off', async () => {
  const items = Array.from({ length: 30 }, (_, index): Asking => [`k${index % 3}`, index, [index + 4, index + 9]])
  const scriptOf = (hasAborts: boolean): Script<Asking> => items.flatMap((item) => (hasAborts ? [[item], new Abort()] : [[item]]))
  const results: string[][] = []
  for (const hasAborts of [false, true]) {
    const sink = new ExactSink<string>()
    const flow = new Dataflow('flow')
    const up = flow.input('in', new Partitions({ a: scriptOf(hasAborts) })).assignWatermarks('time', ([, at]) => at, { outOfOrdernessMs: 0 })
    alarm(up.map('pair', ([key, , times]): [string, readonly number[]] => [key, times]).keyed('keyed')).output('out', sink as never)
    const recovery = new MemoryRecoveryStore()
    while ((await run(flow, { recovery, epochIntervalMs: 0, host: new TestClock() })).outcome !== 'finished');
    results.push(sink.values)
  }
  assert.deepEqual(results[1], results[0])
})

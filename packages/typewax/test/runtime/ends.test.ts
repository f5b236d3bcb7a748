/** Tests what steps with state are told, and in which order: values, notifications, the end of input. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, DISCARD, RETAIN, run, type StatefulLogic } from '../../src/index.ts'
import { TestClock } from '../../src/testing/test-clock.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'

type Pair<V> = readonly [string, V]

/**
 * Runs pairs through a logic, on a clock of the test: at given times one by one, or at once in batches. Each result gets the time at which it came.
 */
async function timed<V, W>(
  pairs: readonly (readonly [atMs: number, key: string, value: V])[],
  build: (key: string) => StatefulLogic<V, W, number>,
  batchSize = 1,
): Promise<string[]> {
  const clock = new TestClock({ autoAdvance: true })
  const out: string[] = []
  const flow = new Dataflow('flow')
  const items = pairs.map(([, key, value]): [string, V] => [key, value])
  flow
    .input('in', new TestingSource(items, batchSize > 1 ? { batchSize } : { awakeAt: (index) => pairs[index]?.[0] }))
    .keyed('keyed')
    .stateful<W, number>('step', (_state, key) => build(key))
    .map('time', ([key, result]) => `${clock.now()} ${key} ${result}`)
    .output('out', new TestingSink(out))
  await run(flow, { host: clock })
  return out
}

test('notifyAt: the latest answer counts, whether later, earlier, or none at all', async () => {
  // Each value is the wish that the logic has from then on; 0 is none.
  const wishing = (): StatefulLogic<number, string, number> => {
    let wish = 0
    return {
      onItem: (value) => {
        wish = value
        return [[]]
      },
      onNotify: () => {
        const due = wish
        wish = 0
        return [[`due ${due}`]]
      },
      notifyAt: () => (wish === 0 ? undefined : wish),
      snapshot: () => wish,
    }
  }
  const out = await timed(
    [
      [0, 'later', 10],
      [0, 'earlier', 90],
      [0, 'never', 20],
      [1, 'later', 30],
      [1, 'earlier', 40],
      [1, 'never', 0],
      [100, 'last', 0],
    ],
    wishing,
  )
  assert.deepEqual(out, ['30 later due 30', '40 earlier due 40'])
})

test('notifyAt: everybody who is due is called once, keys in ascending order of their UTF-8 bytes', async () => {
  const dueAt =
    (atMs: (key: string) => number) =>
    (key: string): StatefulLogic<number, string, number> => {
      let isDue = true
      return {
        onItem: () => [[]],
        onNotify: () => {
          isDue = false
          return [['due']]
        },
        notifyAt: () => (isDue ? atMs(key) : undefined),
        snapshot: () => 0,
      }
    }
  const keys = ['😀', '～', 'z', 'é', '', 'a']
  const pairs = keys.map((key) => [0, key, 0] as const)
  const sorted = ['', 'a', 'z', 'é', '～', '😀']
  assert.deepEqual(
    await timed(
      [...pairs, [50, 'end', 0]],
      dueAt((key) => (key === 'end' ? 99 : 20)),
    ),
    sorted.map((key) => `20 ${key} due`),
  )
  // Times that have passed already are due together, whichever was first.
  assert.deepEqual(
    await timed(
      pairs,
      dueAt((key) => -(keys.indexOf(key) + 1)),
      keys.length,
    ),
    sorted.map((key) => `0 ${key} due`),
  )
})

test('notifyAt: a logic that stays may ask again, one that goes takes its wish along', async () => {
  const ticking = (key: string): StatefulLogic<number, number, number> => {
    let ticks = 0
    return {
      onItem: () => [[]],
      onNotify: () => [[++ticks], key === 'goes' && ticks === 2],
      notifyAt: () => (ticks + 1) * 10,
      snapshot: () => ticks,
    }
  }
  const out = await timed(
    [
      [0, 'goes', 0],
      [5, 'stays', 0],
      [35, 'end', 0],
    ],
    ticking,
  )
  // `end` is built at 35: its wish for 10 is due at once, and so are those for 20 and 30.
  assert.deepEqual(
    out.filter((line) => !line.includes('end')),
    ['10 goes 1', '10 stays 1', '20 goes 2', '20 stays 2', '30 stays 3'],
  )
})

test('end of input: pending notifications die, and the end comes once, keys in ascending order of their UTF-8 bytes', async () => {
  const ends = (): StatefulLogic<number, string, number> => ({
    onItem: () => [[]],
    onNotify: () => [['notified']],
    onEof: () => [['ended']],
    notifyAt: () => 1_000_000,
    snapshot: () => 0,
  })
  const out = await timed(
    ['😀', '～', 'z', 'é'].map((key) => [3, key, 0] as const),
    ends,
  )
  assert.deepEqual(out, ['3 z ended', '3 é ended', '3 ～ ended', '3 😀 ended'])
})

test('end of input: what a step emits at its end comes to the next before the end does', async () => {
  const out: Pair<string>[] = []
  const flow = new Dataflow('flow')
  const sum = (state: number | undefined): StatefulLogic<number, number, number> => {
    let total = state ?? 0
    return {
      onItem: (value) => {
        total += value
        return [[], RETAIN]
      },
      onEof: () => [[total], DISCARD],
      snapshot: () => total,
    }
  }
  const trace = (): StatefulLogic<number, string, number> => ({
    onItem: (value) => [[`value ${value}`]],
    onEof: () => [['end']],
    snapshot: () => 0,
  })
  const pairs: [string, number][] = [
    ['b', 1],
    ['a', 2],
    ['b', 3],
  ]
  flow
    .input('in', new TestingSource(pairs))
    .keyed('keyed')
    .stateful('sum', sum)
    .stateful<string, number>('trace', trace)
    .output('out', new TestingSink(out))
  await run(flow)
  assert.deepEqual(out, [
    ['a', 'value 2'],
    ['b', 'value 4'],
    ['a', 'end'],
    ['b', 'end'],
  ])
})

test('end of input: a merged stream ends when the last of its upstreams does', async () => {
  const out: Pair<number>[] = []
  const flow = new Dataflow('flow')
  const short = flow.input('short', new TestingSource<[string, number]>([['a', 1]])).keyed('keyed_short')
  const long = flow.input('long', new TestingSource(Array.from({ length: 20 }, (): [string, number] => ['a', 1]))).keyed('keyed_long')
  short
    .merge('merge', long)
    .reduceFinal('sum', (a, b) => a + b)
    .output('out', new TestingSink(out))
  await run(flow)
  assert.deepEqual(out, [['a', 21]])
})

/** Proves that what only looks wrong works, before and after a resume: strange keys and names, states with cycles, and errors that are hard to show. */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { quote } from '../../src/errors.ts'
import { Dataflow, run } from '../../src/index.ts'
import { MemoryRecoveryStore, type RecoveryStore } from '../../src/recovery/index.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'

const KEYS = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  'a.b',
  'a/b',
  '\0',
  '\n',
  'é',
  'e\u0301',
  '日本語',
  '😀',
  '\ud800',
  '\ufffd',
  'x'.repeat(10_000),
]

/** Counts each key; all come once before a stop in the middle and once after it. */
async function countTwice(recovery: string | RecoveryStore, step = 'count'): Promise<Map<string, number[]>> {
  const out: [string, number][] = []
  const source = new TestingSource([...KEYS, TestingSource.EOF, ...KEYS])
  for (let execution = 0; execution < 2; execution++) {
    const flow = new Dataflow('flow')
    const up = flow.input('in', source).keyOn('key', (key) => key)
    up.statefulMap(
      step,
      () => 0,
      (state): [number, number] => [state + 1, state + 1],
    ).output('out', new TestingSink(out))
    await run(flow, { recovery, epochIntervalMs: 0 })
  }
  const counts = new Map<string, number[]>()
  for (const [key, value] of out) counts.set(key, [...(counts.get(key) ?? []), value])
  return counts
}

test('keys: any string is one, each is its own, and each is found again after a resume', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'typewax-'))
  try {
    for (const recovery of [new MemoryRecoveryStore(), dir]) {
      const counts = await countTwice(recovery)
      assert.deepEqual([...counts.keys()], KEYS)
      for (const [key, values] of counts) assert.deepEqual(values, [1, 2], quote(key))
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

test('step ids: names of the object prototype are names', async () => {
  for (const step of ['__proto__', 'constructor', '', ' ', '日本']) {
    const counts = await countTwice(new MemoryRecoveryStore(), step)
    assert.equal(counts.size, KEYS.length, quote(step))
  }
})

test('state: cycles and shared objects come back as they were', async () => {
  interface Circle {
    readonly seen: number[]
    self?: Circle
    again?: number[]
  }
  const recovery = new MemoryRecoveryStore()
  const source = new TestingSource([['a', 1] as const, TestingSource.EOF, ['a', 2] as const])
  const out: [string, Circle][] = []
  for (let execution = 0; execution < 2; execution++) {
    const flow = new Dataflow('flow')
    const first = (): Circle => {
      const circle: Circle = { seen: [] }
      return Object.assign(circle, { self: circle, again: circle.seen })
    }
    const up = flow.input('in', source).keyed('keyed')
    up.statefulMap('s', first, (state, value: number): [Circle, Circle] => {
      state.seen.push(value)
      return [state, state]
    }).output('out', new TestingSink(out))
    await run(flow, { recovery, epochIntervalMs: 0 })
  }
  const [, circle] = out.at(-1) as [string, Circle]
  assert.deepEqual(circle.seen, [1, 2])
  assert.equal(circle.self, circle)
  assert.equal(circle.again, circle.seen)
})

test('messages: any value can be shown, on one line and cut', () => {
  const circle: unknown[] = []
  circle.push(circle)
  const hostile = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new Error('no')
      },
    },
  )
  const toJson = {
    toJSON: () => {
      throw new Error('no')
    },
    toString: () => {
      throw new Error('no')
    },
  }
  const shown: readonly (readonly [value: unknown, text: string])[] = [
    [circle, 'an array of 1'],
    [{ big: 1n, more: [2n] }, '{"big":"1n","more":["2n"]}'],
    [[Symbol('s')], '[null]'],
    [hostile, "a value that can't be shown (object)"],
    [toJson, 'an object with toJSON, toString'],
    [Object.create(null), 'an object without prototype'],
    [Promise.resolve(), 'a Promise (is an `await` missing?)'],
    ['line\nline', '"line\\nline"'],
    ['x'.repeat(1_000), `"${'x'.repeat(199)}…`],
    [-0, '0'],
    [class Shape {}, 'function Shape'],
    [new (class Shape {})(), 'a Shape'],
    [null, 'null'],
  ]
  for (const [value, text] of shown) assert.equal(quote(value), text)
})

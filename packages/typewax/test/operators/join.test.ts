/** Tests `join`: the traces of the reference, and its flow. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EmitMode, InsertMode } from '../../src/operators/index.ts'
import { copied, logicsOf, operationsOf, throughKeyed } from './flows.ts'

/** What a key sees, as `side value`. */
const EVENTS = [
  [0, 'a'],
  [0, 'b'],
  [1, 'x'],
  [1, 'y'],
  [0, 'c'],
] as const

/** What each event emits, then what the end emits; rows as text, `-` for a missing side. Recorded from the reference. */
const TRACES: Record<InsertMode, Record<EmitMode, string[]>> = {
  first: {
    complete: ['', '', 'ax', '', 'cy', ''],
    final: ['', '', '', '', '', 'ax'],
    running: ['a-', 'a-', 'ax', 'ax', 'ax', ''],
  },
  last: {
    complete: ['', '', 'bx', '', 'cy', ''],
    final: ['', '', '', '', '', 'cy'],
    running: ['a-', 'b-', 'bx', 'by', 'cy', ''],
  },
  product: {
    complete: ['', '', 'ax bx', '', 'cy', ''],
    final: ['', '', '', '', '', 'ax ay bx by cx cy'],
    running: ['a-', 'a- b-', 'ax bx', 'ax ay bx by', 'ax ay bx by cx cy', ''],
  },
}

function textOf(rows: unknown[]): string {
  return rows.map((row) => (row as unknown[]).map((value) => value ?? '-').join('')).join(' ')
}

for (const insert of ['first', 'last', 'product'] as const) {
  for (const emit of ['complete', 'final', 'running'] as const) {
    test(`join: gives the reference's rows when it inserts ${insert} and emits ${emit}`, () => {
      const build = logicsOf<string>((up) => up.join('j', [up], { insert, emit }))
      let logic = build()
      const trace = EVENTS.map((event) => {
        const [rows, isDiscarded] = copied(logic.onItem?.(event))
        // As a runtime does; and a snapshot in between changes nothing.
        logic = build(isDiscarded ? undefined : structuredClone(logic.snapshot()))
        return textOf(rows)
      })
      assert.deepEqual([...trace, textOf(copied(logic.onEof?.())[0])], TRACES[insert][emit])
    })
  }
}

test('join: undefined and null are values that a side has seen', () => {
  const logic = logicsOf<unknown>((up) => up.join('j', [up]))()
  logic.onItem?.([0, null])
  assert.deepEqual(copied(logic.onItem?.([1, undefined])), [[[null, undefined]], true])
})

test('join: varies the rightmost of three sides fastest', () => {
  const logic = logicsOf<string>((up) => up.join('j', [up, up], { insert: 'product', emit: 'final' }))()
  for (const event of ['0a', '0b', '2x', '2y']) logic.onItem?.([Number(event[0]), event[1]])
  assert.equal(textOf(copied(logic.onEof?.())[0]), 'a-x a-y b-x b-y')
})

test('join: puts the sides of a key together in the order of its arguments', async () => {
  const items: [string, number][] = [
    ['a', 1],
    ['b', 2],
    ['a', 3],
  ]
  const rows = await throughKeyed(items, (up) => up.mapValue('neg', (n) => -n).join('j', [up, up.mapValue('text', (n) => `${n}`)], { emit: 'final' }))
  assert.deepEqual(rows, [
    ['a', [-3, 3, '3']],
    ['b', [-2, 2, '2']],
  ])
})

test('join: takes one side', async () => {
  assert.deepEqual(await throughKeyed([['a', 1]], (up) => up.join('j', [])), [['a', [1]]])
})

test('join: labels its sides, merges them, and keeps state in one step', () => {
  const kinds = operationsOf<[string, number]>((up) => {
    const keyed = up.keyed('k')
    keyed.join('j', [keyed])
  }).map((operation) => operation.kind)
  assert.deepEqual(kinds, ['flatMapBatch', 'flatMapBatch', 'flatMapBatch', 'merge', 'statefulBatch'])
})

/** Tests the buffer of the joins against a sorted array, and that what it stores makes an equal one. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type StoredBlock, TimeBuffer } from '../../src/joins/time-buffer.ts'

interface Known {
  readonly timestampMs: number
  readonly value: number
  isMarked: boolean
}

type Action =
  | { readonly insert: number }
  | { readonly remove: number }
  | { readonly around: readonly [number, number, number]; readonly marks: boolean }
  | 'restart'

const time = fc.integer({ min: 0, max: 50 })
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: time.map((insert) => ({ insert })) },
  { weight: 1, arbitrary: fc.nat(40).map((remove) => ({ remove })) },
  { weight: 2, arbitrary: fc.record({ around: fc.tuple(time, fc.integer({ min: -9, max: 0 }), fc.nat(9)), marks: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
)

class Checked {
  buffer = new TimeBuffer<number>()
  readonly known: Known[] = []
  readonly stored = new Map<number, StoredBlock<number>>()
  #next = 0

  do(action: Action): void {
    if (action === 'restart') this.#restart()
    else if ('insert' in action) this.#insert(action.insert)
    else if ('remove' in action) this.#remove(action.remove)
    else this.#look(action.around, action.marks)
    this.#store()
    const [first, second] = this.known
    assert.deepEqual([this.buffer.first?.value, this.buffer.second?.value], [first?.value, second?.value])
    assert.equal(this.buffer.isEmpty, this.known.length === 0)
  }

  #insert(timestampMs: number): void {
    const value = this.#next++
    this.buffer.insert(timestampMs, value, value % 5 === 0)
    const after = this.known.findLastIndex((each) => each.timestampMs <= timestampMs)
    this.known.splice(after + 1, 0, { timestampMs, value, isMarked: value % 5 === 0 })
  }

  #remove(count: number): void {
    for (let index = 0; index < count && !this.buffer.isEmpty; index++) assert.equal(this.buffer.removeFirst().value, this.known.shift()?.value)
  }

  #look([atMs, fromMs, toMs]: readonly [number, number, number], marks: boolean): void {
    const found = this.known.filter(({ timestampMs }) => timestampMs >= atMs + fromMs && timestampMs <= atMs + toMs)
    const values = found.map(({ value }) => value)
    assert.deepEqual(this.buffer.valuesAround(atMs, fromMs, toMs, marks), values)
    if (marks) for (const each of found) each.isMarked = true
    assert.equal(this.buffer.lastUntil(atMs)?.value, this.known.findLast(({ timestampMs }) => timestampMs <= atMs)?.value)
  }

  #store(): void {
    const { changed, removed } = this.buffer.takeChanges('')
    for (const subKey of removed) this.stored.delete(Number(subKey))
    for (const subKey of changed) this.stored.set(Number(subKey), structuredClone(this.buffer.snapshotBlock(Number(subKey))))
  }

  #restart(): void {
    this.buffer = new TimeBuffer()
    for (const [number, block] of [...this.stored].reverse()) this.buffer.restoreBlock(number, block)
  }
}

test('TimeBuffer: does what a sorted array does, and comes back as it was stored', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 300, size: 'max' }), (actions) => {
      const checked = new Checked()
      for (const each of actions) checked.do(each)
      checked.do('restart')
      const marks = [...checked.stored.values()].flat().filter(([, , , isMarked]) => isMarked)
      assert.deepEqual(
        marks.map(([, , value]) => value).toSorted(),
        checked.known
          .filter(({ isMarked }) => isMarked)
          .map(({ value }) => value)
          .toSorted(),
      )
    }),
    { numRuns: 1_000 },
  )
})

test('TimeBuffer: values that come in order and leave in order touch one block each, and fill it', () => {
  const buffer = new TimeBuffer<number>()
  for (let index = 0; index < 320; index++) buffer.insert(index, index, false)
  assert.equal([...buffer.takeChanges('').changed].length, 10)
  buffer.insert(320, 320, false)
  assert.deepEqual([...buffer.takeChanges('').changed], ['10'])
  buffer.removeFirst()
  buffer.valuesAround(100, -40, 40, false)
  assert.deepEqual(buffer.takeChanges(''), { changed: ['0'], removed: [] })
})

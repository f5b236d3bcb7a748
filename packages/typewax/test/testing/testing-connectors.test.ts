/** Owns the tests of what `TestingSource` and `TestingSink` do beyond the contracts: marks among the items, exact positions, a shared array. */

import { deepStrictEqual, strictEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { AbortExecution } from '../../src/index.ts'
import { isEof, TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'

/** Polls to the end; an abort is written down and passed. */
function poll<X>(source: TestingSource<X>, position?: number): { batches: unknown[]; position: number } {
  const partition = source.buildPart('iterable', position)
  const batches: unknown[] = []
  for (;;) {
    try {
      const batch = partition.nextBatch()
      batches.push(isEof(batch) ? 'EOF' : batch)
      if (isEof(batch)) return { batches, position: partition.snapshot() }
    } catch (error) {
      strictEqual(error instanceof AbortExecution, true)
      batches.push('ABORT')
    }
  }
}

test('TestingSource: has one partition and batches of one item by default', () => {
  const source = new TestingSource(['a', 'b'])
  deepStrictEqual(source.listParts(), ['iterable'])
  deepStrictEqual(poll(source), { batches: [['a'], ['b'], 'EOF'], position: 2 })
})

test('TestingSource: ends at an EOF mark, and the next execution continues behind it', () => {
  const source = new TestingSource([0, 1, 2, TestingSource.EOF, 3, 4], { batchSize: 2 })
  const first = poll(source)
  deepStrictEqual(first, { batches: [[0, 1], [2], 'EOF'], position: 4 })
  deepStrictEqual(poll(source, first.position), { batches: [[3, 4], 'EOF'], position: 6 })
})

test('TestingSource: gives an execution without items for two EOF marks in a row', () => {
  const source = new TestingSource([TestingSource.EOF, TestingSource.EOF, 'a'])
  deepStrictEqual(poll(source, 1), { batches: ['EOF'], position: 2 })
})

test('TestingSource: aborts once at an ABORT mark, and counts it as a position', () => {
  const source = new TestingSource([0, 1, 2, TestingSource.ABORT(), 3, 4, 5], { batchSize: 2 })
  const first = poll(source)
  deepStrictEqual(first, { batches: [[0, 1], [2], 'ABORT', [3, 4], [5], 'EOF'], position: 7 })
  deepStrictEqual(poll(source, 2).batches.flat(), [2, 3, 4, 5, 'EOF'])
  deepStrictEqual(poll(source, first.position), { batches: ['EOF'], position: 7 })
})

test('TestingSource: each ABORT mark aborts for itself', () => {
  const source = new TestingSource([TestingSource.ABORT(), 'a', TestingSource.ABORT()])
  deepStrictEqual(poll(source).batches, ['ABORT', ['a'], 'ABORT', 'EOF'])
  deepStrictEqual(poll(source).batches, [['a'], 'EOF'])
})

test('TestingSource: pauses at a PAUSE mark from the poll that meets it', () => {
  const clock = new TestClock({ startAtMs: 500 })
  const partition = new TestingSource([0, 1, TestingSource.PAUSE(100), 2], { batchSize: 5, now: clock.now }).buildPart('iterable', undefined)
  deepStrictEqual(partition.nextBatch(), [0, 1])
  strictEqual(partition.nextAwake(), 600)
  strictEqual(partition.snapshot(), 3)
  deepStrictEqual(partition.nextBatch(), [2])
  strictEqual(partition.nextAwake(), undefined)
})

test('TestingSource: says when an item may be read', () => {
  const source = new TestingSource(['a', 'b', 'c'], { awakeAt: (index) => (index === 2 ? undefined : index * 1_000) })
  const partition = source.buildPart('iterable', 1)
  strictEqual(partition.nextAwake(), 1_000)
  deepStrictEqual(partition.nextBatch(), ['b'])
  strictEqual(partition.nextAwake(), undefined)
})

test('TestingSource: takes any iterable, and reads it once', () => {
  function* items(): Iterable<number> {
    yield 1
    yield 2
  }
  const source = new TestingSource(items(), { batchSize: 9 })
  for (let execution = 0; execution < 2; execution++) deepStrictEqual(poll(source).batches, [[1, 2], 'EOF'])
})

test('TestingSource: an abort is an AbortExecution', () => {
  const partition = new TestingSource([TestingSource.ABORT()]).buildPart('iterable', undefined)
  throws(() => partition.nextBatch(), AbortExecution)
})

test('TestingSink: appends the items of all partitions to the array, which is never emptied', () => {
  const items: string[] = []
  const sink = new TestingSink(items)
  const [first, second] = [sink.build(), sink.build()]
  void first.writeBatch(['a', 'b'])
  void second.writeBatch(['c'])
  void sink.build().writeBatch(['d'])
  deepStrictEqual(items, ['a', 'b', 'c', 'd'])
})

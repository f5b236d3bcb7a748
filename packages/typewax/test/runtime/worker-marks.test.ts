import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leastOf, ReachedMark, storedByAll, workerName, workerNamed } from '../../src/runtime/worker-marks.ts'

const mark = (watermarkMs: number, isOut = false): { watermarkMs: number; isOut: boolean } => ({ watermarkMs, isOut })
const at = (workerIndex: number, workerCount: number): { workerIndex: number; workerCount: number } => ({ workerIndex, workerCount })

test('workerNamed: tells the worker of a name, of as many workers only', () => {
  const name = workerName('stream', at(2, 3))
  assert.equal(workerNamed(name, 3), 2)
  assert.equal(workerNamed(name, 4), undefined)
  assert.equal(workerNamed('in/worker 2', 3), undefined)
})

test('storedByAll: gives nothing unless every worker stored something', () => {
  const stored = new Map([
    [workerName('worker', at(0, 2)), mark(5)],
    ['in/part', mark(1)],
  ])
  assert.equal(storedByAll('worker', stored), undefined)
  stored.set(workerName('worker', at(1, 2)), mark(3))
  assert.deepEqual(storedByAll('worker', stored), [mark(5), mark(3)])
  assert.equal(storedByAll('stream', stored), undefined)
})

test('leastOf: leaves out those that nobody waited for, unless all are like that', () => {
  assert.deepEqual(leastOf([mark(5), mark(3), mark(1, true)]), mark(3))
  assert.deepEqual(leastOf([mark(5, true), mark(3, true)]), mark(3, true))
})

test('ReachedMark: what is sure is what all workers had reached, whoever resumes', () => {
  const stored = new Map([
    [workerName('worker', at(0, 2)), mark(5)],
    [workerName('worker', at(1, 2)), mark(3)],
  ])
  for (const count of [1, 2, 3]) assert.equal(new ReachedMark(at(0, count)).restore(stored), 3)
  stored.delete(workerName('worker', at(1, 2)))
  assert.equal(new ReachedMark(at(0, 2)).restore(stored), Number.NEGATIVE_INFINITY)
})

test('ReachedMark: is stored when it changed, and once by each worker after their number did', () => {
  const stored = new Map([[workerName('worker', at(0, 1)), mark(5)]])
  const [same, other] = [new ReachedMark(at(0, 1)), new ReachedMark(at(1, 2))]
  assert.equal(same.restore(stored), 5)
  assert.equal(other.restore(stored), 5)
  assert.deepEqual(same.news(mark(5)), [])
  assert.deepEqual(other.news(mark(5)), [['worker 1 of 2', mark(5)]])
  assert.deepEqual(other.news(mark(5)), [])
  assert.deepEqual(other.news(mark(5, true)), [['worker 1 of 2', mark(5, true)]])
})

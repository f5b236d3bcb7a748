import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { EOF, StatelessSourcePartition } from '../../src/inputs/index.ts'
import { isEof, pollItems, TestClock, TestingSource, testContext } from '../../src/testing/index.ts'

class Silent extends StatelessSourcePartition<number> {
  polls = 0

  override nextBatch(): number[] {
    this.polls += 1
    return []
  }
}

test('testContext: fires its signal once it is ended', () => {
  const context = testContext({ stepId: 'flow.in', workerIndex: 2 })
  strictEqual(context.stepId, 'flow.in')
  strictEqual(context.workerIndex, 2)
  strictEqual(context.signal.aborted, false)
  context.end()
  strictEqual(context.signal.aborted, true)
})

test('pollItems: waits until nextAwake, by the clock that it is given', async () => {
  const clock = new TestClock({ startAtMs: 100 })
  const waits: number[] = []
  const source = new TestingSource([1, TestingSource.PAUSE(50), 2], { now: clock.now, batchSize: 2 })
  const partition = source.buildPart('iterable', undefined)
  const waitUntil = async (timeMs: number): Promise<void> => {
    waits.push(timeMs)
    await clock.advanceTo(timeMs)
  }
  deepStrictEqual(await pollItems(partition, { waitUntil }), [1])
  deepStrictEqual(await pollItems(partition, { waitUntil }), [2])
  strictEqual(isEof(await pollItems(partition, { waitUntil })), true)
  deepStrictEqual(waits, [150])
})

test('pollItems: gives up when there is never an item', async () => {
  const partition = new Silent()
  await rejects(pollItems(partition, { maxEmptyPolls: 3 }), /neither items nor EOF in 3 polls/)
  strictEqual(partition.polls, 3)
})

test('isEof: tells the end from a batch', () => {
  strictEqual(isEof(EOF), true)
  strictEqual(isEof([]), false)
  strictEqual(isEof(undefined), false)
})

/** Owns the tests of the sink suite: it passes on right sinks, and each kind of broken sink fails on the case made for it. */

import { deepStrictEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { fixedPartitionedSinkConformance } from '../../src/testing/index.ts'
import { MemoryOutput, MemorySink, type SinkFaults } from './memory-output.ts'
import { failing, testSuite } from './suites.ts'

const VALUES = ['d', 'b', 'é', '東', '😀', 'c', '']

function suiteFor(faults: SinkFaults, isTwoPhase = false) {
  return fixedPartitionedSinkConformance({
    isTwoPhase,
    make: () => {
      const output = new MemoryOutput()
      return {
        sink: new MemorySink(output, faults, isTwoPhase),
        reopen: () => new MemorySink(output, faults, isTwoPhase),
        values: VALUES,
        read: (part: string) => output.read(part),
        countHandles: () => output.handles,
      }
    },
    refuses: [{ name: 'a number', value: 7, code: 'NOT_TEXT' }],
  })
}

testSuite('a right sink', suiteFor({}))
testSuite('a right two-phase sink', suiteFor({}, true))

const MUTANTS: readonly (readonly [what: string, faults: SinkFaults, failsOn: string])[] = [
  ['keeps what an earlier run wrote', { keepsOldContent: true }, 'buildPart: empties'],
  ['does not truncate', { doesNotTruncate: true }, 'buildPart: takes back what was flushed'],
  ['truncates at the next write only', { truncatesAtWrite: true }, 'buildPart: takes back what was flushed'],
  ['does not truncate further back', { doesNotTruncate: true }, 'buildPart: rewinds further back'],
  ['has a snapshot one too low', { snapshotOffset: -1 }, 'snapshot: loses and repeats nothing'],
  ['has a snapshot one too high', { snapshotOffset: 1 }, 'buildPart: takes back what was flushed'],
  ['has a wrong snapshot at the beginning', { snapshotOffset: 1 }, 'snapshot: is right before'],
  ['returns its live position', { isAliasing: true }, 'snapshot: is plain data'],
  ['returns an instance of a class', { isClassInstance: true }, 'snapshot: is plain data'],
  ['changes the resume state', { changesResumeState: true }, 'buildPart: does not change'],
  ['changes the resume state, which shows at the second resume', { changesResumeState: true }, 'snapshot: can be resumed twice'],
  ['keeps the position on the sink', { keepsOnSink: true }, 'writeBatch: keeps partitions apart'],
  ['builds partitions at their first value', { buildsLazily: true }, 'buildPart: makes every partition'],
  ['reverses a batch', { reverses: true }, 'writeBatch: writes values in order'],
  ['drops large batches', { dropsLargeBatches: true }, 'writeBatch: writes values in order'],
  ['changes the array that it is given', { sortsItsInput: true }, 'writeBatch: writes values in order'],
  ['flushes nothing', { buffersForEver: true }, 'flush: '],
  ['writes all partitions to one', { writesToOnePart: true }, 'writeBatch: keeps partitions apart'],
  ['clears the output at close', { clearsAtClose: true }, 'close: '],
  ['releases nothing', { leaks: true }, 'signal: '],
  ['ends what all executions share at the signal', { signalBreaksSink: true }, 'signal: '],
  ['lists a name twice', { listsTwice: true }, 'listParts: '],
  ['lists other names each time', { renames: true }, 'listParts: '],
  ['routes a key by chance', { randomPartFn: true }, 'partFn: '],
  ['routes to a negative number', { negativePartFn: true }, 'partFn: '],
]

const TWO_PHASE_MUTANTS: typeof MUTANTS = [
  ['shows what is prepared', { showsPrepared: true }, 'prepare: shows nothing'],
  ['appends again at a repeated commit', { commitsTwice: true }, 'commit: changes nothing'],
  ['forgets what it prepared', { forgetsPrepared: true }, 'commit: works in the next execution'],
  ['has a snapshot one too low', { snapshotOffset: -1 }, 'snapshot: loses and repeats nothing'],
]

for (const isTwoPhase of [false, true]) {
  for (const [what, faults, failsOn] of isTwoPhase ? TWO_PHASE_MUTANTS : MUTANTS) {
    test(`fixedPartitionedSinkConformance: fails on "${failsOn}…" for a ${isTwoPhase ? 'two-phase ' : ''}sink that ${what}`, async () => {
      const failed = await failing(suiteFor(faults, isTwoPhase))
      ok(
        failed.some((name) => name.startsWith(failsOn)),
        `failed: ${failed.join(' | ') || 'nothing'}`,
      )
    })
  }
}

test('fixedPartitionedSinkConformance: fails if the fixture does not say that the sink is two-phase', async () => {
  const output = new MemoryOutput()
  const suite = fixedPartitionedSinkConformance({
    make: () => ({ sink: new MemorySink(output, {}, true), values: VALUES, read: (part: string) => output.read(part) }),
  })
  deepStrictEqual((await failing(suite))[0], 'prepare: is there only if the fixture says isTwoPhase')
})

test('fixedPartitionedSinkConformance: asks a sink that cannot rewind nothing about it', async () => {
  const suite = fixedPartitionedSinkConformance({
    canRewind: false,
    make: () => {
      const output = new MemoryOutput()
      return { sink: new MemorySink(output, { keepsOldContent: true }), values: VALUES, read: (part: string) => output.read(part) }
    },
  })
  deepStrictEqual(await failing(suite), [])
})

test('fixedPartitionedSinkConformance: fails for a value that is not refused', async () => {
  const output = new MemoryOutput()
  const suite = fixedPartitionedSinkConformance({
    make: () => ({ sink: new MemorySink(output), values: VALUES, read: (part: string) => output.read(part) }),
    refuses: [{ name: 'a string', value: 'x', code: 'NOT_TEXT' }],
  })
  deepStrictEqual(await failing(suite), ['writeBatch: fails with NOT_TEXT for a string'])
})

/** Owns the tests of the bookkeeping of chunks: which may be dropped when, and which epochs stay restorable. */

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { ChunkInfo } from '../../src/recovery/checksum.ts'
import { ChunkLog, oldestRestorable } from '../../src/recovery/chunk-log.ts'

function chunk(id: number, discardCount = 0, [firstGroup, lastGroup]: readonly [number, number] = [0, 255], stepId = 'f.a'): ChunkInfo {
  return { id, stepId, epoch: 1, entryCount: 10, discardCount, firstGroup, lastGroup }
}

function dropped(log: ChunkLog<ChunkInfo>, ...ids: number[]): number[] {
  return log.drop(ids).map(({ id }) => id)
}

test('ChunkLog: gives chunks newest first, whatever order they came in', () => {
  const log = new ChunkLog([chunk(3), chunk(1), chunk(2), chunk(4, 0, [0, 255], 'f.b')])
  deepStrictEqual(
    log.newestFirst('f.a').map(({ id }) => id),
    [3, 2, 1],
  )
  deepStrictEqual(log.stepIds, ['f.a', 'f.b'])
})

test('ChunkLog: drops a chunk without discards at once', () => {
  deepStrictEqual(dropped(new ChunkLog([chunk(1), chunk(2)]), 2), [2])
})

test('ChunkLog: holds a chunk with discards back until all older ones are gone', () => {
  const log = new ChunkLog([chunk(1), chunk(2), chunk(3, 1)])
  deepStrictEqual(dropped(log, 3), [])
  deepStrictEqual(dropped(log, 2), [2])
  deepStrictEqual(dropped(log, 1), [1, 3])
  deepStrictEqual(log.stepIds, [])
})

test('ChunkLog: releases a chain of chunks with discards in one call', () => {
  const log = new ChunkLog([chunk(1, 1), chunk(2, 1), chunk(3, 1)])
  deepStrictEqual(dropped(log, 3, 2), [])
  deepStrictEqual(dropped(log, 1), [1, 2, 3])
})

test('ChunkLog: does not hold back for older chunks of other key groups', () => {
  const log = new ChunkLog([chunk(1, 0, [0, 99]), chunk(2, 1, [100, 199]), chunk(3, 1, [99, 100])])
  deepStrictEqual(dropped(log, 2), [2])
  deepStrictEqual(dropped(log, 3), [])
})

test('ChunkLog: does not hold back for older chunks of other steps', () => {
  deepStrictEqual(dropped(new ChunkLog([chunk(1, 0, [0, 255], 'f.b'), chunk(2, 1)]), 2), [2])
})

test('ChunkLog: ignores ids it does not know', () => {
  deepStrictEqual(dropped(new ChunkLog([chunk(1)]), 7, 1, 1), [1])
})

const COMMITS = [10, 20, 30].map((seconds) => ({ epoch: seconds / 10, committedAtMs: seconds * 1_000 }))

test('oldestRestorable: is 0 before the first commit', () => {
  strictEqual(oldestRestorable([], 1_000, 0), 0)
})

test('oldestRestorable: is the last epoch without a backup interval', () => {
  strictEqual(oldestRestorable(COMMITS, 30_000, 0), 3)
})

test('oldestRestorable: is the oldest epoch committed within the interval', () => {
  strictEqual(oldestRestorable(COMMITS, 30_000, 10_000), 2)
  strictEqual(oldestRestorable(COMMITS, 30_000, 9_999), 3)
  strictEqual(oldestRestorable(COMMITS, 30_000, 1_000_000), 1)
})

test('oldestRestorable: is the last epoch when all are older than the interval', () => {
  strictEqual(oldestRestorable(COMMITS, 99_000, 10_000), 3)
})

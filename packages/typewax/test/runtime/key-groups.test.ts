import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ALL_GROUPS, GROUP_COUNT, groupOf, groupsOf, keyHash, overlap, ownerOf, ownerOfGroup } from '../../src/runtime/key-groups.ts'

/** Stores and other processes rely on these. They must never change. */
const GOLDEN: readonly (readonly [key: string, hash: number])[] = [
  ['', 0xab3e7c0b],
  ['a', 0x1a80b1b3],
  ['b', 0x82c46232],
  ['ab', 0x98cc640d],
  ['ba', 0x241c5d95],
  ['key', 0x3a5e35fd],
  ['user-1', 0x778f8aec],
  ['user-2', 0x32dad0d1],
  ['0', 0x64f08f61],
  ['1', 0x551f758f],
  ['10', 0xdd5b31b4],
  ['AAPL', 0x877aebfa],
  ['ALL', 0xc8ecbe4e],
  [' ', 0x3d2a17d4],
  ['\u0000', 0x0578ab1b],
  ['\u00e9', 0xbaf79669],
  ['e\u0301', 0xb006ccbb],
  ['\u00df', 0x5868dd75],
  ['\u65e5\u672c', 0x0e19ba4d],
  ['\ud83d\ude00', 0x6a85a426],
  ['\ud800', 0x573eb6ee],
  ['x'.repeat(1_000), 0x6dbcf252],
  ['https://example.com/a?b=c#d', 0xace00aec],
]

test('keyHash: gives what it has always given', () => {
  for (const [key, hash] of GOLDEN) assert.equal(keyHash(key), hash, JSON.stringify(key))
})

test('keyHash: the group of a key is in its lowest bits', () => {
  for (const [key, hash] of GOLDEN) assert.equal(groupOf(key), hash & 0xff, JSON.stringify(key))
})

test('groupsOf: the ranges of all workers follow each other, as equal as can be, and agree with the owners', () => {
  for (let workerCount = 1; workerCount <= GROUP_COUNT; workerCount++) {
    let next = 0
    for (let worker = 0; worker < workerCount; worker++) {
      const { firstGroup, lastGroup } = groupsOf(worker, workerCount)
      assert.equal(firstGroup, next, `worker ${worker} of ${workerCount}`)
      const size = lastGroup - firstGroup + 1
      assert.ok(
        size === Math.floor(GROUP_COUNT / workerCount) || size === Math.ceil(GROUP_COUNT / workerCount),
        `${size} groups of ${workerCount} workers`,
      )
      for (let group = firstGroup; group <= lastGroup; group++) assert.equal(ownerOfGroup(group, workerCount), worker)
      next = lastGroup + 1
    }
    assert.equal(next, GROUP_COUNT)
  }
})

test('groupsOf: more workers than groups leave some without', () => {
  const ranges = Array.from({ length: 300 }, (_, worker) => groupsOf(worker, 300)).filter(({ firstGroup, lastGroup }) => firstGroup <= lastGroup)
  assert.equal(ranges.length, GROUP_COUNT)
})

test('ownerOf: follows from the group of the key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: GROUP_COUNT }), (key, workerCount) => {
      const { firstGroup, lastGroup } = groupsOf(ownerOf(key, workerCount), workerCount)
      assert.ok(firstGroup <= groupOf(key) && groupOf(key) <= lastGroup)
    }),
  )
})

test('ownerOf: spreads keys that look alike evenly', () => {
  for (const keyAt of [(index: number) => `${index}`, (index: number) => `user-${index}`, (index: number) => String.fromCodePoint(0x4e00 + index)]) {
    for (const workerCount of [2, 3, 7, 16]) {
      const counts: number[] = new Array(workerCount).fill(0)
      for (let index = 0; index < 20_000; index++) counts[ownerOf(keyAt(index), workerCount)]! += 1
      const fair = 20_000 / workerCount
      for (const count of counts) assert.ok(Math.abs(count - fair) < fair * 0.15, `${keyAt(0)} on ${workerCount} workers: ${counts}`)
    }
  }
})

test('overlap: ranges have a group in common', () => {
  assert.ok(overlap({ firstGroup: 0, lastGroup: 9 }, { firstGroup: 9, lastGroup: 20 }))
  assert.ok(!overlap({ firstGroup: 0, lastGroup: 9 }, { firstGroup: 10, lastGroup: 20 }))
  assert.ok(overlap(ALL_GROUPS, { firstGroup: 255, lastGroup: 255 }))
})

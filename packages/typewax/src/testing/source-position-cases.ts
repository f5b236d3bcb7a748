/** Owns the cases of the source suite about positions: what `snapshot` gives, and what a partition does that is built with it. */

import { deepStrictEqual } from 'node:assert/strict'
import { positionOf, type SourceBench } from './source-bench.ts'

export async function checkResumeStateIsKept<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part] of bench.parts) {
    for (const { stored, live, index } of await bench.positionsOf(part)) {
      await bench.readFrom(part, { stored, live, index })
      deepStrictEqual(stored, live, 'a partition must not change the state it was built from: the runtime keeps it')
    }
  }
}

export async function checkSnapshots<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part] of bench.parts) {
    // Each was compared with its stored copy when it was taken; here all are again, after everything has been read.
    for (const { live, stored } of await bench.positionsOf(part)) {
      deepStrictEqual(live, stored, 'a snapshot must not change later: return a copy of what the partition goes on with')
    }
  }
}

export async function checkSnapshotIsPure<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part, expected] of bench.parts) {
    const reader = await bench.build(part)
    while (!bench.isDone(reader, expected.length)) {
      await reader.next()
      deepStrictEqual(reader.partition.snapshot(), reader.partition.snapshot(), 'two snapshots of one position must be equal')
    }
    deepStrictEqual(reader.items, expected)
  }
}

export async function checkEveryPosition<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part, expected] of bench.parts) {
    for (const position of await bench.positionsOf(part)) {
      deepStrictEqual(await bench.readFrom(part, position), expected.slice(position.index), afterItems(position.index))
    }
  }
}

export async function checkResumedTwice<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part, expected] of bench.parts) {
    const positions = await bench.positionsOf(part)
    // Backwards, so that a source that remembers how far it has come is found out.
    for (const position of [...positions, ...positions.reverse()]) {
      deepStrictEqual(await bench.readFrom(part, position), expected.slice(position.index), afterItems(position.index))
    }
  }
}

export async function checkResumedOfResumed<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part, expected] of bench.parts) {
    let reader = await bench.build(part)
    let start = 0
    const items: X[] = []
    for (;;) {
      await reader.next()
      items.push(...reader.items)
      if (reader.isEnded || items.length > expected.length || (bench.isEndless && items.length === expected.length)) break
      const { index, stored } = positionOf(reader, start)
      reader.context.end()
      start = index
      reader = await bench.build(part, stored)
    }
    deepStrictEqual(items, expected, 'a partition that is resumed after each batch must give each item once')
  }
}

export async function checkResumedAtEnd<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part] of bench.parts) {
    const last = (await bench.positionsOf(part)).at(-1)
    deepStrictEqual(await bench.readFrom(part, last), [], 'a partition resumed at its end must give no item')
  }
}

function afterItems(count: number): string {
  return `the snapshot after ${count} items must resume at item ${count + 1}`
}

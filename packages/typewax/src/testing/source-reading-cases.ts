/** Owns the cases of the source suite about listing, building, reading, ending: all that needs no position. */

import { deepStrictEqual, ok } from 'node:assert/strict'
import { quote } from '../errors.ts'
import type { SourceBench } from './source-bench.ts'
import { isEof } from './test-context.ts'

export async function checkNames<X, S>({ source, setup }: SourceBench<X, S>): Promise<void> {
  const listed = await source.listParts()
  ok(Array.isArray(listed) && listed.every((part) => typeof part === 'string'), `listParts must give an array of strings; got ${quote(listed)}`)
  deepStrictEqual([...listed].sort(), [...setup.expected.keys()].sort(), 'listParts must give the expected names')
  deepStrictEqual(await source.listParts(), listed, 'listParts must give the same names each time')
}

export async function checkListingWhileReading<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part, expected] of bench.parts) {
    const reader = await bench.build(part)
    while (!bench.isDone(reader, expected.length)) {
      await bench.source.listParts()
      await reader.next()
    }
    deepStrictEqual(reader.items, expected)
  }
}

export async function checkBeginning<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part, expected] of bench.parts) deepStrictEqual(await bench.readFrom(part, undefined), expected, `items of partition ${quote(part)}`)
}

export async function checkTwoBuilds<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part, expected] of bench.parts) {
    const slow = await bench.build(part)
    const fast = await bench.build(part)
    while (!bench.isDone(slow, expected.length)) {
      await slow.next()
      for (let step = 0; step < 2; step++) if (!bench.isDone(fast, expected.length)) await fast.next()
    }
    deepStrictEqual(slow.items, expected, 'two builds of one partition must not share a position')
    deepStrictEqual(await fast.toEnd(expected.length, bench.isEndless), expected, 'two builds of one partition must not share a position')
  }
}

export async function checkAllAtOnce<X, S>(bench: SourceBench<X, S>): Promise<void> {
  const readers = await Promise.all(bench.parts.map(async ([part, expected]) => ({ expected, reader: await bench.build(part) })))
  for (let isReading = true; isReading; ) {
    isReading = false
    for (const { reader, expected } of readers) {
      if (bench.isDone(reader, expected.length)) continue
      await reader.next()
      isReading = true
    }
  }
  for (const { reader, expected } of readers) deepStrictEqual(reader.items, expected)
}

export async function checkSynchronous<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part] of bench.parts) {
    const { partition } = await bench.build(part)
    const batch = partition.isSynchronous === true ? partition.nextBatch() : undefined
    ok(!(batch instanceof Promise), 'nextBatch returned a promise, though the partition says isSynchronous')
  }
}

export async function checkEof<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part, expected] of bench.parts) {
    const reader = await bench.build(part)
    await reader.toEnd(expected.length, false)
    for (let time = 0; time < 2; time++) ok(isEof(await reader.partition.nextBatch()), 'nextBatch must give EOF again after the end')
  }
}

export async function checkProgress<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part, expected] of bench.parts) {
    const reader = await bench.build(part)
    let before = 0
    while (!bench.isDone(reader, expected.length)) {
      await reader.next()
      const progress = reader.partition.progress?.()
      if (progress === undefined) continue
      ok(progress.position >= before, `progress went back from ${before} to ${progress.position}`)
      ok(progress.end === undefined || progress.position <= progress.end, `progress is at ${progress.position}, behind its end ${progress.end}`)
      before = progress.position
    }
  }
}

export async function checkSignal<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part, expected] of bench.parts) {
    const before = bench.handleCount
    const reader = await bench.build(part)
    if (expected.length > 0) await reader.next()
    reader.context.end()
    await bench.checkReleased(before, 'handles must be released when the signal fires: `close` is not called then')
    deepStrictEqual(await bench.readFrom(part, undefined), expected, 'the signal of one execution must not hurt the next')
  }
}

export async function checkClose<X, S>(bench: SourceBench<X, S>): Promise<void> {
  for (const [part, expected] of bench.parts) {
    const before = bench.handleCount
    const reader = await bench.build(part)
    await reader.toEnd(expected.length, false)
    reader.partition.snapshot()
    await reader.partition.close()
    await bench.checkReleased(before, '`close` must release what the partition holds')
    reader.context.end()
    await bench.checkReleased(before, 'the signal after `close` must do no harm')
  }
}

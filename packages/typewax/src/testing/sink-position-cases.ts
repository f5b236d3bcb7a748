/** Owns the cases of the sink suite about positions: what `snapshot` gives, and what a partition does with the output when it is built with it. */

import { deepStrictEqual } from 'node:assert/strict'
import { storedCopy } from './checks.ts'
import type { SinkBench, Stored } from './sink-bench.ts'

export async function checkSnapshots<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const writer = await bench.build(bench.part)
  const snapshots: { live: S; stored: S }[] = []
  for (const value of bench.values) {
    const { position: stored } = await writer.epoch([value])
    snapshots.push({ live: writer.partition.snapshot(), stored })
  }
  for (const { live, stored } of snapshots) {
    deepStrictEqual(live, stored, 'a snapshot must not change later: return a copy of what the partition goes on with')
  }
}

export async function checkFreshStart<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const writer = await bench.build(bench.part)
  await writer.epoch(bench.values)
  writer.end()
  const next = await bench.rebuild(bench.part)
  await bench.checkContent(bench.part, [], 'a partition built without resume state must be empty')
  await next.epoch(bench.values.slice(1))
  await bench.checkContent(bench.part, bench.values.slice(1), 'a partition built without resume state must begin anew')
}

export async function checkResumeStateIsKept<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const writer = await bench.build(bench.part)
  const stored = await writer.epoch(bench.values.slice(0, 2))
  const copy = storedCopy(stored.position, 'the snapshot')
  writer.end()
  await (await bench.rebuild(bench.part, stored)).epoch(bench.values.slice(2))
  deepStrictEqual(stored.position, copy, 'a partition must not change the state it was built from: the runtime keeps it')
}

export async function checkEveryPosition<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const { part, values } = bench
  for (let count = 1; count < values.length; count++) {
    const writer = await bench.rebuild(part)
    const stored = await writer.epoch(values.slice(0, count))
    await writer.write(values.slice(count))
    await writer.barrier()
    writer.end()
    const next = await bench.rebuild(part, stored)
    await bench.checkContent(part, values.slice(0, count), `what was written behind the snapshot after ${count} values must be gone`)
    const others = values.slice(count).reverse()
    await next.epoch(others)
    await bench.checkContent(part, [...values.slice(0, count), ...others], `value ${count + 1} must follow the snapshot after ${count} values`)
    next.end()
  }
}

export async function checkUnflushed<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const { part, values } = bench
  const writer = await bench.build(part)
  const stored = await writer.epoch(values.slice(0, 1))
  await writer.write(values.slice(1))
  writer.end()
  await (await bench.rebuild(part, stored)).epoch(values.slice(2))
  await bench.checkContent(part, [...values.slice(0, 1), ...values.slice(2)], 'what was written behind the snapshot must be gone')
}

export async function checkResumedAfterEach<V, S>(bench: SinkBench<V, S>): Promise<void> {
  let stored: Stored<S> | undefined
  for (const [index, value] of bench.values.entries()) {
    const writer = await bench.rebuild(bench.part, stored)
    await bench.checkContent(bench.part, bench.values.slice(0, index), `a partition resumed after ${index} values must hold them`)
    stored = await writer.epoch([value])
    writer.end()
  }
  await bench.checkContent(bench.part, bench.values, 'each value must be there once')
}

export async function checkResumedTwice<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const { part, values } = bench
  const first = await bench.build(part)
  const stored = await first.epoch(values.slice(0, 2))
  first.end()
  for (const others of [values.slice(2), values.slice(3)]) {
    const writer = await bench.rebuild(part, stored)
    await bench.checkContent(part, values.slice(0, 2), 'the same snapshot must give the same content again')
    await writer.write(others)
    await writer.barrier()
    writer.end()
  }
  await (await bench.rebuild(part, stored)).epoch(values.slice(2).reverse())
  await bench.checkContent(part, [...values.slice(0, 2), ...values.slice(2).reverse()], 'values must follow the snapshot')
}

export async function checkWithoutWrite<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const { part, values } = bench
  const writer = await bench.build(part)
  const empty = { position: storedCopy(writer.partition.snapshot(), 'the snapshot'), token: undefined }
  await writer.write(values)
  writer.end()
  const next = await bench.rebuild(part, empty)
  await bench.checkContent(part, [], 'the snapshot of an empty partition must resume at its beginning')
  const first = await next.epoch(values.slice(0, 1))
  next.end()
  const resumed = await bench.rebuild(part, first)
  const again = { position: storedCopy(resumed.partition.snapshot(), 'the snapshot'), token: undefined }
  await resumed.write(values)
  resumed.end()
  await bench.rebuild(part, again)
  await bench.checkContent(part, values.slice(0, 1), 'the snapshot of a resumed partition must be where it was resumed')
}

export async function checkOlderPositions<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const { part, values } = bench
  const writer = await bench.build(part)
  const positions: Stored<S>[] = []
  for (const value of values) positions.push(await writer.epoch([value]))
  writer.end()
  for (let count = values.length; count > 0; count--) {
    const next = await bench.rebuild(part, positions[count - 1])
    await bench.checkContent(part, values.slice(0, count), `the partition must hold ${count} values when it is resumed after as many`)
    next.end()
  }
}

/** Owns the cases of the sink suite about two-phase commit: `prepare` and `commit`. */

import { strictEqual } from 'node:assert/strict'
import type { SinkBench } from './sink-bench.ts'

export async function checkKind<V, S>(bench: SinkBench<V, S>, isTwoPhase: boolean): Promise<void> {
  const { partition } = await bench.build(bench.part)
  strictEqual(partition.prepare !== undefined, isTwoPhase, '`isTwoPhase` of the fixture must say whether partitions have `prepare`')
  strictEqual(partition.commit !== undefined, isTwoPhase, '`prepare` and `commit` come together')
}

export async function checkHidden<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const writer = await bench.build(bench.part)
  await writer.epoch(bench.values.slice(0, 1))
  await writer.write(bench.values.slice(1, 2))
  const second = await writer.barrier()
  await bench.checkContent(bench.part, bench.values.slice(0, 1), 'what is prepared must not be visible before its commit')
  await writer.write(bench.values.slice(2))
  await writer.commit(second)
  await bench.checkContent(bench.part, bench.values.slice(0, 2), 'a commit must make visible what was prepared for it, and no more')
  writer.end()
  await bench.rebuild(bench.part, second)
  await bench.checkContent(bench.part, bench.values.slice(0, 2), 'what was not committed must be gone after a resume')
}

export async function checkRepeated<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const writer = await bench.build(bench.part)
  const stored = await writer.epoch(bench.values)
  await writer.commit(stored)
  await bench.checkContent(bench.part, bench.values, 'a commit that is repeated must change nothing')
  writer.end()
  await bench.rebuild(bench.part, stored)
  await bench.checkContent(bench.part, bench.values, 'a commit that the next execution repeats must change nothing')
}

export async function checkAfterCrash<V, S>(bench: SinkBench<V, S>): Promise<void> {
  const writer = await bench.build(bench.part)
  await writer.epoch(bench.values.slice(0, 1))
  await writer.write(bench.values.slice(1, 3))
  const prepared = await writer.barrier()
  writer.end()
  const next = await bench.rebuild(bench.part, prepared)
  await bench.checkContent(bench.part, bench.values.slice(0, 3), 'what was prepared before a crash must be committed by the next execution')
  await next.epoch(bench.values.slice(3))
  await bench.checkContent(bench.part, bench.values, 'values must follow what the commit made visible')
}

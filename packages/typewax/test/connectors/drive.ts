/** Owns driving sources and sinks through their contracts, as the engine does, but without one. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { silentLogger } from '../../src/dataflow/logger.ts'
import { isTypewaxError, type TypewaxError } from '../../src/errors.ts'
import { EOF, type FixedPartitionedSource, type PartitionContext, type StatefulSourcePartition } from '../../src/inputs/source.ts'
import type { FixedPartitionedSink } from '../../src/outputs/sink.ts'

/** What a partition is told, and the end of the execution. */
export function makeContext(): PartitionContext & { end(): void } {
  const controller = new AbortController()
  return { stepId: 'flow.step', workerIndex: 0, logger: silentLogger, signal: controller.signal, end: () => controller.abort() }
}

/** A directory of its own for a test, with `files` in it. */
export function makeDirectory(test: TestContext, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'typewax-'))
  test.after(() => rmSync(dir, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content)
  return dir
}

/** A batch with the position behind it. */
export interface Step<X, S> {
  readonly items: readonly X[]
  readonly position: S
}

/** Polls a partition to its end. */
export async function steps<X, S>(partition: StatefulSourcePartition<X, S>): Promise<Step<X, S>[]> {
  const all: Step<X, S>[] = []
  for (;;) {
    const batch = await partition.nextBatch()
    const isEnd = batch === EOF
    all.push({ items: isEnd ? [] : [...(batch as Iterable<X>)], position: partition.snapshot() })
    if (!isEnd) continue
    await partition.close()
    return all
  }
}

/** Reads the only partition of a source from a position to its end. */
export async function readSteps<X, S>(source: FixedPartitionedSource<X, S>, from?: S): Promise<Step<X, S>[]> {
  const context = makeContext()
  try {
    const parts = await source.listParts()
    if (parts.length !== 1) throw new Error(`expected one partition; got ${parts.length}`)
    return await steps(await source.buildPart(parts[0]!, from, context))
  } finally {
    context.end()
  }
}

/** All items of all partitions, one partition after the other. */
export async function readAll<X, S>(source: FixedPartitionedSource<X, S>, from?: S): Promise<X[]> {
  const context = makeContext()
  const items: X[] = []
  for (const part of await source.listParts()) {
    for (const step of await steps(await source.buildPart(part, from, context))) items.push(...step.items)
  }
  context.end()
  return items
}

/** Writes batches of keyed values as an execution would: routed, flushed, closed. Gives the position of each partition. */
export async function writeAll<V, S>(
  sink: FixedPartitionedSink<V, S>,
  items: readonly (readonly [string, V])[],
  from: ReadonlyMap<string, S> = new Map(),
): Promise<Map<string, S>> {
  const context = makeContext()
  const names = (await sink.listParts()).toSorted()
  const partitions = await Promise.all(names.map((name) => sink.buildPart(name, from.get(name), context)))
  for (const [key, value] of items) await partitions[sink.partFn(key) % names.length]!.writeBatch([value])
  for (const partition of partitions) await partition.flush?.()
  const positions = new Map(names.map((name, index) => [name, partitions[index]!.snapshot()]))
  for (const partition of partitions) await partition.close()
  context.end()
  return positions
}

/** The typed error that `call` throws or rejects with. */
export async function failureOf(call: () => unknown): Promise<TypewaxError> {
  try {
    await call()
  } catch (error) {
    if (isTypewaxError(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Owns what a change of the number of workers asks of stored state: who has charge of what, and what must not come back. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, type TypewaxError } from '../../src/index.ts'
import { MemoryRecoveryStore, type StoredChunk } from '../../src/recovery/index.ts'
import { ownerOf } from '../../src/runtime/key-groups.ts'
import { loadStep } from '../../src/runtime/state/load.ts'
import { runWorkers } from '../../src/testing/run-workers.ts'
import { Abort, ExactSink, Partitions, type Script } from './partitions.ts'

/** Keys of two workers. */
const [FIRST, OTHER, SECOND] = [keyOf(0, 'a'), keyOf(0, 'c'), keyOf(1, 'b')]

function keyOf(worker: number, name: string): string {
  for (let index = 0; ; index++) if (ownerOf(`${name}${index}`, 2) === worker) return `${name}${index}`
}

type Event = [key: string, isLast: boolean]

/** Counts the events of each key, and forgets it at the last one. */
function counting(script: Script<Event>): Dataflow {
  const flow = new Dataflow('flow')
  flow
    .input('in', new Partitions({ only: script }))
    .keyed('key')
    .stateful('count', (seen: number | undefined) => {
      let count = seen ?? 0
      return { onItem: (isLast: boolean) => [[`${++count}`], isLast], snapshot: () => count }
    })
    .output('out', new ExactSink<string>())
  return flow
}

async function chunksOf(store: MemoryRecoveryStore, stepId: string): Promise<StoredChunk[]> {
  const session = await store.open({ flowId: 'flow', backupIntervalMs: 0 })
  const chunks: StoredChunk[] = []
  for await (const chunk of session.load(stepId)) chunks.push(chunk)
  await session.close()
  return chunks
}

async function countsIn(store: MemoryRecoveryStore): Promise<Record<string, unknown>> {
  const session = await store.open({ flowId: 'flow', backupIntervalMs: 0 })
  const { entries } = await loadStep(session, 'flow.count.statefulBatch')
  await session.close()
  return Object.fromEntries([...entries].map(([key, { state }]) => [key, state]))
}

test('rescaling: chunks of keyed steps carry the key groups of their worker, those of partitions all', async () => {
  const store = new MemoryRecoveryStore()
  await runWorkers(counting([[[FIRST, false]], [[SECOND, false]]]), { workers: 2, recovery: store })
  const ranges = (await chunksOf(store, 'flow.count.statefulBatch')).map(({ firstGroup, lastGroup }) => `${firstGroup}-${lastGroup}`)
  assert.deepEqual(ranges.sort(), ['0-127', '128-255'])
  assert.deepEqual(
    (await chunksOf(store, 'flow.in')).map(({ firstGroup, lastGroup }) => [firstGroup, lastGroup]),
    [[0, 255]],
  )
})

test('rescaling: a discard outlives what it discards, though its worker has cleaned both and another worker has not', async () => {
  const store = new MemoryRecoveryStore()
  const busy: Script<Event> = Array.from({ length: 1_400 }, () => [[OTHER, false]] as Event[])
  const flow = counting([
    [
      [FIRST, false],
      [SECOND, false],
      [OTHER, false],
    ],
    new Abort(),
    [[FIRST, true]],
    ...busy,
    new Abort(),
    [[SECOND, false]],
  ])
  const options = { recovery: store, epochIntervalMs: 0 }
  assert.equal((await runWorkers(flow, { ...options, workers: 1 })).outcome, 'aborted')
  assert.equal((await runWorkers(flow, { ...options, workers: 2 })).outcome, 'aborted')
  assert.deepEqual(await countsIn(store), { [SECOND]: 1, [OTHER]: 1_401 })
  // The chunk that both share lives: the second worker has not cleaned it.
  assert.equal((await chunksOf(store, 'flow.count.statefulBatch')).at(-1)?.entryCount, 3)
  assert.equal((await runWorkers(flow, { ...options, workers: 3 })).outcome, 'finished')
  assert.deepEqual(await countsIn(store), { [SECOND]: 2, [OTHER]: 1_401 })
})

test('rescaling: a chunk without anything for a worker does not wait for it', async () => {
  const store = new MemoryRecoveryStore()
  const busy: Script<Event> = Array.from({ length: 600 }, () => [[FIRST, false]] as Event[])
  const flow = counting([[[FIRST, false]], new Abort(), ...busy])
  await runWorkers(flow, { workers: 1, recovery: store, epochIntervalMs: 0 })
  const [first] = await chunksOf(store, 'flow.count.statefulBatch')
  await runWorkers(flow, { workers: 2, recovery: store, epochIntervalMs: 0 })
  const ids = (await chunksOf(store, 'flow.count.statefulBatch')).map(({ id }) => id)
  assert.ok(!ids.includes(first?.id as number))
  assert.ok(ids.length < 300, `${ids.length} chunks`)
})

test('rescaling: a step keeps its state under another name', async () => {
  const store = new MemoryRecoveryStore()
  const script: Script<Event> = [[[FIRST, false]], new Abort(), [[FIRST, false]]]
  await runWorkers(counting(script), { workers: 2, recovery: store, epochIntervalMs: 0 })
  const renamed = new Dataflow('flow')
  const values: unknown[] = []
  renamed
    .input('in', new Partitions({ only: script }))
    .keyed('key')
    .statefulMap('number', (count: number | undefined) => [(count ?? 0) + 1, (count ?? 0) + 1])
    .inspect('look', (_id, item) => void values.push(item))
    .output('out', new ExactSink<number>())
  const renameState = { 'flow.count.statefulBatch': 'flow.number.stateful.statefulBatch' }
  await runWorkers(renamed, { workers: 3, recovery: store, renameState })
  assert.deepEqual(values, [[FIRST, 2]])
})

test('rescaling: a partition that is gone is an error on every worker, unless its position may be dropped', async () => {
  const store = new MemoryRecoveryStore()
  const flowOf = (parts: readonly string[]): Dataflow => {
    const flow = new Dataflow('flow')
    const source = new Partitions<number>(Object.fromEntries(parts.map((part) => [part, [[1], [2]]])))
    flow
      .input('in', source)
      .map('pair', (item): [string, number] => ['key', item])
      .output('out', new ExactSink<number>())
    return flow
  }
  await runWorkers(flowOf(['a', 'b', 'c']), { workers: 3, recovery: store })
  await assert.rejects(runWorkers(flowOf(['a', 'c']), { workers: 2, recovery: store }), (error: TypewaxError) => {
    assert.equal(error.code, 'PARTITION_VANISHED')
    return true
  })
  const { steps } = await runWorkers(flowOf(['a', 'c']), { workers: 2, recovery: store, dropState: ['flow.in/b'] })
  assert.equal(steps[0]?.itemsIn, 0)
  // Its position is gone for good: it is read anew.
  const again = await runWorkers(flowOf(['a', 'b', 'c']), { workers: 2, recovery: store })
  assert.equal(again.steps[0]?.itemsIn, 2)
})

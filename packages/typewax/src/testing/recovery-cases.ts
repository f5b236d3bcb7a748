/** Owns the demands on a recovery store, one function each. */

import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import type { RecoverySession } from '../recovery/store.ts'
import { checkFailure } from './checks.ts'
import { checkLoaded, FLOW_ID, loadIds, makeChunk, type RecoveryBench, writeEpoch } from './recovery-bench.ts'

export async function checkNew(bench: RecoveryBench): Promise<void> {
  const session = await bench.reopen()
  deepStrictEqual(session.resumePoint, { execution: 0, committedEpoch: 0, isComplete: false }, 'a new store resumes at epoch 0, in execution 0')
  deepStrictEqual([...session.stepIds], [], 'a new store has no steps')
  deepStrictEqual(await loadIds(session, 'f.a'), [], 'a step that is not there has no chunks')
}

export async function checkRoundTrip(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  const first = session.nextChunkId
  const written = [
    { ...makeChunk(first, 'f.a', ['x', 'y'], [0, 10]), epoch: 1 },
    { ...makeChunk(first + 1, 'f.a', ['-x'], [0, 10]), epoch: 1 },
    { ...makeChunk(first + 2, 'f.b', ['ключ', ''], [255, 255]), epoch: 1 },
    { ...makeChunk(first + 3, 'f.a', ['z'], [7, 7]), epoch: 2 },
  ]
  const copies = written.map(({ epoch, ...chunk }) => ({ epoch, ...chunk, blob: chunk.blob.slice() }))
  await writeEpoch(session, { epoch: 1, chunks: written.slice(0, 3) })
  await writeEpoch(session, { epoch: 2, chunks: written.slice(3) })
  const next = await bench.reopen()
  deepStrictEqual([...next.stepIds].sort(), ['f.a', 'f.b'], '`stepIds` names the steps with live chunks')
  await checkLoaded(next, 'f.a', copies.filter(({ stepId }) => stepId === 'f.a').reverse())
  await checkLoaded(next, 'f.b', copies.slice(2, 3))
  await checkLoaded(next, 'f.a', copies.filter(({ stepId }) => stepId === 'f.a').reverse())
}

export async function checkResumePoint(bench: RecoveryBench): Promise<void> {
  const points: RecoverySession['resumePoint'][] = []
  for (const [epoch, isComplete] of [
    [3, false],
    [4, true],
    [9, false],
  ] as const) {
    const session = await bench.begin()
    points.push(session.resumePoint)
    await writeEpoch(session, { epoch, isComplete })
  }
  await bench.begin()
  points.push((await bench.reopen()).resumePoint)
  deepStrictEqual(points, [
    { execution: 0, committedEpoch: 0, isComplete: false },
    { execution: 1, committedEpoch: 3, isComplete: false },
    { execution: 2, committedEpoch: 4, isComplete: true },
    { execution: 4, committedEpoch: 9, isComplete: false },
  ])
}

export async function checkNotBegun(bench: RecoveryBench): Promise<void> {
  const before = (await bench.reopen()).resumePoint
  deepStrictEqual((await bench.reopen()).resumePoint, before, 'a session that did not begin must leave the store as it was')
}

export async function checkChunkIds(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  const first = session.nextChunkId
  await writeEpoch(session, { epoch: 1, chunks: [makeChunk(first, 'f.a'), makeChunk(first + 5, 'f.a')] })
  await writeEpoch(session, { epoch: 2, droppedChunks: [first, first + 5] })
  await writeEpoch(session, { epoch: 3 })
  await writeEpoch(session, { epoch: 4 })
  const next = await bench.reopen()
  ok(next.nextChunkId > first + 5, `\`nextChunkId\` must be above ${first + 5}, the highest id ever written; got ${next.nextChunkId}`)
}

export async function checkDrops(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  const id = session.nextChunkId
  await writeEpoch(session, { epoch: 1, chunks: [makeChunk(id, 'f.a'), makeChunk(id + 1, 'f.a'), makeChunk(id + 2, 'f.b')] })
  await writeEpoch(session, { epoch: 2, chunks: [makeChunk(id + 3, 'f.a')], droppedChunks: [id, id + 2] })
  const next = await bench.reopen()
  deepStrictEqual(await loadIds(next, 'f.a'), [id + 3, id + 1])
  deepStrictEqual([...next.stepIds], ['f.a'], 'a step whose chunks are all dropped is gone')
}

export async function checkHeldDrops(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  const id = session.nextChunkId
  await writeEpoch(session, { epoch: 1, chunks: [makeChunk(id, 'f.a', ['x'])] })
  await writeEpoch(session, { epoch: 2, chunks: [makeChunk(id + 1, 'f.a', ['-x'])] })
  await writeEpoch(session, { epoch: 3, droppedChunks: [id + 1] })
  const next = await bench.begin()
  deepStrictEqual(await loadIds(next, 'f.a'), [id + 1, id], 'a chunk with discards must stay while an older chunk of its step lives')
  await writeEpoch(next, { epoch: 4, droppedChunks: [id + 1] })
  await writeEpoch(next, { epoch: 5, droppedChunks: [id] })
  deepStrictEqual([...(await bench.reopen()).stepIds], [], 'it goes when the older one has gone')
}

export async function checkDroppedSteps(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  const id = session.nextChunkId
  await writeEpoch(session, { epoch: 1, chunks: [makeChunk(id, 'f.a'), makeChunk(id + 1, 'f.b')] })
  await bench.begin({ droppedSteps: ['f.a', 'f.unknown'] })
  const next = await bench.reopen()
  deepStrictEqual([...next.stepIds], ['f.b'])
  strictEqual(next.resumePoint.committedEpoch, 1, 'dropping state does not move the resume point')
}

export async function checkRenamedSteps(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  const id = session.nextChunkId
  await writeEpoch(session, { epoch: 1, chunks: [makeChunk(id, 'f.a'), makeChunk(id + 1, 'f.b'), makeChunk(id + 2, 'f.c')] })
  const renamedSteps = new Map([
    ['f.a', 'f.b'],
    ['f.b', 'f.a'],
    ['f.c', 'f.d'],
    ['f.unknown', 'f.new'],
  ])
  await bench.begin({ renamedSteps })
  const next = await bench.reopen()
  deepStrictEqual(
    [await loadIds(next, 'f.a'), await loadIds(next, 'f.b'), await loadIds(next, 'f.c'), await loadIds(next, 'f.d')],
    [[id + 1], [id], [], [id + 2]],
  )
}

export async function checkRenameToTaken(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  const id = session.nextChunkId
  await writeEpoch(session, { epoch: 1, chunks: [makeChunk(id, 'f.a'), makeChunk(id + 1, 'f.b')] })
  const next = await bench.reopen()
  await checkFailure('INVALID_ARGUMENT', () => next.begin({ renamedSteps: new Map([['f.a', 'f.b']]) }))
}

export async function checkSharedBuffer(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  const chunk = makeChunk(session.nextChunkId, 'f.a')
  const shared = new Uint8Array(chunk.blob.byteLength + 100)
  shared.set(chunk.blob, 50)
  const copy = { ...chunk, epoch: 1, blob: chunk.blob.slice() }
  await writeEpoch(session, { epoch: 1, chunks: [{ ...chunk, blob: shared.subarray(50, 50 + chunk.blob.byteLength) }] })
  await checkLoaded(await bench.reopen(), 'f.a', [copy])
}

export async function checkManyChunks(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  const first = session.nextChunkId
  const keys = Array.from({ length: 1_000 }, (_, index) => `key ${index}`)
  const chunks = Array.from({ length: 100 }, (_, index) => makeChunk(first + index, 'f.a', keys))
  await writeEpoch(session, { epoch: 1, chunks })
  await writeEpoch(session, { epoch: 2, droppedChunks: chunks.slice(0, 50).map(({ id }) => id) })
  const ids = await loadIds(await bench.reopen(), 'f.a')
  deepStrictEqual(
    ids,
    Array.from({ length: 50 }, (_, index) => first + 99 - index),
  )
}

export async function checkDamagedChunk(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  const chunk = makeChunk(session.nextChunkId, 'f.a')
  const last = chunk.blob.byteLength - 1
  chunk.blob[last] = (chunk.blob[last] as number) ^ 1
  await writeEpoch(session, { epoch: 1, chunks: [chunk] })
  const next = await bench.reopen()
  await checkFailure('STORE_CORRUPT', async () => void (await loadIds(next, 'f.a')))
}

export async function checkLock(bench: RecoveryBench): Promise<void> {
  const { store } = bench.setup
  const session = await bench.begin()
  await checkFailure('STORE_IN_USE', async () => void (await store.open({ flowId: FLOW_ID, backupIntervalMs: 0 })))
  await writeEpoch(session, { epoch: 1 })
  strictEqual((await bench.reopen()).resumePoint.committedEpoch, 1, 'an attempt to open it does not disturb the session')
}

export async function checkOtherFlow(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  await writeEpoch(session, { epoch: 1 })
  await session.close()
  await checkFailure('STORE_OTHER_FLOW', async () => void (await bench.setup.store.open({ flowId: 'another', backupIntervalMs: 0 })))
  strictEqual((await bench.reopen()).resumePoint.committedEpoch, 1, 'the failed attempt leaves store and lock as they were')
}

export async function checkClose(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  const writing = writeEpoch(session, { epoch: 1, chunks: [makeChunk(session.nextChunkId, 'f.a')] })
  await Promise.all([writing, session.close()])
  await session.close()
  await rejects(() => writeEpoch(session, { epoch: 2 }), 'a closed session writes nothing')
  strictEqual((await bench.reopen()).resumePoint.committedEpoch, 1, '`close` waits for the write under way')
}

export async function checkOrder(bench: RecoveryBench): Promise<void> {
  const early = await bench.reopen()
  await rejects(() => writeEpoch(early, { epoch: 1 }), '`write` must fail before `begin`')
  const session = await bench.begin()
  await writeEpoch(session, { epoch: 5 })
  await rejects(() => writeEpoch(session, { epoch: 5 }), 'an epoch must not be written twice')
  await rejects(() => writeEpoch(session, { epoch: 4 }), 'epochs must ascend')
  await writeEpoch(session, { epoch: 6 })
}

export async function checkCrash(bench: RecoveryBench): Promise<void> {
  const session = await bench.begin()
  const id = session.nextChunkId
  await writeEpoch(session, { epoch: 1, chunks: [makeChunk(id, 'f.a'), makeChunk(id + 1, 'f.a')] })
  await writeEpoch(session, { epoch: 2, droppedChunks: [id] })
  await bench.setup.crash?.()
  const next = await bench.reopen()
  deepStrictEqual(next.resumePoint, { execution: 1, committedEpoch: 2, isComplete: false }, 'what `write` resolved for must survive a crash')
  deepStrictEqual(await loadIds(next, 'f.a'), [id + 1])
}

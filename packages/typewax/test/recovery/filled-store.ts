/** Owns a store with known contents, to be damaged, copied or looked at. */

import { encodeChunk } from '../../src/recovery/codec.ts'
import { SqliteRecoveryStore } from '../../src/recovery/index.ts'
import type { RecoverySession, SnapshotChunk } from '../../src/recovery/store.ts'
import { loadStates } from './model.ts'

export const REQUEST = { flowId: 'f', backupIntervalMs: 0 }

/** Makes a chunk that sets keys to a value. */
export function chunkOf(id: number, stepId: string, keys: readonly string[], value: unknown = id): SnapshotChunk {
  const blob = encodeChunk({ keys, subKeys: undefined, operations: new Uint8Array(keys.length), states: keys.map(() => value) })
  return { id, stepId, entryCount: keys.length, discardCount: 0, firstGroup: 0, lastGroup: 255, blob }
}

/** Fills a new store: three epochs, of which the last drops a chunk. State of `f.a`: a → 2, b → 1, c → 3; of `f.b`: x → 0. */
export async function fillStore(dir: string, partitions = 1, backupIntervalMs = 0): Promise<void> {
  const session = await new SqliteRecoveryStore(dir, { partitions }).open({ flowId: 'f', backupIntervalMs })
  await session.begin()
  const plain = { droppedChunks: [], isComplete: true }
  await session.write({ ...plain, epoch: 1, chunks: [chunkOf(0, 'f.b', ['x']), chunkOf(1, 'f.a', ['a', 'b'])] })
  await session.write({ ...plain, epoch: 2, chunks: [chunkOf(2, 'f.a', ['a', 'c'])] })
  await session.write({ ...plain, epoch: 3, chunks: [chunkOf(3, 'f.a', ['c'])] })
  await session.close()
}

/** What a filled store gives back. */
export const CONTENTS: Record<string, Map<string, unknown>> = {
  'f.a': new Map([
    ['a', 2],
    ['b', 1],
    ['c', 3],
  ]),
  'f.b': new Map([['x', 0]]),
}

export async function open(dir: string): Promise<RecoverySession> {
  return await new SqliteRecoveryStore(dir).open(REQUEST)
}

/** Opens a store, reads all of it and closes it. */
export async function readStore(dir: string): Promise<{ epoch: number; steps: Record<string, Map<string, unknown>> }> {
  const session = await open(dir)
  try {
    const steps: Record<string, Map<string, unknown>> = {}
    for (const stepId of session.stepIds) steps[stepId] = await loadStates(session, stepId)
    return { epoch: session.resumePoint.committedEpoch, steps }
  } finally {
    await session.close()
  }
}

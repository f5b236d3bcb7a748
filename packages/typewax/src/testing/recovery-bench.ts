/** Owns what the cases for recovery stores work with: a store of their own, sessions that are closed at the end, chunks with contents to compare. */

import { deepStrictEqual } from 'node:assert/strict'
import type { Awaitable } from '../inputs/source.ts'
import { DISCARD_ENTRY, decodeChunk, encodeChunk, UPSERT } from '../recovery/codec.ts'
import type { EpochWrite, RecoverySession, RecoveryStore, SnapshotChunk } from '../recovery/store.ts'
import type { Bench } from './conformance-case.ts'

export interface RecoveryStoreSetup {
  /** New and empty. */
  readonly store: RecoveryStore
  /** Ends the open session as the death of its process would: without `close`. Without it no crash is tried. */
  readonly crash?: () => Awaitable<void>
  /** Removes the store. */
  readonly cleanup?: () => Awaitable<void>
}

export const FLOW_ID = 'conformance'

/** Makes a chunk with one entry for each of `keys`; a key that begins with `-` is discarded. The state of a key tells the chunk it is in. */
export function makeChunk(id: number, stepId: string, keys: readonly string[] = ['k'], groups: readonly [number, number] = [0, 255]): SnapshotChunk {
  const isDiscard = keys.map((key) => key.startsWith('-'))
  const blob = encodeChunk({
    keys: keys.map((key, index) => (isDiscard[index] ? key.slice(1) : key)),
    subKeys: undefined,
    operations: Uint8Array.from(isDiscard, (is) => (is ? DISCARD_ENTRY : UPSERT)),
    states: keys.map((_, index) => (isDiscard[index] ? undefined : id)),
  })
  const [firstGroup, lastGroup] = groups
  return { id, stepId, entryCount: keys.length, discardCount: isDiscard.filter(Boolean).length, firstGroup, lastGroup, blob }
}

export class RecoveryBench implements Bench {
  readonly setup: RecoveryStoreSetup
  #session: RecoverySession | undefined

  constructor(setup: RecoveryStoreSetup) {
    this.setup = setup
  }

  /** Closes the session that is open and opens the next one. */
  async reopen(backupIntervalMs = 0): Promise<RecoverySession> {
    await this.#session?.close()
    this.#session = await this.setup.store.open({ flowId: FLOW_ID, backupIntervalMs })
    return this.#session
  }

  /** Opens a session and begins its execution. */
  async begin(changes?: Parameters<RecoverySession['begin']>[0]): Promise<RecoverySession> {
    const session = await this.reopen()
    await session.begin(changes)
    return session
  }

  async dispose(): Promise<void> {
    await this.#session?.close()
    await this.setup.cleanup?.()
  }
}

/** Writes an epoch; what is not said is empty. */
export async function writeEpoch(session: RecoverySession, epoch: Partial<EpochWrite> & { readonly epoch: number }): Promise<void> {
  await session.write({ chunks: [], droppedChunks: [], isComplete: false, ...epoch })
}

/** Ids of the chunks of a step, in the order in which they are loaded. */
export async function loadIds(session: RecoverySession, stepId: string): Promise<number[]> {
  const ids: number[] = []
  for await (const { id } of session.load(stepId)) ids.push(id)
  return ids
}

/** Checks that a step has exactly these chunks, field by field, newest first. */
export async function checkLoaded(
  session: RecoverySession,
  stepId: string,
  expected: readonly (SnapshotChunk & { readonly epoch: number })[],
): Promise<void> {
  const loaded: unknown[] = []
  for await (const { id, epoch, entryCount, firstGroup, lastGroup, blob, ...rest } of session.load(stepId)) {
    loaded.push({ id, stepId: rest.stepId, epoch, entryCount, firstGroup, lastGroup, entries: decodeChunk(blob, `chunk ${id}`) })
  }
  const wanted = expected.map(({ id, epoch, entryCount, firstGroup, lastGroup, blob, ...rest }) => {
    return { id, stepId: rest.stepId, epoch, entryCount, firstGroup, lastGroup, entries: decodeChunk(blob, `chunk ${id}`) }
  })
  deepStrictEqual(loaded, wanted, `step ${stepId} must load what was written, newest first`)
}

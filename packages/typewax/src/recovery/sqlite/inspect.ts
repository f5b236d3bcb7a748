/** Owns looking into a store without changing it. Works while a run uses it, and shows the state at the last committed epoch. */

import { statSync } from 'node:fs'
import { isTypewaxError, quote, TypewaxError } from '../../errors.ts'
import type { ChunkInfo } from '../checksum.ts'
import { decodeChunk } from '../codec.ts'
import { type LiveEntry, NewestEntries } from '../newest.ts'
import { StoreView } from './store-view.ts'

const SAMPLE_KEYS = 5
const DEFAULT_LIMIT = 100
/** Files are looked at one after the other; if a run commits several epochs in between, they don't fit together, and are looked at again. */
const MAX_ATTEMPTS = 20

export interface StoreReport {
  readonly location: string
  /** The flow it belongs to; absent if no run has begun. */
  readonly flowId: string | undefined
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[]
  /** Executions that have begun. */
  readonly executionCount: number
  /** Epochs that can be restored, ascending; a run resumes after the last one. */
  readonly commits: readonly CommitReport[]
  /** By step id. */
  readonly steps: readonly StepReport[]
}

export interface CommitReport {
  readonly epoch: number
  readonly execution: number
  /** Milliseconds since the epoch. */
  readonly committedAtMs: number
  /** Whether the input had ended. */
  readonly isComplete: boolean
}

export interface StepReport {
  readonly stepId: string
  /** States that live, one per key and sub-key. */
  readonly liveCount: number
  readonly chunkCount: number
  /** Entries in the chunks: those that live, those that are superseded, and discards. */
  readonly entryCount: number
  readonly discardCount: number
  /** Of the chunks that live. */
  readonly sizeBytes: number
  /** A few keys that live. */
  readonly sampleKeys: readonly string[]
}

export interface InspectStepOptions {
  /** Only keys that begin like this. */
  readonly keyPrefix?: string
  /** Entries at most; default 100. */
  readonly limit?: number
}

/**
 * Describes a store.
 *
 * @throws `STORE_NOT_FOUND`, and all that `open` throws about a store that can't be used
 */
export async function inspectRecovery(dir: string): Promise<StoreReport> {
  return await looking(dir, (view) => ({
    location: dir,
    flowId: view.flowId,
    files: view.parts.map(({ path }) => ({ path, sizeBytes: sizeOf(path) + sizeOf(`${path}-wal`) })),
    executionCount: view.lastExecution + 1,
    commits: view.commits.map(({ epoch, execution, committedAtMs, isComplete }) => ({ epoch, execution, committedAtMs, isComplete })),
    steps: [...byStep(view)].map(([stepId, chunks]) => describeStep(view, stepId, chunks)),
  }))
}

/**
 * Reads entries of one step, newest first.
 *
 * @throws `INVALID_ARGUMENT` if the store has no state of such a step, and what `inspectRecovery` throws
 */
export async function inspectStep(dir: string, stepId: string, options: InspectStepOptions = {}): Promise<LiveEntry[]> {
  const { keyPrefix = '', limit = DEFAULT_LIMIT } = options
  return await looking(dir, (view) => {
    const steps = byStep(view)
    const chunks = steps.get(stepId)
    if (chunks === undefined) throw unknownStep(stepId, [...steps.keys()])
    const found: LiveEntry[] = []
    if (limit <= 0) return found
    for (const entry of liveEntries(view, chunks)) {
      if (entry.key.startsWith(keyPrefix) && found.push(entry) >= limit) break
    }
    return found
  })
}

/** Opens a store to read it as it is now, also while it is written. */
export function openForReading(dir: string): StoreView {
  for (let attempt = 1; ; attempt++) {
    try {
      return StoreView.open(dir, 'read')
    } catch (error) {
      if (!isTypewaxError(error) || error.code !== 'STORE_STALE' || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

async function looking<T>(dir: string, look: (view: StoreView) => T): Promise<T> {
  const view = openForReading(dir)
  try {
    return look(view)
  } finally {
    view.close()
  }
}

/** Chunks by step, steps in the order of their ids, chunks newest first. */
function byStep(view: StoreView): Map<string, ChunkInfo[]> {
  const steps = new Map<string, ChunkInfo[]>()
  for (const chunk of view.chunks().reverse()) {
    const ofStep = steps.get(chunk.stepId)
    if (ofStep === undefined) steps.set(chunk.stepId, [chunk])
    else ofStep.push(chunk)
  }
  return new Map([...steps].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function describeStep(view: StoreView, stepId: string, chunks: readonly ChunkInfo[]): StepReport {
  const sampleKeys = new Set<string>()
  let liveCount = 0
  for (const { key } of liveEntries(view, chunks)) {
    liveCount += 1
    if (sampleKeys.size < SAMPLE_KEYS) sampleKeys.add(key)
  }
  return {
    stepId,
    liveCount,
    chunkCount: chunks.length,
    entryCount: chunks.reduce((sum, { entryCount }) => sum + entryCount, 0),
    discardCount: chunks.reduce((sum, { discardCount }) => sum + discardCount, 0),
    sizeBytes: chunks.reduce((sum, chunk) => sum + view.readBlob(chunk).byteLength, 0),
    sampleKeys: [...sampleKeys],
  }
}

function* liveEntries(view: StoreView, newestFirst: readonly ChunkInfo[]): Generator<LiveEntry, void> {
  const newest = new NewestEntries()
  for (const chunk of newestFirst) {
    const live: LiveEntry[] = []
    const columns = decodeChunk(view.readBlob(chunk), `chunk ${chunk.id} of step ${quote(chunk.stepId)}`)
    newest.read(columns, (key, subKey, state) => live.push({ key, subKey, state }))
    yield* live
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function unknownStep(stepId: string, known: readonly string[]): TypewaxError {
  const message = `the store has no state of step ${quote(stepId)}; it has state of ${known.length === 0 ? 'none' : known.map((id) => quote(id)).join(', ')}`
  return new TypewaxError('INVALID_ARGUMENT', message)
}

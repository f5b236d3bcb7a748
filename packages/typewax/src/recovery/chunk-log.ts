/**
 * Owns what a session knows of the chunks that live: their order, which may be dropped, and which epochs stay restorable. Pure bookkeeping, shared
 * by all stores; it holds no blob and reads no clock.
 */

import type { ChunkInfo } from './checksum.ts'

/** The chunks that live, by step. */
export class ChunkLog<C extends ChunkInfo> {
  readonly #steps = new Map<string, Map<number, C>>()
  readonly #stepOf = new Map<number, string>()
  /** Ids whose drop was asked for and is held back. */
  readonly #held = new Set<number>()

  /** @param chunks Chunks that live, by ascending id. */
  constructor(chunks: Iterable<C> = []) {
    for (const chunk of chunks) this.add(chunk)
  }

  get stepIds(): string[] {
    return [...this.#steps.keys()]
  }

  /** The chunks of a step, newest first. */
  newestFirst(stepId: string): C[] {
    return [...(this.#steps.get(stepId)?.values() ?? [])].sort((a, b) => b.id - a.id)
  }

  add(chunk: C): void {
    const step = this.#steps.get(chunk.stepId)
    if (step === undefined) this.#steps.set(chunk.stepId, new Map([[chunk.id, chunk]]))
    else step.set(chunk.id, chunk)
    this.#stepOf.set(chunk.id, chunk.stepId)
  }

  /**
   * Takes chunks out, and returns those that are out now. A chunk with discards is held back while an older chunk of its step lives whose key groups
   * overlap: without the discard, what it discarded there would come back. It goes with a later call, once the older one has gone. Unknown ids are
   * ignored: a chunk whose drop was held back when its execution ended may be asked for again.
   */
  drop(ids: readonly number[]): C[] {
    if (ids.length === 0) return []
    for (const id of ids) if (this.#stepOf.has(id)) this.#held.add(id)
    const dropped: C[] = []
    for (const id of [...this.#held].sort((a, b) => a - b)) {
      const step = this.#steps.get(this.#stepOf.get(id) as string) as Map<number, C>
      const chunk = step.get(id) as C
      if (chunk.discardCount > 0 && hasOlderOverlap(step, chunk)) continue
      this.#remove(step, chunk)
      dropped.push(chunk)
    }
    return dropped
  }

  #remove(step: Map<number, C>, chunk: C): void {
    step.delete(chunk.id)
    if (step.size === 0) this.#steps.delete(chunk.stepId)
    this.#stepOf.delete(chunk.id)
    this.#held.delete(chunk.id)
  }
}

/** Whether a chunk with a lower id has key groups in common. */
function hasOlderOverlap(step: ReadonlyMap<number, ChunkInfo>, chunk: ChunkInfo): boolean {
  for (const other of step.values()) {
    if (other.id < chunk.id && other.firstGroup <= chunk.lastGroup && other.lastGroup >= chunk.firstGroup) return true
  }
  return false
}

/**
 * Finds the oldest epoch that must stay restorable: the last one, and each that was committed within `backupIntervalMs`.
 *
 * @param commits Ascending; all of them durable everywhere.
 */
export function oldestRestorable(
  commits: readonly { readonly epoch: number; readonly committedAtMs: number }[],
  nowMs: number,
  backupIntervalMs: number,
): number {
  const sinceMs = nowMs - backupIntervalMs
  // A time to come was told by a clock that was ahead: it says nothing.
  const isRecent = (committedAtMs: number): boolean => committedAtMs >= sinceMs && committedAtMs <= nowMs
  const recent = backupIntervalMs > 0 ? commits.find(({ committedAtMs }) => isRecent(committedAtMs)) : undefined
  return (recent ?? commits.at(-1))?.epoch ?? 0
}

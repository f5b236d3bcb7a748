/** Owns the log of a step with partitions: the newest position of each, written when it moved. */

import { type LoadedStep, settleIn } from './load.ts'
import type { LogChunk, Slot, SnapshotLog } from './snapshot-log.ts'

interface PartitionSlot extends Slot {
  readonly partKey: string
  readonly subKey: string | undefined
  state: unknown
}

export class PartitionLog {
  readonly #log: SnapshotLog
  readonly #slots = new Map<string, PartitionSlot>()
  /** Of partitions that are gone: discarded with the next write. */
  #gone: PartitionSlot[] = []

  /** @param isOwn Which names this worker has charge of. */
  constructor(log: SnapshotLog, loaded: LoadedStep | undefined, isOwn: (partKey: string) => boolean) {
    this.#log = log
    if (loaded === undefined) return
    for (const [partKey, { state, chunk, parts }] of loaded.entries) {
      if (!isOwn(partKey)) continue
      if (chunk !== undefined) this.#restore(partKey, undefined, state, chunk)
      for (const [subKey, part] of parts) this.#restore(partKey, subKey, part.state, part.chunk)
    }
    log.restore(loaded.chunks)
  }

  /** Forgets the stored positions of all partitions but these. */
  keepOnly(partKeys: ReadonlySet<string>): void {
    for (const [id, slot] of this.#slots) {
      if (partKeys.has(slot.partKey)) continue
      this.#gone.push(slot)
      this.#slots.delete(id)
    }
  }

  /** Writes the positions that moved in an epoch. */
  write(epoch: number, moved: Iterable<readonly [partKey: string, position: unknown, subKey?: string]>): void {
    const alive: PartitionSlot[] = []
    while (this.#log.needsCleaning) alive.push(...(this.#log.cleanOldest() as PartitionSlot[]))
    this.#log.begin(epoch)
    for (const slot of alive) this.#log.put(slot, slot.partKey, slot.state, slot.subKey)
    for (const slot of this.#gone) this.#log.discard(slot, slot.partKey, slot.subKey)
    this.#gone = []
    for (const [partKey, position, subKey] of moved) {
      const slot = this.#slot(partKey, subKey)
      slot.state = position
      this.#log.put(slot, partKey, position, subKey)
    }
    this.#log.flush()
  }

  #slot(partKey: string, subKey: string | undefined): PartitionSlot {
    const id = subKey === undefined ? partKey : `${partKey}\u0000${subKey}`
    let slot = this.#slots.get(id)
    if (slot === undefined) {
      slot = { partKey, subKey, state: undefined, chunk: undefined }
      this.#slots.set(id, slot)
    }
    return slot
  }

  #restore(partKey: string, subKey: string | undefined, state: unknown, chunk: LogChunk): void {
    const slot = this.#slot(partKey, subKey)
    slot.state = state
    settleIn(chunk, slot)
  }
}

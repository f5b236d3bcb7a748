/** Owns the log of a step with partitions: the newest position of each, written when it moved. */

import type { LoadedStep } from './load.ts'
import type { Slot, SnapshotLog } from './snapshot-log.ts'

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

  constructor(log: SnapshotLog, loaded: LoadedStep | undefined) {
    this.#log = log
    if (loaded === undefined) return
    let liveCount = 0
    for (const [partKey, entry] of loaded.entries) {
      if (entry.chunk !== undefined) {
        this.#restore(partKey, undefined, entry.state, entry.chunk)
        liveCount += 1
      }
      for (const [subKey, part] of entry.parts) {
        this.#restore(partKey, subKey, part.state, part.chunk)
        liveCount += 1
      }
    }
    log.restore(loaded.chunks, liveCount)
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
    for (const slot of this.#log.begin(epoch) as PartitionSlot[]) this.#log.put(slot, slot.partKey, slot.state, slot.subKey)
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

  #restore(partKey: string, subKey: string | undefined, state: unknown, chunk: Slot['chunk']): void {
    const slot = this.#slot(partKey, subKey)
    slot.state = state
    slot.chunk = chunk
    chunk?.slots.push(slot)
  }
}

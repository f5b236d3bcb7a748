/** Owns the state of the joins in event time: a buffer for each side, stored block by block. What is done with them is up to the join. */

import type { SubKeyChanges } from '../dataflow/step.ts'
import type { Labelled } from '../operators/join.ts'
import type { TimedLogic } from '../windowing/timed.ts'
import { type StoredBlock, TimeBuffer } from './time-buffer.ts'

/** What a join in event time emits. */
export type JoinEvent = readonly [kind: 'down', row: unknown[]] | readonly [kind: 'late', value: unknown]

export type StoredSide = StoredBlock<unknown>

const LEFT = 'l'
const RIGHT = 'r'

export abstract class BufferedSides implements TimedLogic<Labelled, JoinEvent, undefined, StoredSide> {
  protected readonly left: TimeBuffer<unknown> = new TimeBuffer()
  protected readonly right: TimeBuffer<unknown> = new TimeBuffer()

  constructor(parts: ReadonlyMap<string, StoredSide>) {
    for (const [subKey, block] of parts) this.#bufferOf(subKey).restoreBlock(numberIn(subKey), block)
  }

  abstract onItem(value: Labelled, timestampMs: number, watermarkMs: number, out: JoinEvent[]): void

  abstract onTime(watermarkMs: number, out: JoinEvent[]): void

  abstract get dueMs(): number

  get isDone(): boolean {
    return this.left.isEmpty && this.right.isEmpty
  }

  snapshot(): undefined {
    return undefined
  }

  subKeyChanges(): SubKeyChanges {
    const [left, right] = [this.left.takeChanges(LEFT), this.right.takeChanges(RIGHT)]
    return { changed: [...left.changed, ...right.changed], removed: [...left.removed, ...right.removed] }
  }

  snapshotSubKey(subKey: string): StoredSide {
    return this.#bufferOf(subKey).snapshotBlock(numberIn(subKey))
  }

  #bufferOf(subKey: string): TimeBuffer<unknown> {
    return subKey.startsWith(LEFT) ? this.left : this.right
  }
}

function numberIn(subKey: string): number {
  return Number(subKey.slice(1))
}

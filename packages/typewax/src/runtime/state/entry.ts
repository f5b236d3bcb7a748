/** Owns what a stateful step keeps of a key. */

import type { AnyLogic } from '../../dataflow/step.ts'
import type { TableItem } from './key-table.ts'
import type { LogChunk, Slot } from './snapshot-log.ts'
import type { Sleeper } from './timers.ts'

/** A key. Stays until the end of the epoch in which its logic was discarded, so that the discard is recorded. */
export class Entry implements TableItem, Slot, Sleeper {
  readonly key: string
  index = -1
  /** The last epoch in which the logic was called, 0 for never. A snapshot of that epoch is due until it is taken, then it is 0 again. */
  touchedEpoch = 0
  /** Absent after a discard. */
  logic: AnyLogic | undefined
  wakeAt: number | undefined
  queuedAt: number | undefined
  /** Whether `wakeAt` is a time of the stream, and not of the clock of the run. */
  isByWatermark = false
  /** Its wake-up by the watermark of the stream, if it has one by the clock of the run, too. Absent for most logics. */
  watermarkTimer: WatermarkTimer | undefined
  chunk: LogChunk | undefined
  /** Where parts of its state are stored, by sub-key. Absent for most logics. */
  parts: Map<string, PartSlot> | undefined
  /** Sub-keys that must be written again because their chunk is dropped. */
  rewrite: Set<string> | undefined
  /** Whether the logic was discarded since the last snapshot: what is stored under sub-keys belongs to an earlier one. */
  wasDiscarded = false

  constructor(key: string, logic: AnyLogic | undefined) {
    this.key = key
    this.logic = logic
  }
}

/** The wake-up by the watermark of the stream of a key that also has one by the clock of the run. */
export class WatermarkTimer implements Sleeper {
  readonly entry: Entry
  wakeAt: number | undefined
  queuedAt: number | undefined

  constructor(entry: Entry) {
    this.entry = entry
  }
}

/** A part of the state of a key. */
export interface PartSlot extends Slot {
  readonly entry: Entry
  readonly subKey: string
}

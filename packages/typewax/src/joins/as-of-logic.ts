/**
 * Owns what an as-of join does with the values of one key: left values wait until the watermark has passed them, versions stay until the watermark
 * has reached a newer one. Pure.
 */

import type { Labelled } from '../operators/join.ts'
import { BufferedSides, type JoinEvent, type StoredSide } from './buffered-sides.ts'

export interface AsOfSettings {
  readonly kind: 'inner' | 'left'
  /** Greatest age of a version, in milliseconds. `Infinity`: any. */
  readonly toleranceMs: number
  /** Says whether a right value ends the versions before it and is none itself. */
  readonly isDelete: (value: unknown) => boolean
}

export class AsOfLogic extends BufferedSides {
  readonly #settings: AsOfSettings

  constructor(settings: AsOfSettings, parts: ReadonlyMap<string, StoredSide>) {
    super(parts)
    this.#settings = settings
  }

  /** A version that is late still counts, for what waits and what is to come: else one that missed its time would be missed by all after it. */
  onItem([side, value]: Labelled, timestampMs: number, watermarkMs: number, out: JoinEvent[]): void {
    this.onTime(watermarkMs, out)
    if (timestampMs < watermarkMs) out.push(['late', value])
    if (side === 0) {
      if (timestampMs >= watermarkMs) this.left.insert(timestampMs, value, false)
      return
    }
    const isDelete = this.#settings.isDelete(value)
    this.right.insert(timestampMs, isDelete ? undefined : value, isDelete)
    this.#dropVersions(watermarkMs)
  }

  onTime(watermarkMs: number, out: JoinEvent[]): void {
    // Strictly: a version of the very time of the watermark is not late.
    for (let { first } = this.left; first !== undefined && first.timestampMs < watermarkMs; first = this.left.first) {
      this.left.removeFirst()
      this.#answer(first.timestampMs, first.value, out)
    }
    this.#dropVersions(watermarkMs)
  }

  get dueMs(): number {
    const { first, second } = this.right
    const waitingMs = (this.left.first?.timestampMs ?? Number.POSITIVE_INFINITY) + 1
    if (first === undefined) return waitingMs
    const endMs = first.isMarked ? first.timestampMs : first.timestampMs + this.#settings.toleranceMs + 1
    return Math.min(waitingMs, endMs, second?.timestampMs ?? Number.POSITIVE_INFINITY)
  }

  #answer(timestampMs: number, value: unknown, out: JoinEvent[]): void {
    const { kind, toleranceMs } = this.#settings
    const version = this.right.lastUntil(timestampMs)
    const isFound = version !== undefined && !version.isMarked && timestampMs - version.timestampMs <= toleranceMs
    if (isFound) out.push(['down', [value, version.value]])
    else if (kind === 'left') out.push(['down', [value, undefined]])
  }

  /** Drops the versions that no left value at the watermark or after it can see. At the end of input none: who goes on finds the table as it was. */
  #dropVersions(watermarkMs: number): void {
    if (watermarkMs === Number.POSITIVE_INFINITY) return
    const { toleranceMs } = this.#settings
    for (let { first, second } = this.right; first !== undefined && first.timestampMs <= watermarkMs; { first, second } = this.right) {
      const isReplaced = second !== undefined && second.timestampMs <= watermarkMs
      if (!isReplaced && !first.isMarked && watermarkMs - first.timestampMs <= toleranceMs) return
      this.right.removeFirst()
    }
  }
}

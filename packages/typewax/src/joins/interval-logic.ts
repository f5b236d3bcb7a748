/** Owns what an interval join does with the values of one key: pairs them as they come, and keeps them as long as a partner may come. Pure. */

import type { Labelled } from '../operators/join.ts'
import type { JoinKind } from '../operators/join-rows.ts'
import { BufferedSides, type JoinEvent, type StoredSide } from './buffered-sides.ts'

export interface IntervalSettings {
  /** Least and greatest time from the left value to the right one, in milliseconds. */
  readonly lowerMs: number
  readonly upperMs: number
  readonly kind: JoinKind
}

/** One side, seen from its own values. */
interface Side {
  /** Where partners are: least and greatest time from a value to its partner, in milliseconds. */
  readonly fromMs: number
  readonly toMs: number
  /** Whether a value that found no partner gives a row. Those that found one are marked. */
  readonly isOuter: boolean
  /** Puts a value of this side and one of the other side in order. */
  readonly row: (own: unknown, other: unknown) => unknown[]
}

/** What the logics of a step share. */
export type IntervalSides = readonly [left: Side, right: Side]

export function sidesOf({ lowerMs, upperMs, kind }: IntervalSettings): IntervalSides {
  return [
    { fromMs: lowerMs, toMs: upperMs, isOuter: kind === 'left' || kind === 'outer', row: (own, other) => [own, other] },
    { fromMs: -upperMs, toMs: -lowerMs, isOuter: kind === 'right' || kind === 'outer', row: (own, other) => [other, own] },
  ]
}

export class IntervalLogic extends BufferedSides {
  readonly #sides: IntervalSides

  constructor(sides: IntervalSides, parts: ReadonlyMap<string, StoredSide>) {
    super(parts)
    this.#sides = sides
  }

  onItem([side, value]: Labelled, timestampMs: number, watermarkMs: number, out: JoinEvent[]): void {
    if (timestampMs < watermarkMs) {
      out.push(['late', value])
      return
    }
    const isLeft = side === 0
    const [own, other] = isLeft ? this.#sides : [this.#sides[1], this.#sides[0]]
    const [ownBuffer, otherBuffer] = isLeft ? [this.left, this.right] : [this.right, this.left]
    const partners = otherBuffer.valuesAround(timestampMs, own.fromMs, own.toMs, other.isOuter)
    for (const partner of partners) out.push(['down', own.row(value, partner)])
    const isMatched = own.isOuter && partners.length > 0
    if (!isOver(own, timestampMs, watermarkMs)) ownBuffer.insert(timestampMs, value, isMatched)
    else if (own.isOuter && !isMatched) out.push(['down', own.row(value, undefined)])
  }

  /** Drops the values for which no partner can come any more, in the order in which that came about. */
  onTime(watermarkMs: number, out: JoinEvent[]): void {
    for (;;) {
      const isLeft = this.#dueOf(0) <= this.#dueOf(1)
      const [side, buffer] = isLeft ? [this.#sides[0], this.left] : [this.#sides[1], this.right]
      const { first } = buffer
      if (first === undefined || !isOver(side, first.timestampMs, watermarkMs)) return
      buffer.removeFirst()
      if (side.isOuter && !first.isMarked) out.push(['down', side.row(first.value, undefined)])
    }
  }

  get dueMs(): number {
    return Math.min(this.#dueOf(0), this.#dueOf(1))
  }

  /** When the first value of a side is over: a millisecond beyond the time of its last partner. */
  #dueOf(index: 0 | 1): number {
    const { first } = index === 0 ? this.left : this.right
    return first === undefined ? Number.POSITIVE_INFINITY : first.timestampMs + this.#sides[index].toMs + 1
  }
}

/** Whether all that could be a partner would be late. What is at the watermark is not. */
function isOver({ toMs }: Side, timestampMs: number, watermarkMs: number): boolean {
  return watermarkMs - timestampMs > toMs
}

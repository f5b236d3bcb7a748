/**
 * Owns windows that last as long as values come without a gap. A session grows with its values; when it comes near another one, the two are merged
 * into the one that began earlier in time.
 */

import { checkOption } from './checks.ts'
import type { WindowMetadata } from './metadata.ts'
import type { LateWindows, OpenWindowView, Windower, WindowerLogic } from './windower.ts'

/** Window id of late values under a `SessionWindower`: which session they would have been in is not known. */
export const LATE_SESSION_ID: number = -1

export interface SessionWindowerOptions {
  /** Greatest distance of two timestamps that are in one session, in milliseconds. */
  readonly gapMs: number
}

/**
 * A window for each run of values whose timestamps are at most `gapMs` apart. It begins with the first and ends with the last of them, both
 * inclusive, and closes when the watermark is more than `gapMs` beyond.
 *
 * ```ts
 * new SessionWindower({ gapMs: minutes(30) })
 * ```
 */
export class SessionWindower implements Windower<SessionState> {
  readonly '~kind' = 'windower' as const
  readonly gapMs: number

  /** @throws `INVALID_ARGUMENT` */
  constructor({ gapMs }: SessionWindowerOptions) {
    checkOption('`gapMs` of SessionWindower', gapMs, { zero: true, infinite: true })
    this.gapMs = gapMs
  }

  build(resumeState: unknown): WindowerLogic<SessionState> {
    return new SessionWindowerLogic(this.gapMs, resumeState as SessionState | undefined)
  }
}

/** What is stored: the id of the next session, and those that are open, in the order in which they were opened. */
export interface SessionState {
  readonly nextId: number
  readonly open: readonly (readonly [id: number, openMs: number, closeMs: number, mergedIds: readonly number[]])[]
}

interface Session {
  readonly id: number
  openMs: number
  closeMs: number
  /** Absent for most. */
  mergedIds: ReadonlySet<number> | undefined
}

const LATE: readonly number[] = [LATE_SESSION_ID]
const NO_IDS: ReadonlySet<number> = new Set()

class SessionWindowerLogic implements WindowerLogic<SessionState> {
  readonly #gapMs: number
  /** Ids are never used again. */
  #nextId: number
  /** In the order in which they were opened. */
  #open: Session[]
  #merges: [originalId: number, targetId: number][] = []

  constructor(gapMs: number, resumeState: SessionState | undefined) {
    this.#gapMs = gapMs
    this.#nextId = resumeState?.nextId ?? 0
    this.#open = (resumeState?.open ?? []).map(([id, openMs, closeMs, merged]) => {
      return { id, openMs, closeMs, mergedIds: merged.length === 0 ? undefined : new Set(merged) }
    })
  }

  /** The session may have been merged away by this very call: `merged` will tell. */
  openFor(timestampMs: number): readonly number[] {
    for (const session of this.#open) {
      if (!this.#isNear(session, timestampMs)) continue
      const isInside = timestampMs >= session.openMs && timestampMs <= session.closeMs
      if (!isInside) this.#extend(session, timestampMs)
      return [session.id]
    }
    const id = this.#nextId++
    this.#open.push({ id, openMs: timestampMs, closeMs: timestampMs, mergedIds: undefined })
    return [id]
  }

  /** A value of its own session is over if that session would be; one that comes near an open session goes to it. */
  openLate(timestampMs: number, watermarkMs: number): LateWindows {
    const isOver = overAtMs(timestampMs, this.#gapMs) <= watermarkMs && !this.#open.some((session) => this.#isNear(session, timestampMs))
    return isOver ? { open: [], over: LATE } : { open: this.openFor(timestampMs), over: [] }
  }

  overFor(timestampMs: number): number {
    return overAtMs(timestampMs, this.#gapMs)
  }

  /** Of one that was merged away by the last value: what is known of the one that took it in. */
  look(id: number): OpenWindowView {
    const target = this.#merges.find(([originalId]) => originalId === id)?.[1]
    if (target !== undefined) return this.look(target)
    const session = this.#open.find((each) => each.id === id) as Session
    return { overAtMs: overAtMs(session.closeMs, this.#gapMs), metadata: metadataOf(session) }
  }

  lateFor(): readonly number[] {
    return LATE
  }

  merged(): readonly (readonly [number, number])[] {
    if (this.#merges.length === 0) return this.#merges
    const merges = this.#merges
    this.#merges = []
    return merges
  }

  closeFor(watermarkMs: number): readonly (readonly [number, WindowMetadata])[] {
    const closed: [number, WindowMetadata][] = []
    const isOver = ({ closeMs }: Session): boolean => overAtMs(closeMs, this.#gapMs) <= watermarkMs
    for (const session of this.#open) if (isOver(session)) closed.push([session.id, metadataOf(session)])
    if (closed.length > 0) this.#open = this.#open.filter((session) => !isOver(session))
    return closed
  }

  notifyAt(): number | undefined {
    if (this.#open.length === 0) return undefined
    let firstMs = Number.POSITIVE_INFINITY
    for (const { closeMs } of this.#open) if (closeMs < firstMs) firstMs = closeMs
    return overAtMs(firstMs, this.#gapMs)
  }

  isEmpty(): boolean {
    return this.#nextId === 0
  }

  snapshot(): SessionState {
    const open = this.#open.map(({ id, openMs, closeMs, mergedIds }) => [id, openMs, closeMs, [...(mergedIds ?? [])]] as const)
    return { nextId: this.#nextId, open }
  }

  #isNear({ openMs, closeMs }: Session, timestampMs: number): boolean {
    return timestampMs >= openMs - this.#gapMs && timestampMs <= closeMs + this.#gapMs
  }

  #extend(session: Session, timestampMs: number): void {
    session.openMs = Math.min(session.openMs, timestampMs)
    session.closeMs = Math.max(session.closeMs, timestampMs)
    if (this.#open.length > 1) this.#merge()
  }

  /** Merges sessions that are near each other by now, from the earliest to the latest. */
  #merge(): void {
    const [first, ...others] = this.#open.toSorted((one, other) => one.openMs - other.openMs)
    let last = first as Session
    const gone = new Set<Session>()
    for (const next of others) {
      if (next.openMs - last.closeMs > this.#gapMs) {
        last = next
        continue
      }
      last.closeMs = Math.max(last.closeMs, next.closeMs)
      // A new set: metadata with the old one may have been given out.
      last.mergedIds = new Set(last.mergedIds).add(next.id)
      this.#merges.push([next.id, last.id])
      gone.add(next)
    }
    if (gone.size > 0) this.#open = this.#open.filter((session) => !gone.has(session))
  }
}

/** A millisecond beyond the end of the gap: a value at the watermark is on time, and may be exactly a gap behind the last one. */
function overAtMs(closeMs: number, gapMs: number): number {
  return closeMs + gapMs + 1
}

function metadataOf({ openMs, closeMs, mergedIds }: Session): WindowMetadata {
  return { openTimeMs: openMs, closeTimeMs: closeMs, mergedIds: mergedIds ?? NO_IDS }
}

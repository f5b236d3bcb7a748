/**
 * Owns a model of windows that is too simple to be wrong: it looks at every window there could be, and keeps all values. It says which values are late,
 * and which are in which window, in which order and when; not which results there are.
 */

import { LATE_SESSION_ID } from '../../src/windowing/index.ts'

export type Value = readonly [timestampMs: number, number: number]

/** The bounds of a window of a time: where it begins, and the least watermark at which it is over. */
export type Bounds = readonly [id: number, openMs: number, overAtMs: number]

/** Windows of a time that do not depend on other values; `'sessions'` do. */
export type Kind = ((timestampMs: number) => readonly Bounds[]) | { readonly gapMs: number }

export interface ModelSettings {
  readonly kind: Kind
  readonly ordered: boolean
  /** `undefined`: what is below the watermark is late. */
  readonly latenessMs: number | undefined
}

export interface Inserted {
  readonly value: Value
  readonly isInTime: boolean
  readonly nowMs: number
  readonly watermarkMs: number
  /** Where the window began then. */
  readonly openMs: number
}

export interface ModelWindow {
  /** `undefined` for sessions. */
  readonly id: number | undefined
  openMs: number
  overAtMs: number
  /** In the order of insertion; merged ones last. */
  readonly inserted: Inserted[]
}

/** All ids from -100 on whose bounds have a time. */
export function among(bounds: (id: number) => Bounds): (timestampMs: number) => readonly Bounds[] {
  const all = Array.from({ length: 400 }, (_, index) => bounds(index - 100))
  return (timestampMs) => all.filter(([, openMs, closeMs]) => openMs <= timestampMs && timestampMs < closeMs)
}

export class WindowModel {
  readonly late: [windowId: number, number: number][] = []
  /** All that have values, in order of opening. */
  readonly windows: ModelWindow[] = []
  nowMs = 0
  watermarkMs = Number.NEGATIVE_INFINITY
  readonly #settings: ModelSettings
  #waiting: Value[] = []
  /** Sessions that may still grow. */
  #live: ModelWindow[] = []

  constructor(settings: ModelSettings) {
    this.#settings = settings
  }

  /** A value arrives; the watermark has moved already. */
  arrive(value: Value): void {
    const { ordered, latenessMs } = this.#settings
    const [timestampMs] = value
    if (timestampMs >= this.watermarkMs) {
      if (ordered) this.#waiting.push(value)
      else this.#put(value, this.watermarkMs)
    } else if (latenessMs === undefined) this.#refuse(value, () => true)
    else this.#arriveLate(value, latenessMs)
    this.pass(this.watermarkMs)
  }

  pass(watermarkMs: number): void {
    this.watermarkMs = Math.max(this.watermarkMs, watermarkMs)
    const due = this.#waiting.filter(([timestampMs]) => timestampMs <= watermarkMs).sort(([one], [other]) => one - other)
    this.#waiting = this.#waiting.filter(([timestampMs]) => timestampMs > watermarkMs)
    for (const value of due) this.#put(value, value[0])
    this.#dropGone(this.watermarkMs)
  }

  /** The windows that have values and may still get late ones. */
  get open(): readonly ModelWindow[] {
    return this.windows.filter(({ overAtMs }) => !this.#isGone(overAtMs, this.watermarkMs))
  }

  get waitingCount(): number {
    return this.#waiting.length
  }

  #arriveLate(value: Value, latenessMs: number): void {
    const untilMs = this.watermarkMs - latenessMs
    const { kind } = this.#settings
    if (typeof kind === 'function') {
      this.#refuse(value, (overAtMs) => overAtMs <= untilMs)
      this.#put(value, this.watermarkMs, untilMs)
    } else if (this.#near(value[0], kind.gapMs).length === 0 && value[0] + kind.gapMs < untilMs) this.#refuse(value, () => true)
    else this.#put(value, this.watermarkMs)
  }

  #refuse([timestampMs, number]: Value, isOver: (overAtMs: number) => boolean): void {
    const { kind } = this.#settings
    if (typeof kind !== 'function') this.late.push([LATE_SESSION_ID, number])
    else for (const [id, , overAtMs] of kind(timestampMs)) if (isOver(overAtMs)) this.late.push([id, number])
  }

  #put(value: Value, watermarkMs: number, overUntilMs: number = Number.NEGATIVE_INFINITY): void {
    const { kind } = this.#settings
    this.#dropGone(watermarkMs)
    if (typeof kind !== 'function') this.#putInSession(value, watermarkMs, kind.gapMs)
    else
      for (const [id, openMs, overAtMs] of kind(value[0])) {
        if (overAtMs <= overUntilMs) continue
        let window = this.windows.find((each) => each.id === id)
        if (window === undefined) {
          window = { id, openMs, overAtMs, inserted: [] }
          this.windows.push(window)
        }
        window.openMs = Math.min(window.openMs, openMs)
        window.inserted.push(this.#insertion(value, window, watermarkMs))
      }
  }

  #putInSession(value: Value, watermarkMs: number, gapMs: number): void {
    const near = this.#near(value[0], gapMs)
    const merged: ModelWindow = {
      id: undefined,
      openMs: Math.min(value[0], ...near.map(({ openMs }) => openMs)),
      overAtMs: Math.max(value[0] + gapMs + 1, ...near.map(({ overAtMs }) => overAtMs)),
      inserted: near.flatMap(({ inserted }) => inserted),
    }
    merged.inserted.push(this.#insertion(value, merged, watermarkMs))
    for (const each of near) {
      this.windows.splice(this.windows.indexOf(each), 1)
      this.#live.splice(this.#live.indexOf(each), 1)
    }
    this.windows.push(merged)
    this.#live.push(merged)
  }

  #insertion(value: Value, { openMs, overAtMs }: ModelWindow, watermarkMs: number): Inserted {
    return { value, isInTime: overAtMs > watermarkMs, nowMs: this.nowMs, watermarkMs, openMs }
  }

  #near(timestampMs: number, gapMs: number): ModelWindow[] {
    return this.#live.filter(({ openMs, overAtMs }) => timestampMs >= openMs - gapMs && timestampMs < overAtMs)
  }

  #isGone(overAtMs: number, watermarkMs: number): boolean {
    return watermarkMs === Number.POSITIVE_INFINITY || overAtMs <= watermarkMs - (this.#settings.latenessMs ?? 0)
  }

  #dropGone(watermarkMs: number): void {
    this.#live = this.#live.filter(({ overAtMs }) => !this.#isGone(overAtMs, watermarkMs))
  }
}

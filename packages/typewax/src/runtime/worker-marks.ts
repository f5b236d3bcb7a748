/**
 * Owns how the watermarks of workers are stored: under names that say which worker of how many, so that whoever resumes the flow, with as many workers
 * or with others, knows whether all of them are there. What all had reached is sure; of the rest nothing is.
 */

import type { WorkerContext } from './worker-context.ts'

/** What is stored of a source partition, or of a worker. */
export interface StoredMark {
  readonly watermarkMs: number
  /** Whether nobody waited for it: it was idle, or had ended. */
  readonly isOut: boolean
}

type Kind = 'worker' | 'stream'

const NAME = /^(worker|stream) (\d+) of (\d+)$/
const NONE: StoredMark = { watermarkMs: Number.NEGATIVE_INFINITY, isOut: false }

/** The name under which a worker stores what is its own. */
export function workerName(kind: Kind, { workerIndex, workerCount }: Pick<WorkerContext, 'workerIndex' | 'workerCount'>): string {
  return `${kind} ${workerIndex} of ${workerCount}`
}

/** The worker that a name is of; `undefined` if there is none among so many. */
export function workerNamed(name: string, workerCount: number): number | undefined {
  const match = NAME.exec(name)
  return match !== null && Number(match[3]) === workerCount ? Number(match[2]) : undefined
}

/** What the workers of an earlier execution stored; `undefined` unless all of them did. */
export function storedByAll(kind: Kind, stored: ReadonlyMap<string, unknown>): readonly StoredMark[] | undefined {
  const marks: StoredMark[] = []
  let expected = 0
  for (const [name, mark] of stored) {
    const match = NAME.exec(name)
    if (match === null || match[1] !== kind) continue
    marks.push(mark as StoredMark)
    expected = Number(match[3])
  }
  return marks.length > 0 && marks.length === expected ? marks : undefined
}

/** What is sure of several together: the least of those that are waited for; if none is, of all. */
export function leastOf(marks: readonly StoredMark[]): StoredMark {
  const going = marks.filter(({ isOut }) => !isOut)
  const watermarks = (going.length > 0 ? going : marks).map(({ watermarkMs }) => watermarkMs)
  return { watermarkMs: Math.min(...watermarks), isOut: going.length === 0 }
}

/** The watermark that a step of this worker has reached, as it is stored. */
export class ReachedMark {
  readonly name: string
  #stored = NONE

  constructor(context: Pick<WorkerContext, 'workerIndex' | 'workerCount'>) {
    this.name = workerName('worker', context)
  }

  /** Takes up what an earlier execution stored. Gives the watermark that is sure to have been reached. */
  restore(stored: ReadonlyMap<string, unknown>): number {
    this.#stored = (stored.get(this.name) as StoredMark | undefined) ?? NONE
    const all = storedByAll('worker', stored)
    return all === undefined ? Number.NEGATIVE_INFINITY : leastOf(all).watermarkMs
  }

  /** What is to be stored with the epoch that ends, by name. */
  news(mark: StoredMark): (readonly [name: string, mark: StoredMark])[] {
    if (mark.watermarkMs === this.#stored.watermarkMs && mark.isOut === this.#stored.isOut) return []
    this.#stored = mark
    return [[this.name, mark]]
  }
}

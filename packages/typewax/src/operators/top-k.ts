/** Owns `topK`: the greatest values of a key, each time that they change. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import { type Emit, NOTHING, type StatefulLogic, type SubKeyChanges } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { ChangedParts } from './changed-parts.ts'
import { checkCount, checkOptions, wrongReturn } from './checks.ts'
import type { Rank } from './fold-final.ts'
import { stateful } from './stateful.ts'

export interface TopKOptions<in V> {
  /**
   * Gives the id of the element that a value is a version of: it replaces the version before, and its rank may fall. For that all elements of the key
   * are kept, not `k`. Default: each value is an element.
   */
  readonly id?: (value: V) => string
}

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Gives the `k` values of each key that rank highest, the first first, whenever that list changes. Of equal ranks the earlier comes first, and stays.
     *
     * ```ts
     * bids.topK('highest', 3, (bid) => bid.amount)
     * scores.topK('leaders', 10, (score) => score.points, { id: (score) => score.player })
     * ```
     *
     * Ranks are numbers or texts; anything else, and `NaN`, ends the run with `WRONG_RETURN`.
     */
    topK(stepId: string, k: number, by: Rank<V>, options?: TopKOptions<V>): KeyedStream<V[]>
  }
}

/** The function form of `stream.topK`. */
export function topK<V>(stepId: string, up: KeyedStream<V>, k: number, by: Rank<V>, options: TopKOptions<V> = {}): KeyedStream<V[]> {
  return compose('topK', stepId, { up }, (inner) => {
    checkCount({ operator: 'topK', stepId, name: 'k' }, k)
    checkFunction('topK', stepId, 'by', by)
    checkOptions({ operator: 'topK', stepId, name: 'options' }, options)
    const { id } = options
    if (id === undefined) return stateful<V, V[], V[]>('stateful', inner.up, (resumeState) => new TopLogic({ k, by }, resumeState ?? []))
    checkFunction('topK', stepId, 'id', id)
    const kind = { k, by, id }
    return stateful<V, V[], number, Version<V>>('stateful', inner.up, (resumeState, _key, parts) => {
      return new TopByIdLogic(kind, resumeState ?? 0, parts)
    })
  })
}

interface Kind<V> {
  readonly k: number
  readonly by: Rank<V>
}

/** A value in a ranking. Of equal ranks the one with the lesser arrival comes first. */
interface Ranked<V> {
  readonly value: V
  readonly rank: number | string
  readonly arrival: number
}

/** Every value an element: beyond the `k`-th there is no way back. */
class TopLogic<V> implements StatefulLogic<V, V[], V[]> {
  readonly #kind: Kind<V>
  readonly #top: Ranked<V>[] = []
  #arrival = 0

  constructor(kind: Kind<V>, values: readonly V[]) {
    this.#kind = kind
    for (const value of values) this.#insert(value)
  }

  get callee(): string {
    return 'by'
  }

  onItem(value: V): Emit<V[]> {
    return this.#insert(value) ? [[this.snapshot()]] : NOTHING
  }

  snapshot(): V[] {
    return this.#top.map((each) => each.value)
  }

  /** Says whether the value is in the list now. */
  #insert(value: V): boolean {
    const { k, by } = this.#kind
    const ranked = { value, rank: rankOf(value, by), arrival: this.#arrival++ }
    const place = placeOf(this.#top, ranked)
    if (place >= k) return false
    this.#top.splice(place, 0, ranked)
    if (this.#top.length > k) this.#top.pop()
    return true
  }
}

/** What is stored of an element. */
interface Version<V> {
  readonly value: V
  readonly arrival: number
}

/** Elements with versions. Each is a part of the state; apart from them there is the number of the next arrival. */
class TopByIdLogic<V> implements StatefulLogic<V, V[], number, Version<V>> {
  readonly #kind: Kind<V> & { readonly id: (value: V) => string }
  readonly #all: Ranked<V>[]
  readonly #byId = new Map<string, Ranked<V>>()
  readonly #changes = new ChangedParts()
  #arrival: number
  #callee = 'by'

  constructor(kind: Kind<V> & { readonly id: (value: V) => string }, arrival: number, parts: ReadonlyMap<string, Version<V>>) {
    this.#kind = kind
    this.#arrival = arrival
    for (const [id, version] of parts) this.#byId.set(id, { ...version, rank: rankOf(version.value, kind.by) })
    this.#all = [...this.#byId.values()].sort((one, other) => (isBefore(one, other) ? -1 : 1))
  }

  get callee(): string {
    return this.#callee
  }

  onItem(value: V): Emit<V[]> {
    const { k, by, id: idOf } = this.#kind
    this.#callee = 'id'
    const id = idOf(value)
    if (typeof id !== 'string') throw wrongReturn('id', 'a string', id)
    this.#callee = 'by'
    const rank = rankOf(value, by)
    const old = this.#byId.get(id)
    const oldPlace = old === undefined ? k : placeOf(this.#all, old)
    // A version of the same rank keeps its place among its equals.
    const ranked = { value, rank, arrival: old?.rank === rank ? old.arrival : this.#arrival++ }
    if (old !== undefined) this.#all.splice(oldPlace, 1)
    const place = placeOf(this.#all, ranked)
    this.#all.splice(place, 0, ranked)
    this.#byId.set(id, ranked)
    this.#changes.change(id)
    return Math.min(oldPlace, place) < k ? [[this.#all.slice(0, k).map((each) => each.value)]] : NOTHING
  }

  snapshot(): number {
    return this.#arrival
  }

  subKeyChanges(): SubKeyChanges {
    return this.#changes.take()
  }

  snapshotSubKey(id: string): Version<V> {
    const { value, arrival } = this.#byId.get(id) as Ranked<V>
    return { value, arrival }
  }
}

function rankOf<V>(value: V, by: Rank<V>): number | string {
  const rank: unknown = by(value)
  if (typeof rank === 'string' || (typeof rank === 'number' && !Number.isNaN(rank))) return rank
  throw wrongReturn('by', 'a number or a string, the rank', rank)
}

function isBefore<V>(one: Ranked<V>, other: Ranked<V>): boolean {
  return one.rank > other.rank || (one.rank === other.rank && one.arrival < other.arrival)
}

/** The place of a value in a ranking: where it is, or would go. */
function placeOf<V>(ranking: readonly Ranked<V>[], ranked: Ranked<V>): number {
  let [low, high] = [0, ranking.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(ranking[middle] as Ranked<V>, ranked)) low = middle + 1
    else high = middle
  }
  return low
}

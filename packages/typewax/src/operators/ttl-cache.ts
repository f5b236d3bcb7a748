/** Owns `TtlCache`: values that are fetched when they are needed and again when they are too old. */

import { quote, TypewaxError } from '../errors.ts'

/** What a cache is told when it is made. */
export interface TtlCacheOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Age above which a value is fetched again, in milliseconds. */
  readonly ttlMs: number
}

interface Entry<D> {
  readonly value: D
  readonly fetchedMs: number
}

/** A cache in front of a getter. It has no bound: it holds every key it was ever asked for, unless `remove`d. */
export class TtlCache<K, D> {
  readonly #getter: (key: K) => D
  readonly #options: TtlCacheOptions
  readonly #entries: Map<K, Entry<D>> = new Map()

  constructor(getter: (key: K) => D, options: TtlCacheOptions) {
    this.#getter = getter
    this.#options = options
  }

  /** Gives the value of a key, calling the getter if there is none or if it is older than the limit. What the getter throws is thrown on. */
  get(key: K): D {
    const nowMs = this.#options.now()
    const entry = this.#entries.get(key)
    if (entry !== undefined && nowMs - entry.fetchedMs <= this.#options.ttlMs) return entry.value
    const value = this.#getter(key)
    this.#entries.set(key, { value, fetchedMs: nowMs })
    return value
  }

  /**
   * Forgets a key, so that the next `get` fetches it.
   *
   * @throws `INVALID_ARGUMENT` if the cache does not hold it.
   */
  remove(key: K): void {
    if (!this.#entries.delete(key)) throw new TypewaxError('INVALID_ARGUMENT', `the cache holds no ${quote(key)}; \`get\` it first`)
  }
}

/** Owns `enrichCached`: items joined with looked-up data. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import type { Tuple } from '../dataflow/step.ts'
import type { Stream } from '../dataflow/stream.ts'
import { now as systemNow } from '../time.ts'
import { checkDuration } from './checks.ts'
import { flatMapBatch } from './flat-map-batch.ts'
import { TtlCache } from './ttl-cache.ts'

export interface EnrichOptions {
  /** Age above which a looked-up value is fetched again, in milliseconds. Default: never. */
  readonly ttlMs?: number
  /** Milliseconds since the epoch. Default: the machine's clock. Tests give their own. */
  readonly now?: () => number
}

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Replaces each item by what `mapper` makes of it, with a cache at hand that fetches missing and old values with `getter`. The time is read once
     * a batch.
     *
     * ```ts
     * events.enrichCached('name', (id: number) => names.lookUp(id), (cache, event) => ({ ...event, name: cache.get(event.userId) }))
     * ```
     *
     * `getter` is synchronous: use `mapAsync` for what takes time. Each worker thread has a cache of its own, which lasts as long as the flow's
     * definition. It is not part of the state: after a resume it starts empty.
     */
    enrichCached<K, D, Y>(
      stepId: string,
      getter: (key: K) => D,
      mapper: (cache: TtlCache<K, D>, item: X) => Tuple<Y>,
      options?: EnrichOptions,
    ): Stream<Y>
  }
}

/** The function form of `stream.enrichCached`. */
export function enrichCached<X, K, D, Y>(
  stepId: string,
  up: Stream<X>,
  getter: (key: K) => D,
  mapper: (cache: TtlCache<K, D>, item: X) => Tuple<Y>,
  options: EnrichOptions = {},
): Stream<Y> {
  return compose('enrichCached', stepId, { up }, (inner) => {
    checkFunction('enrichCached', stepId, 'getter', getter)
    checkFunction('enrichCached', stepId, 'mapper', mapper)
    const { ttlMs = Number.POSITIVE_INFINITY, now = systemNow } = options
    checkDuration({ operator: 'enrichCached', stepId, name: 'ttlMs' }, ttlMs)
    checkFunction('enrichCached', stepId, 'now', now)
    let batchMs = 0
    const cache = new TtlCache(getter, { now: () => batchMs, ttlMs })
    return flatMapBatch<X, Y>('flatMapBatch', inner.up, (items) => {
      batchMs = now()
      return items.map((item) => mapper(cache, item))
    })
  })
}

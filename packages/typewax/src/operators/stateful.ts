/** Owns `stateful`: a logic of the user's for each key, one value at a time. */

import { checkFunction, compose } from '../dataflow/operator.ts'
import type { AnnotateTheStateParameter, LogicBuilder, StatefulLogic } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkTtl, type TtlOptions } from './expiring.ts'
import { statefulCore } from './stateful-batch.ts'
import { checkKeyed } from './transform.ts'

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Keeps a logic of your own for each key: it handles values, notifications at times it asks for, and the end of input.
     *
     * ```ts
     * logins.stateful('session', (started: number | undefined, user, _parts, clock) => {
     *   const since = started ?? clock.now()
     *   return {
     *     onItem: (page) => [[{ user, page, since }]],
     *     notifyAt: () => since + minutes(30),
     *     onNotify: () => [[], DISCARD],
     *     snapshot: () => since,
     *   }
     * })
     * ```
     *
     * `builder` is called at the first value of a key, and again after the logic was discarded, even by an earlier value of the same batch; at a
     * resume with the snapshot, for every key. State must be plain data, otherwise `UNSERIALISABLE_STATE`. With `ttlMs` a key
     * is dropped when no value has come for so long.
     */
    stateful<W, S = AnnotateTheStateParameter, P = never>(
      stepId: string,
      builder: LogicBuilder<StatefulLogic<V, W, S, P>, S, P>,
      options?: TtlOptions<V>,
    ): KeyedStream<W>
  }
}

/** The function form of `stream.stateful`. */
export function stateful<V, W, S = AnnotateTheStateParameter, P = never>(
  stepId: string,
  up: KeyedStream<V>,
  builder: LogicBuilder<StatefulLogic<V, W, S, P>, S, P>,
  options?: TtlOptions<V>,
): KeyedStream<W> {
  return compose('stateful', stepId, { up }, (inner) => {
    checkKeyed('stateful', stepId, inner.up)
    checkFunction('stateful', stepId, 'builder', builder)
    checkTtl('stateful', stepId, options)
    return statefulCore('statefulBatch', inner.up, builder, { granularity: 'item', ttl: options })
  })
}

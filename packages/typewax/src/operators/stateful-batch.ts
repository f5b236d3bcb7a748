/** Owns the core operator `statefulBatch`, which all operators with state come down to. */

import { checkFunction, core } from '../dataflow/operator.ts'
import type { AnnotateTheStateParameter, AnyLogicBuilder, CoreOperation, LogicBuilder, StatefulBatchLogic } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkTtl, expiring, type TtlOptions } from './expiring.ts'
import { type AnyDown, checkKeyed } from './transform.ts'

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Keeps a logic of your own for each key, which sees the values of its key in batches. Prefer `stateful` unless a batch is cheaper to handle than
     * its values one by one.
     *
     * - `builder` is called at the first value of a key, and again after the logic was discarded; at a resume with the snapshot, for every key.
     * - Of each batch a logic gets its values in order of arrival; keys are visited in the order of their first value.
     * - `onNotify` and `onEof` visit keys in ascending order of their UTF-8 bytes.
     *
     * State must be plain data: JSON types, `undefined`, bigint, Date, Map, Set, typed arrays, Error. Otherwise `UNSERIALISABLE_STATE`. With `ttlMs` a key
     * is dropped when no value has come for so long.
     */
    statefulBatch<W, S = AnnotateTheStateParameter, P = never>(
      stepId: string,
      builder: LogicBuilder<StatefulBatchLogic<V, W, S, P>, S, P>,
      options?: TtlOptions<V>,
    ): KeyedStream<W>
  }
}

/** The function form of `stream.statefulBatch`. */
export function statefulBatch<V, W, S = AnnotateTheStateParameter, P = never>(
  stepId: string,
  up: KeyedStream<V>,
  builder: LogicBuilder<StatefulBatchLogic<V, W, S, P>, S, P>,
  options?: TtlOptions<V>,
): KeyedStream<W> {
  return statefulCore(stepId, up, builder, { granularity: 'batch', ttl: options })
}

/** How a stateful step calls its logics. */
export interface CoreOptions {
  /** `'item'`: logics see one value at a time, keys mixed, in the order of arrival. */
  readonly granularity: 'batch' | 'item'
  /** The options of the user's that say when keys are dropped. */
  readonly ttl?: TtlOptions<never> | undefined
  /** Whether the logics go by the watermark of the stream. */
  readonly needsWatermarks?: boolean
}

/** Adds the core step. */
export function statefulCore(stepId: string, up: KeyedStream<unknown>, builder: unknown, options: CoreOptions): AnyDown {
  const toOperation = (): CoreOperation => {
    checkKeyed('statefulBatch', stepId, up)
    checkFunction('statefulBatch', stepId, 'builder', builder)
    const ttl = checkTtl('statefulBatch', stepId, options.ttl)
    const logics = builder as AnyLogicBuilder
    const needsWatermarks = options.needsWatermarks === true || ttl?.timestamp !== undefined
    return {
      kind: 'statefulBatch',
      builder: ttl === undefined ? logics : expiring(logics, ttl),
      granularity: options.granularity,
      ...(needsWatermarks && { needsWatermarks }),
    }
  }
  return core('statefulBatch', stepId, { up }, toOperation, { down: true }).down
}

/** Owns the core operator `statefulBatch`, which all operators with state come down to. */

import { checkFunction, core } from '../dataflow/operator.ts'
import type { AnnotateTheStateParameter, AnyLogicBuilder, CoreOperation, LogicBuilder, StatefulBatchLogic } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
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
     * State must be plain data: JSON types, `undefined`, bigint, Date, Map, Set, typed arrays, Error. Otherwise `UNSERIALISABLE_STATE`.
     */
    statefulBatch<W, S = AnnotateTheStateParameter, P = never>(
      stepId: string,
      builder: LogicBuilder<StatefulBatchLogic<V, W, S, P>, S, P>,
    ): KeyedStream<W>
  }
}

/** The function form of `stream.statefulBatch`. */
export function statefulBatch<V, W, S = AnnotateTheStateParameter, P = never>(
  stepId: string,
  up: KeyedStream<V>,
  builder: LogicBuilder<StatefulBatchLogic<V, W, S, P>, S, P>,
): KeyedStream<W> {
  return statefulCore(stepId, up, builder, 'batch')
}

/** Adds the core step. With the granularity `'item'` logics see one value at a time, keys mixed, in the order of arrival. */
export function statefulCore(stepId: string, up: KeyedStream<unknown>, builder: unknown, granularity: 'batch' | 'item'): AnyDown {
  const toOperation = (): CoreOperation => {
    checkKeyed('statefulBatch', stepId, up)
    checkFunction('statefulBatch', stepId, 'builder', builder)
    return { kind: 'statefulBatch', builder: builder as AnyLogicBuilder, granularity }
  }
  return core('statefulBatch', stepId, { up }, toOperation, { down: true }).down
}

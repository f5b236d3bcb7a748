/** Owns the core operator `flatMapBatch`, which all other stateless operators come down to. */

import { checkFunction, core } from '../dataflow/operator.ts'
import type { Transform, Tuple } from '../dataflow/step.ts'
import type { Stream } from '../dataflow/stream.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Replaces each batch by the elements of what `mapper` returns for it. `mapper` never gets an empty batch. Where batches begin and end means
     * nothing: it differs from run to run. For work that is cheaper done for many items at once, such as a query.
     *
     * ```ts
     * ids.flatMapBatch('rows', (batch) => database.prepare('…').all(JSON.stringify(batch)))
     * ```
     *
     * Anything that is not iterable ends the run with `WRONG_RETURN`.
     */
    flatMapBatch<Y>(stepId: string, mapper: (items: readonly X[]) => Iterable<Tuple<Y>>): Stream<Y>
  }
}

/** The function form of `stream.flatMapBatch`. */
export function flatMapBatch<X, Y>(stepId: string, up: Stream<X>, mapper: (items: readonly X[]) => Iterable<Tuple<Y>>): Stream<Y> {
  const toOperation = (): { kind: 'flatMapBatch'; transform: Transform } => {
    checkFunction('flatMapBatch', stepId, 'mapper', mapper)
    return { kind: 'flatMapBatch', transform: { shape: 'batch', fn: mapper as (items: readonly unknown[]) => Iterable<unknown> } }
  }
  return core('flatMapBatch', stepId, { up }, toOperation, { down: false }).down
}

/** Owns the core operator `branch`: one stream becomes two. */

import { checkFunction, core } from '../dataflow/operator.ts'
import type { CoreOperation } from '../dataflow/step.ts'
import { KeyedStream, type Stream } from '../dataflow/stream.ts'

/** The two sides of a branch. */
export interface Branches<out Trues, out Falses> {
  readonly trues: Trues
  readonly falses: Falses
}

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Sends each item to one of two streams, in order. A type guard types both sides; without one both are what this stream is, keyed or not.
     *
     * ```ts
     * const { trues: large, falses: small } = orders.branch('size', (order) => order.amount > 1_000)
     * ```
     *
     * Anything but a boolean ends the run with `WRONG_RETURN`.
     */
    branch<Y extends X>(stepId: string, predicate: (item: X) => item is Y): Branches<Stream<Y>, Stream<Exclude<X, Y>>>
    branch(stepId: string, predicate: (item: X) => boolean): Branches<this, this>
  }
}

/** The function form of `stream.branch`. */
export function branch<X, Y extends X>(stepId: string, up: Stream<X>, predicate: (item: X) => item is Y): Branches<Stream<Y>, Stream<Exclude<X, Y>>>
export function branch<Up extends Stream<unknown>>(stepId: string, up: Up, predicate: (item: Up['~item']) => boolean): Branches<Up, Up>
export function branch(stepId: string, up: Stream<unknown>, predicate: (item: never) => boolean): Branches<Stream<never>, Stream<never>> {
  const toOperation = (): CoreOperation => {
    checkFunction('branch', stepId, 'predicate', predicate)
    return { kind: 'branch', predicate: predicate as (item: unknown) => boolean }
  }
  const isKeyed = up instanceof KeyedStream
  return core('branch', stepId, { up }, toOperation, { trues: isKeyed, falses: isKeyed })
}

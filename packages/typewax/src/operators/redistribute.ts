/** Owns the core operator `redistribute`: spreads work over the workers. */

import { core } from '../dataflow/operator.ts'
import { KeyedStream, type Stream } from '../dataflow/stream.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Sends items to random workers. For costly steps behind an input that only few workers read. Ends any order between items; on one worker it
     * does nothing.
     *
     * ```ts
     * urls.redistribute('spread').map('parse', parsePage)
     * ```
     */
    redistribute(stepId: string): this
  }
}

/** The function form of `stream.redistribute`. */
export function redistribute<Up extends Stream<unknown>>(stepId: string, up: Up): Up {
  return core('redistribute', stepId, { up }, () => ({ kind: 'redistribute' }), { down: up instanceof KeyedStream }).down as unknown as Up
}

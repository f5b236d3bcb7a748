/** Owns `inspect` and the core operator `inspectDebug`: looking at items on their way. */

import { inspect as toText } from 'node:util'
import { checkFunction, compose, core } from '../dataflow/operator.ts'
import type { CoreOperation, Inspector } from '../dataflow/step.ts'
import { KeyedStream, type Stream } from '../dataflow/stream.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Calls `inspector` with each item and passes the item on. Default: prints the step id and the item. Counts as an output; items are seen again
     * when a run is resumed.
     *
     * ```ts
     * words.inspect('see')
     * ```
     */
    inspect(stepId: string, inspector?: (stepId: string, item: X) => void): this

    /** Calls `inspector` with each item, its epoch and the worker it is on, and passes the item on. Default: prints all of it. */
    inspectDebug(stepId: string, inspector?: (stepId: string, item: X, epoch: number, workerIndex: number) => void): this
  }
}

/** The function form of `stream.inspect`. */
export function inspect<Up extends Stream<unknown>>(stepId: string, up: Up, inspector: (stepId: string, item: Up['~item']) => void = printItem): Up {
  return compose('inspect', stepId, { up }, (inner, fullId) => {
    checkFunction('inspect', stepId, 'inspector', inspector)
    return inspectDebug('inspectDebug', inner.up, (_innerId, item) => inspector(fullId, item))
  })
}

/** The function form of `stream.inspectDebug`. */
export function inspectDebug<Up extends Stream<unknown>>(
  stepId: string,
  up: Up,
  inspector: (stepId: string, item: Up['~item'], epoch: number, workerIndex: number) => void = printDebug,
): Up {
  const toOperation = (): CoreOperation => {
    checkFunction('inspectDebug', stepId, 'inspector', inspector)
    return { kind: 'inspectDebug', inspector: inspector as Inspector }
  }
  return core('inspectDebug', stepId, { up }, toOperation, { down: up instanceof KeyedStream }).down as unknown as Up
}

function printItem(stepId: string, item: unknown): void {
  console.log(`${stepId}: ${onOneLine(item)}`)
}

function printDebug(stepId: string, item: unknown, epoch: number, workerIndex: number): void {
  console.log(`${stepId} W${workerIndex} @${epoch}: ${onOneLine(item)}`)
}

function onOneLine(item: unknown): string {
  return toText(item, { breakLength: Number.POSITIVE_INFINITY })
}

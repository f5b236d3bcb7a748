/** Owns `runWorkers`. What it takes is loaded only when it is called: it is most of the engine, and tests of one worker start without it. */

import type { Dataflow } from '../dataflow/dataflow.ts'
import type { RecoveryStore } from '../recovery/store.ts'
import type { ExchangeLimits } from '../runtime/exchange/exchange.ts'
import type { RunOptions, RunReport } from '../runtime/options.ts'

export interface RunWorkersOptions extends Omit<RunOptions, 'workers' | 'host' | 'recovery' | 'export' | 'args'> {
  readonly workers: number
  /** Decides delays and turns. Default 1. */
  readonly seed?: number
  /** Time of day at the beginning, in milliseconds since the epoch. Default 0. */
  readonly startAtMs?: number
  readonly recovery?: RecoveryStore
  /** How many items may be on their way between two workers. Small numbers make for many waits. Default: as in a real run. */
  readonly exchange?: ExchangeLimits
}

/**
 * Runs a flow on several logical workers in this thread: flows that are written inline, sinks that write to the test's own arrays. Everything but the
 * exchange is as in a run with `workers: N`. Time is simulated: it goes on when nothing else happens. Functions and sources that do real input and output
 * make the interleaving theirs, and may find that time has run ahead of them.
 *
 * ```ts
 * await runWorkers(flow, { workers: 3, seed: 7 })
 * ```
 */
export async function runWorkers(flow: Dataflow, options: RunWorkersOptions): Promise<RunReport> {
  const { simulateWorkers } = await import('./simulation.ts')
  return await simulateWorkers(flow, options)
}

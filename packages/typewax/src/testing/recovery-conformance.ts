/** Owns the conformance suite for recovery stores: what `RecoveryStore` and `RecoverySession` promise, as cases that run against anybody's store. */

import type { Awaitable } from '../inputs/source.ts'
import { type ConformanceCase, caseMaker } from './conformance-case.ts'
import { RecoveryBench, type RecoveryStoreSetup } from './recovery-bench.ts'
import * as cases from './recovery-cases.ts'

export type { RecoveryStoreSetup } from './recovery-bench.ts'

/**
 * Makes the cases for a recovery store.
 *
 * @param makeStore Makes a new, empty store. Called once for each case.
 */
export function recoveryStoreConformance(makeStore: () => Awaitable<RecoveryStoreSetup>): ConformanceCase[] {
  const define = caseMaker(async () => new RecoveryBench(await makeStore()))
  return [
    define('open: resumes a new store at the start', cases.checkNew),
    define('open: refuses a second session while one is open', cases.checkLock),
    define('open: refuses another flow', cases.checkOtherFlow),
    define('resumePoint: counts executions and gives the last epoch', cases.checkResumePoint),
    define('nextChunkId: is above every id ever written', cases.checkChunkIds),
    define('load: gives what was written, newest first, again and again', cases.checkRoundTrip),
    define('load: fails on a damaged chunk', cases.checkDamagedChunk),
    define('begin: is what starts an execution, opening does not', cases.checkNotBegun),
    define('begin: drops the state of steps', cases.checkDroppedSteps),
    define('begin: renames steps, all at once', cases.checkRenamedSteps),
    define('begin: refuses to merge the states of two steps', cases.checkRenameToTaken),
    define('write: drops chunks', cases.checkDrops),
    define('write: holds back the drop of a chunk with discards while an older one lives', cases.checkHeldDrops),
    define('write: takes a blob that shares its buffer', cases.checkSharedBuffer),
    define('write: takes many chunks', cases.checkManyChunks),
    define('write: fails out of order', cases.checkOrder),
    define('write: is durable when it resolves', cases.checkCrash),
    define('close: waits for the write under way, and may be called again', cases.checkClose),
  ]
}

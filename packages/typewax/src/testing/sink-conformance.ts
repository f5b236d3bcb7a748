/**
 * Owns the conformance suite for fixed partitioned sinks: what `FixedPartitionedSink` and `StatefulSinkPartition` promise, as cases that run against
 * anybody's connector. The runtime takes no part in it.
 */

import type { Awaitable } from '../inputs/source.ts'
import { checkFailure } from './checks.ts'
import { type ConformanceCase, caseMaker } from './conformance-case.ts'
import { type FixedPartitionedSinkSetup, type RefusedValue, SinkBench } from './sink-bench.ts'
import * as commits from './sink-commit-cases.ts'
import * as positions from './sink-position-cases.ts'
import * as writing from './sink-writing-cases.ts'

/** What the suite is run on. */
export interface FixedPartitionedSinkFixture<V, S> {
  /** Makes a sink with an output of its own. Called once for each case. */
  make(): Awaitable<FixedPartitionedSinkSetup<V, S>>
  /** Whether partitions take back what was written behind their resume state, for exactly-once. Default true; false leaves out what follows from it. */
  readonly canRewind?: boolean
  /** Whether partitions have `prepare` and `commit`. Default false. */
  readonly isTwoPhase?: boolean
  /** Values that a partition must refuse. */
  readonly refuses?: readonly RefusedValue[]
}

/** Makes the cases for a fixed partitioned sink. */
export function fixedPartitionedSinkConformance<V, S>(fixture: FixedPartitionedSinkFixture<V, S>): ConformanceCase[] {
  const { canRewind = true, isTwoPhase = false, refuses = [] } = fixture
  const define = caseMaker(async () => await SinkBench.make(await fixture.make()))
  const cases = [
    define('listParts: gives names without duplicates, the same each time', writing.checkNames),
    define('partFn: gives one non-negative integer for a key, on every sink object', writing.checkPartFn),
    define('buildPart: makes every partition, also those that get no value', writing.checkEmptyParts),
    define('prepare: is there only if the fixture says isTwoPhase', async (bench) => await commits.checkKind(bench, isTwoPhase)),
    define('writeBatch: writes values in order, in batches of any size', writing.checkOrder),
    define('writeBatch: keeps partitions apart that are written by turns', writing.checkApart),
    define('flush: makes visible what was written before', writing.checkFlush),
    define('snapshot: is plain data and does not change later', positions.checkSnapshots),
    define('close: comes after the last commit, keeps the output and releases everything', writing.checkClose),
    define('signal: ends a partition in the middle, and the next execution writes again', writing.checkSignal),
  ]
  if (canRewind) cases.push(...rewindCases(define))
  if (canRewind && !isTwoPhase) cases.push(define('buildPart: rewinds further back than the last resume', positions.checkOlderPositions))
  if (isTwoPhase) cases.push(...twoPhaseCases(define))
  return [...cases, ...refuses.map((refused) => define(`writeBatch: fails with ${refused.code} for ${refused.name}`, refusal(refused)))]
}

type Define<V, S> = (name: string, body: (bench: SinkBench<V, S>) => Promise<void>) => ConformanceCase

function rewindCases<V, S>(define: Define<V, S>): ConformanceCase[] {
  return [
    define('buildPart: empties the partition when there is no resume state', positions.checkFreshStart),
    define('buildPart: does not change the resume state', positions.checkResumeStateIsKept),
    define('buildPart: takes back what was flushed behind the snapshot, at every position', positions.checkEveryPosition),
    define('buildPart: takes back what was written and not flushed', positions.checkUnflushed),
    define('snapshot: loses and repeats nothing when resumed after each value', positions.checkResumedAfterEach),
    define('snapshot: can be resumed twice', positions.checkResumedTwice),
    define('snapshot: is right before anything was written', positions.checkWithoutWrite),
  ]
}

function twoPhaseCases<V, S>(define: Define<V, S>): ConformanceCase[] {
  return [
    define('prepare: shows nothing before the commit', commits.checkHidden),
    define('commit: changes nothing when it is repeated', commits.checkRepeated),
    define('commit: works in the next execution if the one that prepared has crashed', commits.checkAfterCrash),
  ]
}

function refusal<V, S>({ value, code }: RefusedValue): (bench: SinkBench<V, S>) => Promise<void> {
  return async (bench) => {
    const writer = await bench.build(bench.part)
    await writer.epoch(bench.values.slice(0, 1))
    await checkFailure(code, async () => void (await writer.epoch([value as V])))
  }
}

/**
 * Owns the conformance suite for fixed partitioned sources: what `FixedPartitionedSource` and `StatefulSourcePartition` promise, as cases that run
 * against anybody's connector. The runtime takes no part in it.
 */

import type { Awaitable, FixedPartitionedSource } from '../inputs/source.ts'
import { checkFailure } from './checks.ts'
import { type ConformanceCase, caseMaker } from './conformance-case.ts'
import { type FixedPartitionedSourceSetup, SourceBench } from './source-bench.ts'
import * as positions from './source-position-cases.ts'
import * as reading from './source-reading-cases.ts'

/** A source that must fail, and how. */
export interface FailingSource<X, S> {
  /** What is wrong with it, such as `a file that is no JSON`. */
  readonly name: string
  /** `code` of the error that listing, building or reading its partitions ends with. */
  readonly code: string
  make(): Awaitable<{ readonly source: FixedPartitionedSource<X, S>; readonly cleanup?: () => Awaitable<void> }>
}

/** What the suite is run on. */
export interface FixedPartitionedSourceFixture<X, S> {
  /** Makes a source over data of its own. Called once for each case. */
  make(): Awaitable<FixedPartitionedSourceSetup<X, S>>
  /** Whether partitions never end, as those of a broker: then nothing is asked about EOF. Default false. */
  readonly isEndless?: boolean
  readonly failures?: readonly FailingSource<X, S>[]
}

/** Makes the cases for a fixed partitioned source. */
export function fixedPartitionedSourceConformance<X, S>(fixture: FixedPartitionedSourceFixture<X, S>): ConformanceCase[] {
  const isEndless = fixture.isEndless ?? false
  const define = caseMaker(async () => new SourceBench(await fixture.make(), isEndless))
  const cases = [
    define('listParts: gives the names of all partitions, again and again', reading.checkNames),
    define('listParts: changes nothing when it is called while a partition is read', reading.checkListingWhileReading),
    define('buildPart: starts at the beginning when there is no resume state', reading.checkBeginning),
    define('buildPart: does not change the resume state', positions.checkResumeStateIsKept),
    define('buildPart: keeps nothing on the source when one partition is read twice at once', reading.checkTwoBuilds),
    define('buildPart: keeps nothing on the source when all partitions are read at once', reading.checkAllAtOnce),
    define('nextBatch: returns no promise when the partition says isSynchronous', reading.checkSynchronous),
    define('snapshot: is plain data and does not change later', positions.checkSnapshots),
    define('snapshot: changes nothing', positions.checkSnapshotIsPure),
    define('snapshot: gives exactly the items behind it when resumed, at every position', positions.checkEveryPosition),
    define('snapshot: gives the same items when it is resumed twice', positions.checkResumedTwice),
    define('snapshot: goes on being right after a resume', positions.checkResumedOfResumed),
    define('progress: never goes back and never passes the end', reading.checkProgress),
    define('signal: ends a partition in the middle, and the next execution reads it all', reading.checkSignal),
  ]
  if (!isEndless) {
    cases.push(
      define('nextBatch: gives EOF as a value, and gives it again', reading.checkEof),
      define('snapshot: gives nothing but EOF when resumed at the end', positions.checkResumedAtEnd),
      define('close: comes after EOF and releases everything', reading.checkClose),
    )
  }
  return [...cases, ...(fixture.failures ?? []).map(failureCase)]
}

function failureCase<X, S>({ name, code, make }: FailingSource<X, S>): ConformanceCase {
  const define = caseMaker(async () => {
    const { source, cleanup } = await make()
    const setup = { source, expected: new Map<string, readonly X[]>() }
    return new SourceBench<X, S>(cleanup === undefined ? setup : { ...setup, cleanup }, false)
  })
  return define(`failure: is ${code} for ${name}`, async (bench) => {
    await checkFailure(code, async () => {
      for (const part of await bench.source.listParts()) await (await bench.build(part)).toEnd(Number.POSITIVE_INFINITY, false)
    })
  })
}

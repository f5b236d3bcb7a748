/** Owns the tests of the source suite: it passes on a right source, and each kind of broken source fails on the case made for it. */

import { deepStrictEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { Batch, PartitionContext } from '../../src/index.ts'
import { EOF, FixedPartitionedSource, StatefulSourcePartition } from '../../src/inputs/index.ts'
import { fixedPartitionedSourceConformance, TestingSource } from '../../src/testing/index.ts'
import { failing, testSuite } from './suites.ts'

const DATA = new Map([
  ['left', ['a', 'b', 'c', 'd', 'e']],
  ['right', ['é', '東', '😀']],
  ['none', []],
])

/** A position that is no mere number, so that it can be aliased. */
interface Place {
  next: number
}

/** How a source is broken; each field one way. */
interface Faults {
  readonly throwsAtEnd?: boolean
  readonly endsOnce?: boolean
  readonly snapshotOffset?: number
  readonly isAliasing?: boolean
  readonly isClassInstance?: boolean
  readonly keepsOnSource?: boolean
  readonly keepsAcrossBuilds?: boolean
  readonly changesResumeState?: boolean
  readonly snapshotMoves?: boolean
  readonly listingResets?: boolean
  readonly renames?: boolean
  readonly leaks?: boolean
  readonly leaksAfterClose?: boolean
  readonly signalBreaksSource?: boolean
  readonly liesSynchronous?: boolean
  readonly progressGoesBack?: boolean
  readonly ignoresResumeState?: boolean
}

class PlaceInstance implements Place {
  next: number
  constructor(next: number) {
    this.next = next
  }
}

class ArraySource extends FixedPartitionedSource<string, Place> {
  readonly faults: Faults
  handles = 0
  isBroken = false
  #listings = 0
  readonly #shared: Place = { next: 0 }
  readonly #kept = new Map<string, Place>()

  constructor(faults: Faults) {
    super()
    this.faults = faults
  }

  override listParts(): string[] {
    this.#listings += 1
    if (this.faults.listingResets) this.#shared.next = 0
    return [...DATA.keys()].map((part) => (this.faults.renames ? `${part}${this.#listings}` : part))
  }

  override buildPart(part: string, resumeState: Place | undefined, context: PartitionContext): ArrayPartition {
    return new ArrayPartition(this, DATA.get(part) ?? [], this.#placeFor(part, resumeState), context)
  }

  #placeFor(part: string, resumeState: Place | undefined): Place {
    const { keepsOnSource, listingResets, keepsAcrossBuilds, changesResumeState, ignoresResumeState } = this.faults
    if (keepsOnSource || listingResets) {
      this.#shared.next = resumeState?.next ?? 0
      return this.#shared
    }
    if (keepsAcrossBuilds) {
      const kept = this.#kept.get(part) ?? { next: resumeState?.next ?? 0 }
      this.#kept.set(part, kept)
      return kept
    }
    if (ignoresResumeState) return { next: 0 }
    return changesResumeState && resumeState !== undefined ? resumeState : { next: resumeState?.next ?? 0 }
  }
}

class ArrayPartition extends StatefulSourcePartition<string, Place> {
  override readonly isSynchronous: boolean
  readonly #source: ArraySource
  readonly #items: readonly string[]
  readonly #place: Place
  #hasEnded = false
  #isOpen = true

  constructor(source: ArraySource, items: readonly string[], place: Place, { signal }: PartitionContext) {
    super()
    const { faults } = source
    this.isSynchronous = faults.liesSynchronous ?? false
    this.#source = source
    this.#items = items
    this.#place = place
    source.handles += 1
    signal.addEventListener('abort', () => {
      if (!faults.leaks) this.#release()
      if (faults.signalBreaksSource && !this.#hasEnded) source.isBroken = true
    })
  }

  override async nextBatch(): Promise<Batch<string>> {
    const { faults, isBroken } = this.#source
    if (isBroken) throw new Error('the shared client is gone')
    if (this.#place.next >= this.#items.length) {
      if (faults.throwsAtEnd) throw new Error('end of file')
      if (faults.endsOnce && this.#hasEnded) return []
      this.#hasEnded = true
      return EOF
    }
    return [this.#items[this.#place.next++] as string]
  }

  override snapshot(): Place {
    const { faults } = this.#source
    if (faults.isAliasing) return this.#place
    const next = this.#place.next + (faults.snapshotOffset ?? 0)
    if (faults.snapshotMoves) this.#place.next += 1
    return faults.isClassInstance ? new PlaceInstance(next) : { next }
  }

  override progress() {
    const { next } = this.#place
    return { position: this.#source.faults.progressGoesBack ? -next : next, end: this.#items.length, unit: 'items' as const }
  }

  override close(): void {
    if (!this.#source.faults.leaksAfterClose) this.#release()
  }

  #release(): void {
    if (this.#isOpen) this.#source.handles -= 1
    this.#isOpen = false
  }
}

function suiteFor(faults: Faults, isEndless = false) {
  return fixedPartitionedSourceConformance({
    isEndless,
    make: () => {
      const source = new ArraySource(faults)
      return { source, expected: DATA, countHandles: () => source.handles }
    },
  })
}

testSuite('a right source', suiteFor({}))
testSuite('a right source read as an endless one', suiteFor({}, true))

for (const batchSize of [1, 2, 7]) {
  testSuite(
    `TestingSource with batches of ${batchSize}`,
    fixedPartitionedSourceConformance({
      make: () => ({
        source: new TestingSource(['a', 'b', null, 'd', 'e'], { batchSize }),
        expected: new Map([['iterable', ['a', 'b', null, 'd', 'e']]]),
      }),
    }),
  )
}

const MUTANTS: readonly (readonly [what: string, faults: Faults, failsOn: string])[] = [
  ['throws at the end', { throwsAtEnd: true }, 'nextBatch: gives EOF'],
  ['gives EOF only once', { endsOnce: true }, 'nextBatch: gives EOF'],
  ['has a snapshot one too low', { snapshotOffset: -1 }, 'snapshot: gives exactly'],
  ['has a snapshot one too high', { snapshotOffset: 1 }, 'snapshot: gives exactly'],
  ['returns its live position', { isAliasing: true }, 'snapshot: is plain data'],
  ['returns an instance of a class', { isClassInstance: true }, 'snapshot: is plain data'],
  ['keeps the position on the source', { keepsOnSource: true }, 'buildPart: keeps nothing on the source when one'],
  ['keeps one position for all partitions', { keepsOnSource: true }, 'buildPart: keeps nothing on the source when all'],
  ['goes on where the last build was', { keepsAcrossBuilds: true }, 'snapshot: gives the same items when it is resumed twice'],
  ['moves the resume state', { changesResumeState: true }, 'buildPart: does not change'],
  ['moves at a snapshot', { snapshotMoves: true }, 'snapshot: changes nothing'],
  ['starts over when it is listed', { listingResets: true }, 'listParts: changes nothing'],
  ['lists other names each time', { renames: true }, 'listParts: gives the names'],
  ['releases nothing at the signal', { leaks: true }, 'signal: '],
  ['releases nothing at close', { leaksAfterClose: true }, 'close: '],
  ['ends what all executions share at the signal', { signalBreaksSource: true }, 'signal: '],
  ['returns promises and says isSynchronous', { liesSynchronous: true }, 'nextBatch: returns no promise'],
  ['goes back in its progress', { progressGoesBack: true }, 'progress: '],
  ['ignores the resume state', { ignoresResumeState: true }, 'snapshot: gives exactly'],
  ['ignores the resume state at the end', { ignoresResumeState: true }, 'snapshot: gives nothing but EOF'],
  ['loses count when it is resumed again and again', { snapshotOffset: 1 }, 'snapshot: goes on being right'],
]

for (const [what, faults, failsOn] of MUTANTS) {
  test(`fixedPartitionedSourceConformance: fails on "${failsOn}…" for a source that ${what}`, async () => {
    const failed = await failing(suiteFor(faults))
    ok(
      failed.some((name) => name.startsWith(failsOn)),
      `failed: ${failed.join(' | ') || 'nothing'}`,
    )
  })
}

test('fixedPartitionedSourceConformance: finds an off-by-one in an endless source', async () => {
  ok((await failing(suiteFor({ snapshotOffset: -1 }, true))).some((name) => name.startsWith('snapshot: gives exactly')))
})

test('fixedPartitionedSourceConformance: checks the code of a failure', async () => {
  const suite = fixedPartitionedSourceConformance({
    make: () => ({ source: new ArraySource({}), expected: DATA }),
    failures: [
      { name: 'a right code', code: 'ENOENT', make: () => ({ source: new FailingSource('ENOENT') }) },
      { name: 'a wrong code', code: 'ENOENT', make: () => ({ source: new FailingSource('EACCES') }) },
      { name: 'no failure', code: 'ENOENT', make: () => ({ source: new FailingSource(undefined) }) },
    ],
  })
  deepStrictEqual(await failing(suite), ['failure: is ENOENT for a wrong code', 'failure: is ENOENT for no failure'])
})

class FailingSource extends FixedPartitionedSource<string, Place> {
  readonly #code: string | undefined

  constructor(code: string | undefined) {
    super()
    this.#code = code
  }

  override listParts(): string[] {
    if (this.#code !== undefined) throw Object.assign(new Error('cannot list'), { code: this.#code })
    return []
  }

  override buildPart(): never {
    throw new Error('not reached')
  }
}

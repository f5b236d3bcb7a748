/** Owns the tests of the choice of the resume epoch: literal cases, and random histories with crashes and old copies. */

import { deepStrictEqual, strictEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isTypewaxError } from '../../src/errors.ts'
import { findResumeEpoch, type PartProgress } from '../../src/recovery/sqlite/resume.ts'

type Commit = readonly [epoch: number, execution: number]

/** A file; executions are given by number, with an id that is the same in every file. */
function part(path: string, oldestEpoch: number, executions: readonly number[], commits: readonly Commit[]): PartProgress {
  return {
    path,
    oldestEpoch,
    executions: executions.map((number) => ({ number, id: `id-${number}` })),
    commits: commits.map(([epoch, execution]) => ({ epoch, execution })),
  }
}

function failsWith(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => isTypewaxError(error) && error.code === code && message.test(error.message)
}

test('findResumeEpoch: gives 0 when nothing was committed', () => {
  strictEqual(findResumeEpoch([part('p0', 0, [], []), part('p1', 0, [], [])]), 0)
})

test('findResumeEpoch: gives 0 when the first epoch reached some files only', () => {
  strictEqual(findResumeEpoch([part('p0', 0, [0], [[1, 0]]), part('p1', 0, [0], [])]), 0)
})

test('findResumeEpoch: gives the newest epoch that all files have', () => {
  const behind = part(
    'p1',
    4,
    [0],
    [
      [4, 0],
      [7, 0],
    ],
  )
  const ahead = part(
    'p0',
    7,
    [0],
    [
      [7, 0],
      [9, 0],
    ],
  )
  strictEqual(findResumeEpoch([ahead, behind]), 7)
  strictEqual(findResumeEpoch([behind, ahead]), 7)
})

test('findResumeEpoch: goes on when an execution reached some files only before it crashed', () => {
  const epochs: Commit[] = [
    [2, 0],
    [3, 0],
  ]
  strictEqual(findResumeEpoch([part('p0', 2, [0, 1, 2], epochs), part('p1', 2, [0], epochs)]), 3)
})

test('findResumeEpoch: goes on when one file has forgotten an execution that another refers to', () => {
  strictEqual(
    findResumeEpoch([
      part(
        'p0',
        5,
        [3],
        [
          [5, 3],
          [6, 3],
        ],
      ),
      part(
        'p1',
        4,
        [2, 3],
        [
          [4, 2],
          [5, 3],
        ],
      ),
    ]),
    5,
  )
})

test('findResumeEpoch: refuses an old copy that ends before what the others kept', () => {
  const parts = [
    part(
      'p0',
      8,
      [0],
      [
        [8, 0],
        [9, 0],
      ],
    ),
    part(
      'p1',
      4,
      [0],
      [
        [4, 0],
        [5, 0],
      ],
    ),
  ]
  throws(() => findResumeEpoch(parts), failsWith('STORE_STALE', /p1 is an old copy: it ends at epoch 5, but p0 .* from epoch 8/))
})

test('findResumeEpoch: refuses an old copy that does not know an execution, although its epochs would fit', () => {
  const parts = [
    part(
      'p0',
      0,
      [0, 1],
      [
        [1, 0],
        [2, 1],
        [3, 1],
      ],
    ),
    part(
      'p1',
      0,
      [0],
      [
        [1, 0],
        [2, 0],
      ],
    ),
  ]
  throws(() => findResumeEpoch(parts), failsWith('STORE_STALE', /p1 is an old copy: it does not know execution 1/))
})

test('findResumeEpoch: accepts an old copy from the same execution while its last epoch is restorable', () => {
  strictEqual(
    findResumeEpoch([
      part(
        'p0',
        2,
        [0],
        [
          [2, 0],
          [3, 0],
          [4, 0],
        ],
      ),
      part(
        'p1',
        1,
        [0],
        [
          [1, 0],
          [2, 0],
        ],
      ),
    ]),
    2,
  )
})

test('findResumeEpoch: refuses files that went separate ways', () => {
  const one = part(
    'p0',
    0,
    [0, 1],
    [
      [1, 0],
      [2, 1],
    ],
  )
  const other: PartProgress = {
    ...part('p1', 0, [0], [[1, 0]]),
    executions: [
      { number: 0, id: 'id-0' },
      { number: 1, id: 'another' },
    ],
  }
  throws(() => findResumeEpoch([one, other]), failsWith('STORE_STALE', /p0 and p1 have different histories from execution 1 on/))
})

test('findResumeEpoch: calls a file that contradicts itself corrupt', () => {
  throws(() => findResumeEpoch([part('p0', 8, [0], [[3, 0]])]), failsWith('STORE_CORRUPT', /p0.* ends at epoch 3/))
  throws(() => findResumeEpoch([part('p0', 1, [1], [[3, 2]])]), failsWith('STORE_CORRUPT', /commit of execution 2/))
  const gaps = [
    part(
      'p0',
      1,
      [0],
      [
        [1, 0],
        [3, 0],
      ],
    ),
    part(
      'p1',
      2,
      [0],
      [
        [2, 0],
        [4, 0],
      ],
    ),
  ]
  throws(() => findResumeEpoch(gaps), failsWith('STORE_CORRUPT', /no restorable epoch in common/))
})

/** What happens to a store of some files, as a run does it. `reached` is the number of files that a crash lets it reach. */
type Happening =
  | { readonly kind: 'write'; readonly reached: number; readonly keep: number }
  | { readonly kind: 'begin'; readonly reached: number }
  | { readonly kind: 'copy'; readonly index: number }

const FILES = 3
const reached = fc.oneof({ weight: 4, arbitrary: fc.constant(FILES) }, { weight: 1, arbitrary: fc.nat(FILES - 1) })
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), reached, keep: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('begin' as const), reached }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('copy' as const), index: fc.nat(FILES - 1) }) },
)

/** Files that go through happenings; keeps copies of them on the way. */
class History {
  parts: PartProgress[] = Array.from({ length: FILES }, (_, index) => part(`p${index}`, 0, [], []))
  readonly copies: { readonly index: number; readonly part: PartProgress }[] = []
  /** What a run that is right knows: the last epoch that all files have. */
  committed = 0
  #execution = -1
  #isRunning = false

  apply(step: Happening): void {
    if (step.kind === 'copy') this.copies.push({ index: step.index, part: this.parts[step.index] as PartProgress })
    else if (step.kind === 'begin' || !this.#isRunning) this.#begin(step.reached)
    else this.#write(step.reached, step.keep)
  }

  #begin(reach: number): void {
    strictEqual(findResumeEpoch(this.parts), this.committed)
    this.#execution += 1
    const execution = { number: this.#execution, id: `id-${this.#execution}` }
    const heard = Math.min(
      ...this.parts.map(({ executions, commits }) => Math.min(executions.at(-1)?.number ?? -1, commits[0]?.execution ?? Infinity)),
    )
    this.#change(reach, (file) => ({
      ...file,
      commits: file.commits.filter(({ epoch }) => epoch <= this.committed),
      executions: [...file.executions.filter(({ number }) => number >= heard), execution],
    }))
    this.#isRunning = reach === FILES
  }

  #write(reach: number, keep: number): void {
    const epoch = this.committed + 1
    const restorable = [...(this.parts[0] as PartProgress).commits.map((commit) => commit.epoch)].slice(-1 - keep)
    const oldestEpoch = Math.max(restorable[0] ?? 0, ...this.parts.map((file) => file.oldestEpoch))
    const commit = { epoch, execution: this.#execution }
    this.#change(reach, (file) => ({ ...file, oldestEpoch, commits: [...file.commits.filter((other) => other.epoch >= oldestEpoch), commit] }))
    if (reach === FILES) this.committed = epoch
    else this.#isRunning = false
  }

  #change(reach: number, change: (file: PartProgress) => PartProgress): void {
    this.parts = this.parts.map((file, index) => (index < reach ? change(file) : file))
  }
}

test('findResumeEpoch: gives the last epoch that all files committed, whatever crashes came before', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (steps) => {
      const history = new History()
      for (const step of steps) history.apply(step)
      strictEqual(findResumeEpoch(history.parts), history.committed)
    }),
    { numRuns: 500 },
  )
})

test('findResumeEpoch: with an old copy of a file among the others, refuses or gives an epoch that all can restore', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), fc.nat(), (steps, pick) => {
      const history = new History()
      for (const step of steps) history.apply(step)
      const copy = history.copies[pick % Math.max(1, history.copies.length)]
      fc.pre(copy !== undefined)
      const parts = history.parts.with(copy?.index ?? 0, copy?.part as PartProgress)
      let epoch: number
      try {
        epoch = findResumeEpoch(parts)
      } catch (error) {
        // An old copy is named as such: nothing is damaged.
        strictEqual(isTypewaxError(error) && error.code, 'STORE_STALE')
        return
      }
      const commits = parts.map((file) => file.commits.find((commit) => commit.epoch === epoch))
      deepStrictEqual(new Set(commits.map((commit) => commit?.execution)).size, 1, 'all files mean the same epoch')
      for (const file of parts) strictEqual(file.oldestEpoch <= epoch, true)
    }),
    { numRuns: 1_000 },
  )
})

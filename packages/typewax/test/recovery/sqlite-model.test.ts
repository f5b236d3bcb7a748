/** Owns the tests of the SQLite store against a naive model: random epochs, drops, crashes between the transactions of any two files, old copies. */

import { rejects, strictEqual } from 'node:assert/strict'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { isTypewaxError } from '../../src/errors.ts'
import { SqliteRecoveryStore } from '../../src/recovery/index.ts'
import { partPath } from '../../src/recovery/sqlite/store-directory.ts'
import type { RecoverySession } from '../../src/recovery/store.ts'
import { temporaryDirectory } from './directories.ts'
import { copyPart, failInserts, heal } from './faults.ts'
import { type EpochPlan, KEY_COUNT, Model, STEP_COUNT, stepIdOf } from './model.ts'

const change = fc.record({ step: fc.nat(STEP_COUNT - 1), key: fc.nat(KEY_COUNT - 1), isDiscard: fc.boolean() })
/** Written in the thread of the session, as the last epoch of a run is: a thread for each would take minutes. */
const epochPlan: fc.Arbitrary<EpochPlan> = fc.record({
  chunks: fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 3 }),
  drops: fc.array(fc.nat(), { maxLength: 4 }),
  isComplete: fc.constant(true),
})

interface Execution {
  readonly epochs: readonly EpochPlan[]
  /** File before whose transaction the last epoch crashes. */
  readonly crashAt: number | undefined
  /** File before whose transaction the beginning crashes; then there are no epochs. */
  readonly beginCrashAt: number | undefined
  readonly droppedStep: number | undefined
  readonly backupIntervalMs: number
  /** Milliseconds between two epochs. */
  readonly paceMs: number
}

const crash = fc.option(fc.nat(9), { nil: undefined })
const execution: fc.Arbitrary<Execution> = fc.record({
  epochs: fc.array(epochPlan, { minLength: 1, maxLength: 5 }),
  crashAt: crash,
  beginCrashAt: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(9) }),
  droppedStep: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(STEP_COUNT - 1) }),
  backupIntervalMs: fc.constantFrom(0, 0, 25, 1_000_000),
  paceMs: fc.constantFrom(1, 10, 100),
})

/** A store, the model of it, and a clock. */
class Trial implements Disposable {
  readonly model = new Model()
  readonly dir: string
  readonly partitions: number
  nowMs = 1_000
  readonly #remove: () => void

  constructor(partitions: number) {
    const { path, remove } = temporaryDirectory()
    this.dir = path
    this.partitions = partitions
    this.#remove = remove
  }

  async open(backupIntervalMs: number): Promise<RecoverySession> {
    const store = new SqliteRecoveryStore(this.dir, { partitions: this.partitions, now: () => this.nowMs })
    return await store.open({ flowId: 'f', backupIntervalMs })
  }

  async run(plan: Execution): Promise<void> {
    const session = await this.open(plan.backupIntervalMs)
    try {
      await this.model.check(session)
      if (await this.#begin(session, plan)) await this.#write(session, plan)
    } finally {
      await session.close()
      for (let index = 0; index < this.partitions; index++) heal(this.dir, index)
    }
  }

  [Symbol.dispose](): void {
    this.#remove()
  }

  /** Whether the execution has begun. A crash after the first file leaves its changes decided. */
  async #begin(session: RecoverySession, { beginCrashAt, droppedStep }: Execution): Promise<boolean> {
    const droppedSteps = droppedStep === undefined ? [] : [stepIdOf(droppedStep)]
    const crashAt = beginCrashAt === undefined ? undefined : beginCrashAt % this.partitions
    if (crashAt !== undefined) failInserts(this.dir, crashAt, 'executions')
    if (crashAt === undefined) await session.begin({ droppedSteps })
    else await rejects(() => session.begin({ droppedSteps }), /power cut/)
    if (crashAt !== 0) for (const stepId of droppedSteps) this.model.dropStep(stepId)
    return crashAt === undefined
  }

  async #write(session: RecoverySession, { epochs, crashAt, paceMs }: Execution): Promise<void> {
    let { nextChunkId } = session
    // Epochs without changes are not written, so numbers may be left out.
    for (const [index, epochPlan] of epochs.entries()) {
      const { write, commit } = this.model.plan(epochPlan, this.model.epoch + 1 + (index % 2), nextChunkId)
      nextChunkId += write.chunks.length
      this.nowMs += paceMs
      if (crashAt !== undefined && index === epochs.length - 1) {
        failInserts(this.dir, crashAt % this.partitions, 'commits')
        await rejects(() => session.write(write), /power cut/)
        await rejects(() => session.write({ ...write, epoch: write.epoch + 1 }), /power cut/)
      } else {
        await session.write(write)
        commit()
      }
    }
  }
}

for (const partitions of [1, 2, 4]) {
  test(`sqlite store: gives back what the last committed epoch held, whatever crashes came before, files: ${partitions}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(execution, { minLength: 1, maxLength: 5 }), async (executions) => {
        using trial = new Trial(partitions)
        for (const each of executions) await trial.run(each)
        const session = await trial.open(0)
        await trial.model.check(session)
        await session.close()
      }),
      { numRuns: 60 },
    )
  })
}

/** Without decisions that are only in one file: an old copy of that one takes them back, as if they had never been made. */
const undecided = execution.filter(({ beginCrashAt, droppedStep }) => beginCrashAt === undefined || droppedStep === undefined)

test('sqlite store: with an old copy of a file, refuses it or resumes at an older epoch that is whole', async () => {
  const outcomes = { refused: 0, resumed: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(undecided, { minLength: 2, maxLength: 4 }), fc.nat(1), fc.nat(), async (executions, index, pick) => {
      using trial = new Trial(2)
      const copyAfter = pick % (executions.length - 1)
      const copy = join(trial.dir, 'copy')
      for (const [position, each] of executions.entries()) {
        await trial.run(each)
        if (position === copyAfter) copyPart(trial.dir, index, copy)
      }
      cpSync(copy, partPath(trial.dir, index))
      rmSync(copy)
      let session: RecoverySession
      try {
        session = await trial.open(0)
      } catch (error) {
        strictEqual(isTypewaxError(error) && error.code, 'STORE_STALE')
        outcomes.refused += 1
        return
      }
      trial.model.resume(session.resumePoint.committedEpoch)
      await trial.model.check(session)
      await session.close()
      outcomes.resumed += 1
    }),
    { numRuns: 60 },
  )
  strictEqual(outcomes.refused > 0 && outcomes.resumed > 0, true, `both outcomes must come up, got ${JSON.stringify(outcomes)}`)
})

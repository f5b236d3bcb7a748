/**
 * Owns what a run does with its store: opens it, compares what is stored with the steps of the plan, loads state, begins the execution, writes epochs.
 * Without a store everything is answered as if it were empty, and epochs are committed at once.
 */

import type { Plan, PlanStep } from '../dataflow/plan.ts'
import { isTypewaxError, quote, TypewaxError } from '../errors.ts'
import { effectiveChanges, type StepChanges } from '../recovery/step-changes.ts'
import type { EpochWrite, RecoverySession, RecoveryStore, ResumePoint, StoredChunk } from '../recovery/store.ts'
import type { RunOptions } from './options.ts'
import { type LoadedStep, loadStep } from './state/load.ts'

const STATEFUL_KINDS = new Set(['input', 'output', 'assignWatermarks', 'merge', 'statefulBatch'])

export class RecoveryRun {
  readonly resumePoint: ResumePoint
  readonly hasStore: boolean
  readonly #plan: Plan
  readonly #session: RecoverySession | undefined
  /** Ids in the store by ids in the plan, for steps that got another name. */
  readonly #storedIds: ReadonlyMap<string, string>
  readonly #changes: StepChanges
  #nextChunkId: number
  /** Whether the store says, as of its last epoch, that all input had ended. */
  #isComplete: boolean

  private constructor(session: RecoverySession | undefined, plan: Plan, options: RunOptions) {
    this.#plan = plan
    this.#session = session
    this.hasStore = session !== undefined
    this.resumePoint = session?.resumePoint ?? { execution: 0, committedEpoch: 0, isComplete: false }
    this.#nextChunkId = session?.nextChunkId ?? 0
    this.#isComplete = this.resumePoint.isComplete
    const stored = session?.stepIds ?? []
    this.#changes = effectiveChanges(
      { droppedSteps: options.dropState ?? [], renamedSteps: new Map(Object.entries(options.renameState ?? {})) },
      stored,
    )
    this.#storedIds = new Map(this.#changes.renamed.map(([from, to]) => [to, from]))
    checkSteps(plan, stored, this.#changes)
  }

  /** Opens the store and checks that the plan can use it. Nothing is changed yet. */
  static async open(plan: Plan, store: RecoveryStore | undefined, options: RunOptions): Promise<RecoveryRun> {
    const session = await store?.open({ flowId: plan.flowId, backupIntervalMs: options.backupIntervalMs ?? 0 })
    try {
      return new RecoveryRun(session, plan, options)
    } catch (error) {
      await session?.close()
      throw error
    }
  }

  nextChunkId(): number {
    return this.#nextChunkId++
  }

  async load(step: PlanStep): Promise<LoadedStep | undefined> {
    const storedId = this.#storedIdOf(step)
    if (this.#session === undefined || storedId === undefined || !this.#session.stepIds.includes(storedId)) return undefined
    try {
      return await loadStep(this.#session, storedId)
    } catch (error) {
      throw inStep(step, error)
    }
  }

  /** What is stored of a step, newest first, for somebody else to put together. */
  async *loadChunks(stepId: string): AsyncGenerator<StoredChunk, void> {
    const step = this.#plan.steps.find((each) => each.stepId === stepId)
    const storedId = step && this.#storedIdOf(step)
    if (step === undefined || storedId === undefined || !this.#session?.stepIds.includes(storedId)) return
    try {
      yield* this.#session.load(storedId)
    } catch (error) {
      throw inStep(step, error)
    }
  }

  /** Above the ids of all chunks that are stored. */
  get firstChunkId(): number {
    return this.#nextChunkId
  }

  /** Begins the execution: durably forgets what an earlier one left of epochs that were never committed. */
  async begin(): Promise<void> {
    const { dropped, renamed } = this.#changes
    await this.#session?.begin({ droppedSteps: dropped, renamedSteps: new Map(renamed) })
  }

  /** Makes an epoch durable; nothing is written for one in which nothing changed. */
  readonly commit = (write: EpochWrite): Promise<void> | undefined => {
    const isNewlyComplete = write.isComplete && !this.#isComplete
    if (write.chunks.length === 0 && write.droppedChunks.length === 0 && !isNewlyComplete) return undefined
    this.#isComplete = write.isComplete
    return this.#session?.write(write)
  }

  async close(): Promise<void> {
    await this.#session?.close()
  }

  /** The id under which the state of a step is stored; `undefined` if it is dropped, or goes to another step. */
  #storedIdOf({ stepId }: PlanStep): string | undefined {
    const { dropped, renamed } = this.#changes
    const storedId = this.#storedIds.get(stepId)
    if (storedId !== undefined) return storedId
    return dropped.includes(stepId) || renamed.some(([from]) => from === stepId) ? undefined : stepId
  }
}

/** What the store says of a damaged chunk, with the step that it belongs to. */
function inStep(step: PlanStep, error: unknown): unknown {
  if (!isTypewaxError(error) || error.stepId !== undefined) return error
  return new TypewaxError(error.code, error.message, { domain: error.domain, stepId: step.userStepId, cause: error.cause ?? error })
}

function checkSteps(plan: Plan, stored: readonly string[], changes: StepChanges): void {
  const dropped = new Set(changes.dropped)
  const renamed = new Map(changes.renamed)
  const known = new Set(plan.steps.filter((step) => STATEFUL_KINDS.has(step.operation.kind)).map((step) => step.stepId))
  const orphan = stored.find((stepId) => !dropped.has(stepId) && !known.has(renamed.get(stepId) ?? stepId))
  if (orphan === undefined) return
  const gained = [...known].filter((stepId) => !stored.includes(stepId)).map((stepId) => quote(stepId))
  const hint = gained.length === 0 ? '' : `; steps without stored state: ${gained.join(', ')}`
  const target = renamed.get(orphan)
  if (target !== undefined) throw noSuchTarget(orphan, target, hint)
  const message = `the store has state of step ${quote(orphan)}, which the dataflow does not have; drop it with --drop-state ${orphan} (\`dropState\`), or say its new id with --rename-state ${orphan}=NEW (\`renameState\`)${hint}`
  throw new TypewaxError('STATE_WITHOUT_STEP', message, { stepId: orphan })
}

function noSuchTarget(from: string, to: string, hint: string): TypewaxError {
  const message = `the state of step ${quote(from)} can't go to ${quote(to)} (\`renameState\`): the dataflow has no such step that keeps state${hint}`
  return new TypewaxError('STATE_WITHOUT_STEP', message, { stepId: from })
}

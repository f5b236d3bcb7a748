/**
 * Owns what a run does with its store: opens it, compares what is stored with the steps of the plan, loads state, begins the execution, writes epochs.
 * Without a store everything is answered as if it were empty, and epochs are committed at once.
 */

import type { Plan, PlanStep } from '../dataflow/plan.ts'
import { quote, TypewaxError } from '../errors.ts'
import type { EpochWrite, RecoverySession, RecoveryStore, ResumePoint } from '../recovery/store.ts'
import type { RunOptions } from './options.ts'
import { type LoadedStep, loadStep } from './state/load.ts'

const STATEFUL_KINDS = new Set(['input', 'output', 'statefulBatch'])

export class RecoveryRun {
  readonly resumePoint: ResumePoint
  readonly hasStore: boolean
  readonly #session: RecoverySession | undefined
  /** Ids in the store by ids in the plan, for steps that got another name. */
  readonly #storedIds: ReadonlyMap<string, string>
  readonly #droppedSteps: readonly string[]
  readonly #renamedSteps: ReadonlyMap<string, string>
  #nextChunkId: number

  private constructor(session: RecoverySession | undefined, plan: Plan, options: RunOptions) {
    this.#session = session
    this.hasStore = session !== undefined
    this.resumePoint = session?.resumePoint ?? { execution: 0, committedEpoch: 0, isComplete: false }
    this.#nextChunkId = session?.nextChunkId ?? 0
    const stored = session?.stepIds ?? []
    this.#renamedSteps = new Map(Object.entries(options.renameState ?? {}))
    this.#storedIds = new Map([...this.#renamedSteps].map(([from, to]) => [to, from]))
    this.#droppedSteps = stored.filter((stepId) => options.dropState?.includes(stepId))
    checkSteps(plan, stored, new Set(this.#droppedSteps), this.#renamedSteps)
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
    const storedId = this.#storedIds.get(step.stepId) ?? step.stepId
    if (this.#session === undefined || this.#droppedSteps.includes(storedId)) return undefined
    return this.#session.stepIds.includes(storedId) ? await loadStep(this.#session, storedId) : undefined
  }

  /** Begins the execution: durably forgets what an earlier one left of epochs that were never committed. */
  async begin(): Promise<void> {
    await this.#session?.begin({ droppedSteps: this.#droppedSteps, renamedSteps: this.#renamedSteps })
  }

  /** Makes an epoch durable; nothing is written for one in which nothing changed. */
  readonly commit = (write: EpochWrite): Promise<void> | undefined => {
    const isNewlyComplete = write.isComplete && !this.resumePoint.isComplete
    if (write.chunks.length === 0 && write.droppedChunks.length === 0 && !isNewlyComplete) return undefined
    return this.#session?.write(write)
  }

  async close(): Promise<void> {
    await this.#session?.close()
  }
}

function checkSteps(plan: Plan, stored: readonly string[], dropped: ReadonlySet<string>, renamed: ReadonlyMap<string, string>): void {
  const known = new Set(plan.steps.filter((step) => STATEFUL_KINDS.has(step.operation.kind)).map((step) => step.stepId))
  const orphan = stored.find((stepId) => !dropped.has(stepId) && !known.has(renamed.get(stepId) ?? stepId))
  if (orphan === undefined) return
  const gained = [...known].filter((stepId) => !stored.includes(stepId)).map((stepId) => quote(stepId))
  const hint = gained.length === 0 ? '' : `; steps without stored state: ${gained.join(', ')}`
  const message = `the store has state of step ${quote(orphan)}, which the dataflow does not have; drop it with --drop-state ${orphan} (\`dropState\`), or say its new id with --rename-state ${orphan}=NEW (\`renameState\`)${hint}`
  throw new TypewaxError('STATE_WITHOUT_STEP', message, { stepId: orphan })
}

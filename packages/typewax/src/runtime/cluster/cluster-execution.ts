/**
 * Owns one execution on several workers from beginning to end: store, coordinator, members, report, and the release of everything at whatever end it
 * takes. What the members are it does not know: threads (`threads.ts`) or logical workers of a test (`testing/simulation.ts`).
 */

import type { Plan } from '../../dataflow/plan.ts'
import type { RecoveryStore } from '../../recovery/store.ts'
import { CutOff, untilCutOff } from '../cut-off.ts'
import { DEFAULT_EPOCH_INTERVAL_MS, DEFAULT_PROGRESS_INTERVAL_MS, DEFAULT_STOP_TIMEOUT_MS } from '../defaults.ts'
import { progressFailure } from '../failure.ts'
import type { Host } from '../host.ts'
import type { RunOptions, RunReport } from '../options.ts'
import { RecoveryRun } from '../recovery-run.ts'
import { tellRegularly } from '../reports.ts'
import { systemHost } from '../system.ts'
import { Coordinator } from './coordinator.ts'
import type { FromMember, Seat, ToMember } from './messages.ts'
import { outlineOf } from './outline.ts'

/** The members of a cluster, as the coordinator sees them. */
export interface Members {
  tell(worker: number, message: ToMember): void
  /** Lets them go, or cuts them off if they are still at it. Resolves when all are gone. */
  close(): Promise<void>
}

/** What members tell the coordinator, and how they say that they are gone before their time. */
export interface Listener {
  tell(worker: number, message: FromMember): void
  fail(error: unknown): void
}

/** Starts the members. Nothing may be told before it has returned. */
export type StartMembers = (seats: readonly Seat[], listener: Listener, host: Host) => Members

export async function executeCluster(
  plan: Plan,
  store: RecoveryStore | undefined,
  options: RunOptions & { readonly workers: number },
  start: StartMembers,
): Promise<RunReport> {
  const { signal, stopTimeoutMs = DEFAULT_STOP_TIMEOUT_MS, host = systemHost } = options
  const recovery = await RecoveryRun.open(plan, store, options)
  let cluster: ClusterExecution | undefined
  const close = async (): Promise<void> => {
    await cluster?.close()
    await recovery.close()
  }
  let report: RunReport
  try {
    cluster = new ClusterExecution(plan, recovery, options, start, host)
    report = await untilCutOff(cluster.run(), { signal, stopTimeoutMs, host })
  } catch (error) {
    // The error of the run is the one to tell. What did not end in time is not waited for here either: the store closes after its last write.
    const closing = close().catch(() => {})
    if (!(error instanceof CutOff)) await closing
    throw error
  }
  await close()
  return report
}

class ClusterExecution {
  readonly #options: RunOptions & { readonly workers: number }
  readonly #host: Host
  readonly #coordinator: Coordinator
  readonly #members: Members
  /** What the last report of progress threw, when the run had ended. */
  #lastFailure: { readonly error: unknown } | undefined

  constructor(plan: Plan, recovery: RecoveryRun, options: RunOptions & { readonly workers: number }, start: StartMembers, host: Host) {
    const { workers: workerCount, epochIntervalMs = DEFAULT_EPOCH_INTERVAL_MS, dropState = [] } = options
    this.#options = options
    this.#host = host
    const tell = (worker: number, message: ToMember): void => this.#members.tell(worker, message)
    this.#coordinator = new Coordinator({ plan, recovery, options, host, workerCount, epochIntervalMs, tell })
    const { resumePoint, hasStore, firstChunkId: nextChunkId } = recovery
    const outline = outlineOf(plan)
    const seats = Array.from({ length: workerCount }, (_, workerIndex): Seat => {
      return { workerIndex, workerCount, outline, resumePoint, hasStore, nextChunkId, epochIntervalMs, dropState }
    })
    const coordinator = this.#coordinator
    this.#members = start(seats, { tell: (worker, message) => coordinator.receive(worker, message), fail: (error) => coordinator.fail(error) }, host)
  }

  async run(): Promise<RunReport> {
    const { signal } = this.#options
    const stop = (): void => this.#coordinator.stop()
    if (signal?.aborted === true) stop()
    else signal?.addEventListener('abort', stop, { once: true })
    const stopTelling = this.#tellProgress()
    let report: RunReport
    try {
      report = await this.#coordinator.result
    } finally {
      signal?.removeEventListener('abort', stop)
      stopTelling()
    }
    if (this.#lastFailure !== undefined) throw this.#lastFailure.error
    return report
  }

  async close(): Promise<void> {
    await this.#members.close()
  }

  /** Calls `onProgress` by a timer of its own. Returns what ends that, with a last call. */
  #tellProgress(): () => void {
    const { onProgress, progressIntervalMs = DEFAULT_PROGRESS_INTERVAL_MS } = this.#options
    if (onProgress === undefined) return () => {}
    const tell = (isEnd: boolean): void => {
      try {
        onProgress(this.#coordinator.progress(isEnd))
      } catch (error) {
        this.#lastFailure = { error: progressFailure(error) }
        this.#coordinator.fail(this.#lastFailure.error)
      }
    }
    return tellRegularly(this.#host, progressIntervalMs, tell)
  }
}

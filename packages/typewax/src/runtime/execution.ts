/** Owns one execution from beginning to end: store, graph, worker, report, and the release of everything at whatever end it takes. */

import { silentLogger } from '../dataflow/logger.ts'
import type { Plan } from '../dataflow/plan.ts'
import type { RecoveryStore } from '../recovery/store.ts'
import { buildGraph, type Graph } from './build.ts'
import { CutOff, untilCutOff } from './cut-off.ts'
import { DEFAULT_EPOCH_INTERVAL_MS, DEFAULT_PROGRESS_INTERVAL_MS, DEFAULT_STOP_TIMEOUT_MS } from './defaults.ts'
import { Epochs } from './epochs.ts'
import { progressFailure } from './failure.ts'
import { guaranteesOf } from './guarantees.ts'
import type { Host } from './host.ts'
import type { RunOptions, RunProgress, RunReport, RunStart } from './options.ts'
import { LocalPace } from './pace.ts'
import { RecoveryRun } from './recovery-run.ts'
import { sourceProgress, stepReports, tellRegularly } from './reports.ts'
import { systemHost } from './system.ts'
import { Waker } from './waker.ts'
import { type Outcome, Worker } from './worker.ts'
import type { WorkerContext } from './worker-context.ts'

/** Executes a plan on one worker in the calling thread. */
export async function execute(plan: Plan, store: RecoveryStore | undefined, options: RunOptions): Promise<RunReport> {
  const recovery = await RecoveryRun.open(plan, store, options)
  const lifetime = new AbortController()
  let report: RunReport
  try {
    const { signal, stopTimeoutMs = DEFAULT_STOP_TIMEOUT_MS, host = systemHost } = options
    report = await untilCutOff(new Execution(plan, recovery, options, lifetime.signal).run(), { signal, stopTimeoutMs, host })
  } catch (error) {
    lifetime.abort()
    // The error of the run is the one to tell. What did not end in time is not waited for here either: the store closes after its last write.
    const closing = recovery.close().catch(() => {})
    if (!(error instanceof CutOff)) await closing
    throw error
  }
  lifetime.abort()
  await recovery.close()
  return report
}

class Execution {
  readonly #plan: Plan
  readonly #recovery: RecoveryRun
  readonly #options: RunOptions
  readonly #host: Host
  readonly #waker: Waker
  readonly #epochs: Epochs
  readonly #context: WorkerContext
  readonly #startedAtMs: number
  /** Takes failures that come before the worker runs, and that of the last report of progress. */
  #early: { readonly error: unknown } | undefined
  #worker: Worker | undefined

  constructor(plan: Plan, recovery: RecoveryRun, options: RunOptions, lifetime: AbortSignal) {
    this.#plan = plan
    this.#recovery = recovery
    this.#options = options
    this.#host = options.host ?? systemHost
    this.#waker = new Waker(this.#host)
    this.#startedAtMs = this.#host.monotonicMs()
    const firstEpoch = recovery.resumePoint.committedEpoch + 1
    const fail = (error: unknown): void => this.#fail(error)
    const wake = (): void => this.#waker.wake()
    this.#epochs = new Epochs({ firstEpoch, nodeCount: plan.steps.length, nowMs: this.#startedAtMs, commit: recovery.commit, onCommit: wake, fail })
    this.#context = {
      workerIndex: 0,
      workerCount: 1,
      host: this.#host,
      logger: options.logger ?? silentLogger,
      lifetime,
      epochs: this.#epochs,
      firstEpoch,
      hasStore: recovery.hasStore,
      nextChunkId: () => recovery.nextChunkId(),
      fail,
      wake,
    }
  }

  async run(): Promise<RunReport> {
    const { epochIntervalMs = DEFAULT_EPOCH_INTERVAL_MS, signal, dropState } = this.#options
    const graph = await buildGraph(this.#plan, this.#context, (step) => this.#recovery.load(step), new Set(dropState))
    await this.#recovery.begin()
    this.#worker = new Worker(graph, this.#context, this.#waker, {
      epochIntervalMs,
      signal,
      pace: new LocalPace(this.#epochs, { epochIntervalMs, signal }),
      exchange: undefined,
    })
    this.#throwEarly()
    this.#options.onStart?.(this.#start())
    const stopTelling = this.#tellProgress(graph)
    let report: RunReport
    try {
      const outcome = await this.#worker.run()
      this.#worker = undefined
      if (outcome === 'finished') for (const output of graph.outputs) await output.close()
      report = this.#report(outcome, graph)
    } finally {
      this.#worker = undefined
      stopTelling()
    }
    this.#throwEarly()
    return report
  }

  #throwEarly(): void {
    if (this.#early !== undefined) throw this.#early.error
  }

  #fail(error: unknown): void {
    if (this.#worker === undefined) this.#early ??= { error }
    else this.#worker.fail(error)
  }

  #start(): RunStart {
    const { execution, committedEpoch } = this.#recovery.resumePoint
    return { execution, resumedAfterEpoch: committedEpoch, guarantees: this.#recovery.hasStore ? guaranteesOf(this.#plan) : {} }
  }

  #report(outcome: Outcome, graph: Graph): RunReport {
    return {
      ...this.#start(),
      outcome,
      epochs: this.#epochs.committedCount,
      wasComplete: this.#recovery.resumePoint.isComplete && graph.inputs.every((input) => input.itemsIn === 0),
      steps: stepReports(graph),
      elapsedMs: this.#host.monotonicMs() - this.#startedAtMs,
    }
  }

  /** Calls `onProgress` by a timer of its own. Returns what ends that, with a last call. */
  #tellProgress(graph: Graph): () => void {
    const { onProgress, progressIntervalMs = DEFAULT_PROGRESS_INTERVAL_MS } = this.#options
    if (onProgress === undefined) return () => {}
    // Within a timer, and at the end of a run that may have failed: nothing may be thrown here.
    const tell = (isEnd: boolean): void => {
      try {
        onProgress(this.#progress(graph, isEnd))
      } catch (error) {
        this.#fail(progressFailure(error))
      }
    }
    return tellRegularly(this.#host, progressIntervalMs, tell)
  }

  #progress(graph: Graph, isEnd: boolean): RunProgress {
    const nowMs = this.#host.monotonicMs()
    const epochs = this.#epochs
    return {
      elapsedMs: nowMs - this.#startedAtMs,
      epoch: epochs.current,
      committedEpoch: epochs.committed,
      lagMs: epochs.isDirty || !epochs.isSettled ? nowMs - epochs.uncommittedSinceMs : 0,
      steps: stepReports(graph),
      sources: sourceProgress(graph),
      isEnd,
    }
  }
}

/**
 * Owns one member of a cluster from beginning to end: builds its part of the graph, runs its worker, hands its part of each epoch to the coordinator.
 * Whether the coordinator is in the same thread it does not know.
 */

import type { Logger } from '../../dataflow/logger.ts'
import type { Plan, PlanStep } from '../../dataflow/plan.ts'
import { quote } from '../../errors.ts'
import { AbortExecution } from '../../inputs/source.ts'
import { checkPlainData } from '../../recovery/plain-data.ts'
import type { EpochWrite } from '../../recovery/store.ts'
import { buildGraph, type Graph } from '../build.ts'
import { Epochs } from '../epochs.ts'
import { Exchange, type ExchangeLimits, type Link } from '../exchange/exchange.ts'
import type { Host } from '../host.ts'
import { ALL_GROUPS, groupsOf, ownerOf } from '../key-groups.ts'
import { sourceProgress, stepReports } from '../reports.ts'
import { type LoadedStep, StepLoader } from '../state/load.ts'
import { Waker } from '../waker.ts'
import { type Outcome, Worker } from '../worker.ts'
import type { WorkerContext } from '../worker-context.ts'
import type { FromMember, Seat, ToMember } from './messages.ts'
import { checkOutline } from './outline.ts'
import { packError } from './packed-error.ts'
import { RemotePace } from './remote-pace.ts'

/** What a member has besides its seat. */
export interface MemberParts {
  readonly host: Host
  /** Ways to the other members, by index. */
  readonly links: readonly (Link | undefined)[]
  /** Tells the coordinator. */
  readonly tell: (message: FromMember) => void
  /** Of the exchange. Tests make them small. */
  readonly limits?: ExchangeLimits
}

interface Answer {
  resolve(message: ToMember): void
  reject(error: unknown): void
}

export class Member {
  readonly #seat: Seat
  readonly #parts: MemberParts
  readonly #lifetime = new AbortController()
  readonly #waker: Waker
  readonly #epochs: Epochs
  readonly #pace: RemotePace
  /** What waits for an answer, by the kind of it. */
  readonly #waiting = new Map<ToMember['kind'], Answer[]>()
  #worker: Worker | undefined
  #graph: Graph | undefined
  #early: { readonly error: unknown } | undefined

  constructor(seat: Seat, parts: MemberParts, stepCount: number) {
    this.#seat = seat
    this.#parts = parts
    this.#waker = new Waker(parts.host)
    const wake = (): void => this.wake()
    this.#epochs = new Epochs({
      firstEpoch: seat.resumePoint.committedEpoch + 1,
      nodeCount: stepCount,
      nowMs: parts.host.monotonicMs(),
      commit: (write) => this.#commit(write),
      onCommit: wake,
      fail: (error) => this.#fail(error),
    })
    this.#pace = new RemotePace(this.#epochs, parts.tell)
  }

  /** Something has come for this member: a message or a packet. */
  wake(): void {
    this.#waker.wake()
  }

  /** Runs the plan. Tells the coordinator how it ended; never rejects. */
  async run(plan: Plan): Promise<void> {
    const { tell } = this.#parts
    try {
      checkOutline(plan, this.#seat.outline, this.#seat.workerIndex)
      const graph = await this.#build(plan)
      const outcome = await this.#run(graph)
      this.#lifetime.abort()
      tell({ kind: 'done', outcome, steps: stepReports(graph), itemsIn: graph.inputs.reduce((sum, { itemsIn }) => sum + itemsIn, 0) })
    } catch (error) {
      this.#lifetime.abort()
      tell({ kind: 'failed', error: packError(error, this.#seat.workerIndex) })
    }
  }

  /** Releases everything: the run has ended, with or without this member. Nothing more is answered. */
  cutOff(): void {
    this.#lifetime.abort()
    this.wake()
    for (const waiting of this.#waiting.values()) for (const { reject } of waiting) reject(new AbortExecution())
  }

  receive(message: ToMember): void {
    switch (message.kind) {
      case 'end':
        this.#pace.end(message.ending)
        break
      case 'stop':
        this.#pace.stop()
        break
      case 'abort':
        this.#pace.leave()
        this.#worker?.fail(new AbortExecution())
        break
      case 'count':
        this.#count()
        break
      default:
        this.#waiting.get(message.kind)?.shift()?.resolve(message)
    }
    this.wake()
  }

  async #build(plan: Plan): Promise<Graph> {
    const { workerIndex, epochIntervalMs, dropState } = this.#seat
    const { host, links, limits } = this.#parts
    const context = this.#makeContext()
    const exchange = new Exchange(workerIndex, links, host.monotonicMs, limits)
    const assign = (stepId: string, names: readonly string[]): Promise<ReadonlyMap<string, number>> => this.#assign(stepId, names)
    const graph = await buildGraph(plan, context, (step) => this.#load(step), new Set(dropState), { exchange, assign })
    this.#worker = new Worker(graph, context, this.#waker, { epochIntervalMs, signal: undefined, pace: this.#pace, exchange })
    this.#graph = graph
    this.#throwEarly()
    return graph
  }

  async #run(graph: Graph): Promise<Outcome> {
    const went = this.#answer('go')
    this.#parts.tell({ kind: 'ready' })
    await went
    const outcome = await (this.#worker as Worker).run()
    this.#worker = undefined
    if (outcome === 'finished') for (const output of graph.outputs) await output.close()
    this.#throwEarly()
    return outcome
  }

  #makeContext(): WorkerContext {
    const { workerIndex, workerCount, hasStore, nextChunkId, resumePoint } = this.#seat
    let chunks = 0
    return {
      workerIndex,
      workerCount,
      host: this.#parts.host,
      logger: this.#logger(),
      lifetime: this.#lifetime.signal,
      epochs: this.#epochs,
      firstEpoch: resumePoint.committedEpoch + 1,
      hasStore,
      // Ids of several members must not meet; those of one ascend.
      nextChunkId: () => nextChunkId + chunks++ * workerCount + workerIndex,
      fail: (error) => this.#fail(error),
      wake: () => this.wake(),
    }
  }

  #logger(): Logger {
    const { tell } = this.#parts
    const say =
      (level: 'debug' | 'info' | 'warn' | 'error') =>
      (message: string, fields?: Readonly<Record<string, unknown>>): void => {
        tell({ kind: 'log', level, message, fields: checkPlainData(fields) === undefined ? fields : { fields: quote(fields) } })
      }
    return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
  }

  /** Throws what failed in the background while there was no worker to fail. */
  #throwEarly(): void {
    if (this.#early !== undefined) throw this.#early.error
  }

  #fail(error: unknown): void {
    if (this.#worker === undefined) this.#early ??= { error }
    else this.#worker.fail(error)
  }

  /** The next message of a kind. */
  #answer<K extends ToMember['kind']>(kind: K): Promise<Extract<ToMember, { kind: K }>> {
    return new Promise((resolve, reject) => {
      if (this.#lifetime.signal.aborted) reject(new AbortExecution())
      const waiting = this.#waiting.get(kind) ?? []
      waiting.push({ resolve: resolve as Answer['resolve'], reject })
      this.#waiting.set(kind, waiting)
    })
  }

  async #assign(stepId: string, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const answer = this.#answer('listed')
    this.#parts.tell({ kind: 'list', stepId, names })
    return (await answer).owners
  }

  /** Of a keyed step, the keys of this member; of others everything. */
  async #load(step: PlanStep): Promise<LoadedStep | undefined> {
    const { workerIndex, workerCount, hasStore } = this.#seat
    if (!hasStore) return undefined
    const isKeyed = step.operation.kind === 'statefulBatch'
    const range = isKeyed ? groupsOf(workerIndex, workerCount) : ALL_GROUPS
    const answer = this.#answer('loaded')
    this.#parts.tell({ kind: 'load', stepId: step.stepId, range })
    const { chunks } = await answer
    if (chunks.length === 0) return undefined
    const loader = new StepLoader(step.stepId, isKeyed ? (key) => ownerOf(key, workerCount) === workerIndex : undefined)
    for (const chunk of chunks) loader.take(chunk)
    return loader.loaded
  }

  #commit(write: EpochWrite): Promise<void> {
    const answer = this.#answer('committed')
    this.#parts.tell({ kind: 'epoch', write })
    return answer.then(() => {})
  }

  #count(): void {
    if (this.#graph === undefined) return
    try {
      this.#parts.tell({ kind: 'counted', steps: stepReports(this.#graph), sources: sourceProgress(this.#graph) })
    } catch (error) {
      this.#fail(error)
    }
  }
}

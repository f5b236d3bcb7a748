/**
 * Owns what is decided once for a cluster: who has which partition, when an epoch ends, whether it is committed, how the run ends. Holds the store.
 * Members are told and tell by messages, whatever they are: threads, or logical workers of a test.
 */

import type { Plan } from '../../dataflow/plan.ts'
import type { EpochWrite } from '../../recovery/store.ts'
import { assignPartitions } from '../assign.ts'
import { guaranteesOf } from '../guarantees.ts'
import type { Host } from '../host.ts'
import type { GroupRange } from '../key-groups.ts'
import type { RunOptions, RunProgress, RunReport, RunStart, SourceProgress } from '../options.ts'
import type { Ending } from '../pace.ts'
import type { RecoveryRun } from '../recovery-run.ts'
import { addedUp } from '../reports.ts'
import { DropVotes } from './drop-votes.ts'
import { Loads } from './loads.ts'
import type { FromMember, ToMember } from './messages.ts'
import { unpackError } from './packed-error.ts'

export interface CoordinatorParts {
  readonly plan: Plan
  readonly recovery: RecoveryRun
  readonly options: RunOptions
  readonly host: Host
  readonly workerCount: number
  readonly epochIntervalMs: number
  /** Tells one member. */
  readonly tell: (worker: number, message: ToMember) => void
}

type Done = Extract<FromMember, { kind: 'done' }>
type Counted = Extract<FromMember, { kind: 'counted' }>

export class Coordinator {
  /** How the run ends. */
  readonly result: Promise<RunReport>
  readonly #parts: CoordinatorParts
  readonly #startedAtMs: number
  readonly #votes = new DropVotes()
  readonly #loads: Loads
  /** What members list, by step. */
  readonly #lists = new Map<string, (readonly string[] | undefined)[]>()
  readonly #ready: Set<number> = new Set()
  readonly #ended: Set<number> = new Set()
  readonly #done: (Done | undefined)[]
  readonly #counted: (Counted | undefined)[]
  #resolve: (report: RunReport) => void = () => {}
  #reject: (error: unknown) => void = () => {}
  /** The epoch that items enter now, the last one that is durable, and how many were committed. */
  #epoch: number
  #committed: number
  #committedCount = 0
  #isDirty = false
  #epochStartedAtMs = 0
  #uncommittedSinceMs = 0
  #cancelTimer: (() => void) | undefined
  /** Parts of the epoch that is being collected. */
  #collecting: (EpochWrite | undefined)[] | undefined
  #isWriting = false
  /** How the last epoch of the execution ended. */
  #final: Ending | undefined
  #hasBegun = false
  #isStopping = false
  #isAborting = false
  #isOver = false

  constructor(parts: CoordinatorParts) {
    this.#parts = parts
    const { recovery, workerCount, host } = parts
    this.#startedAtMs = host.monotonicMs()
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#committed = recovery.resumePoint.committedEpoch
    this.#epoch = this.#committed + 1
    this.#loads = new Loads(workerCount, this.#votes)
    this.#done = new Array(workerCount).fill(undefined)
    this.#counted = new Array(workerCount).fill(undefined)
  }

  /** Ends the run with an error. */
  fail(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#cancelTimer?.()
    this.#reject(error)
  }

  /** Stops gracefully: no more polls, the epoch is committed. */
  stop(): void {
    if (this.#isStopping || this.#isOver) return
    this.#isStopping = true
    this.#tellAll({ kind: 'stop' })
    this.#consider()
  }

  /** Takes in what a member tells. */
  receive(worker: number, message: FromMember): void {
    if (this.#isOver) return
    try {
      this.#receive(worker, message)
    } catch (error) {
      this.fail(error)
    }
  }

  /** How far the members are, as of their last answers. Asks for new ones. */
  progress(isEnd: boolean): RunProgress {
    const nowMs = this.#parts.host.monotonicMs()
    const counts = this.#counted.map((counted, worker) => this.#done[worker] ?? counted).filter((counted) => counted !== undefined)
    const isOpen = this.#isDirty || this.#collecting !== undefined || this.#isWriting
    if (!isEnd) this.#tellAll({ kind: 'count' })
    return {
      elapsedMs: nowMs - this.#startedAtMs,
      epoch: this.#epoch,
      committedEpoch: this.#committed,
      lagMs: isOpen ? nowMs - this.#uncommittedSinceMs : 0,
      steps: addedUp(counts.map(({ steps }) => steps)),
      sources: this.#counted.flatMap((counted): readonly SourceProgress[] => counted?.sources ?? []),
      isEnd,
    }
  }

  #receive(worker: number, message: FromMember): void {
    switch (message.kind) {
      case 'list':
        this.#list(worker, message.stepId, message.names)
        break
      case 'load':
        this.#load(worker, message.stepId, message.range)
        break
      case 'ready':
        this.#isReady(worker)
        break
      case 'dirty':
        if (message.epoch === this.#epoch) this.#isDirty = true
        this.#consider()
        break
      case 'inputEnded':
        this.#ended.add(worker)
        this.#consider()
        break
      case 'epoch':
        this.#collect(worker, message.write)
        break
      case 'aborting':
        this.#abort()
        break
      case 'counted':
        this.#counted[worker] = message
        break
      case 'log':
        this.#parts.options.logger?.[message.level](message.message, message.fields as Readonly<Record<string, unknown>> | undefined)
        break
      case 'failed':
        this.fail(unpackError(message.error))
        break
      case 'done':
        this.#isDone(worker, message)
        break
    }
  }

  /** Partitions are assigned once all members have said what they list. */
  #list(worker: number, stepId: string, names: readonly string[]): void {
    const lists = this.#lists.get(stepId) ?? new Array<readonly string[] | undefined>(this.#parts.workerCount).fill(undefined)
    lists[worker] = names
    this.#lists.set(stepId, lists)
    if (lists.includes(undefined)) return
    this.#tellAll({ kind: 'listed', stepId, owners: assignPartitions(lists as (readonly string[])[]) })
  }

  #load(worker: number, stepId: string, range: GroupRange): void {
    const { recovery, tell } = this.#parts
    const ranges = this.#loads.ask(worker, stepId, range)
    if (ranges === undefined) return
    this.#afterwards(this.#loads.share(recovery.loadChunks(stepId), ranges), (shares) =>
      shares.forEach((chunks, member) => {
        tell(member, { kind: 'loaded', stepId, chunks })
      }),
    )
  }

  #isReady(worker: number): void {
    this.#ready.add(worker)
    const { recovery, workerCount } = this.#parts
    if (this.#ready.size === workerCount) this.#afterwards(recovery.begin(), () => this.#begin())
  }

  #begin(): void {
    const { options, host } = this.#parts
    this.#hasBegun = true
    this.#epochStartedAtMs = host.monotonicMs()
    this.#uncommittedSinceMs = this.#epochStartedAtMs
    options.onStart?.(this.#start())
    this.#tellAll({ kind: 'go' })
    this.#tellAll({ kind: 'count' })
    this.#consider()
  }

  /** Ends the epoch if it is time, or sees to it that it will. */
  #consider(): void {
    if (!this.#hasBegun || this.#isOver) return
    if (this.#isAborting) {
      this.#considerAbort()
      return
    }
    if (this.#final !== undefined || this.#collecting !== undefined) return
    const { host, epochIntervalMs, workerCount } = this.#parts
    const isComplete = this.#ended.size === workerCount
    if (isComplete || this.#isStopping) this.#end({ isFinal: true, isComplete })
    else if (this.#isDirty) {
      const waitMs = this.#epochStartedAtMs + epochIntervalMs - host.monotonicMs()
      if (waitMs <= 0) this.#end({ isFinal: false, isComplete: false })
      else this.#cancelTimer ??= host.setTimer(waitMs, () => this.#timedOut())
    }
  }

  #timedOut(): void {
    this.#cancelTimer = undefined
    this.#consider()
  }

  /** Where an epoch is one round of polls, the rounds that were begun still commit. */
  #considerAbort(): void {
    const isByRound = this.#parts.epochIntervalMs === 0
    if (isByRound && (this.#collecting !== undefined || this.#isWriting)) return
    if (isByRound && this.#isDirty && this.#final === undefined) this.#end({ isFinal: false, isComplete: false })
    else this.#tellAll({ kind: 'abort' })
  }

  #end(ending: Ending): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#epoch += 1
    this.#isDirty = false
    if (ending.isFinal) this.#final = ending
    this.#epochStartedAtMs = this.#parts.host.monotonicMs()
    this.#collecting = new Array(this.#parts.workerCount).fill(undefined)
    this.#tellAll({ kind: 'end', ending })
  }

  #collect(worker: number, write: EpochWrite): void {
    const collecting = this.#collecting
    if (collecting === undefined) throw new Error(`internal: worker ${worker} gave an epoch that nobody asked for`)
    collecting[worker] = write
    this.#writeNext()
  }

  /** Writes the epoch that is being collected if all parts are there, and no other one is being written. */
  #writeNext(): void {
    const parts = this.#collecting
    if (parts === undefined || parts.includes(undefined) || this.#isWriting) return
    this.#collecting = undefined
    this.#isWriting = true
    const writes = parts as EpochWrite[]
    const [{ epoch, isComplete }] = writes as [EpochWrite]
    const chunks = writes.flatMap((part) => part.chunks)
    const droppedChunks = writes.flatMap((part) => part.droppedChunks.filter((id) => this.#votes.vote(id)))
    const done = this.#parts.recovery.commit({ epoch, chunks, droppedChunks, isComplete })
    this.#afterwards(Promise.resolve(done), () => this.#wasCommitted(epoch))
    this.#consider()
  }

  #wasCommitted(epoch: number): void {
    this.#isWriting = false
    this.#committed = epoch
    this.#committedCount += 1
    this.#uncommittedSinceMs = this.#epochStartedAtMs
    this.#tellAll({ kind: 'committed' })
    this.#writeNext()
    this.#consider()
  }

  #abort(): void {
    if (this.#isAborting) return
    this.#isAborting = true
    this.#tellAll({ kind: 'stop' })
    this.#consider()
  }

  #isDone(worker: number, done: Done): void {
    this.#done[worker] = done
    if (this.#done.includes(undefined)) return
    this.#isOver = true
    this.#cancelTimer?.()
    const all = this.#done as Done[]
    const { recovery, host } = this.#parts
    const wasAborted = all.some(({ outcome }) => outcome === 'aborted')
    this.#resolve({
      ...this.#start(),
      outcome: wasAborted ? 'aborted' : this.#final?.isComplete ? 'finished' : 'stopped',
      epochs: this.#committedCount,
      wasComplete: recovery.resumePoint.isComplete && all.every(({ itemsIn }) => itemsIn === 0),
      steps: addedUp(all.map(({ steps }) => steps)),
      elapsedMs: host.monotonicMs() - this.#startedAtMs,
    })
  }

  #start(): RunStart {
    const { recovery, plan } = this.#parts
    const { execution, committedEpoch } = recovery.resumePoint
    return { execution, resumedAfterEpoch: committedEpoch, guarantees: recovery.hasStore ? guaranteesOf(plan) : {} }
  }

  /** Goes on when something of the store's is done, unless the run has ended meanwhile; whatever fails then ends it. */
  #afterwards<T>(work: Promise<T>, next: (result: T) => void): void {
    work
      .then((result) => {
        if (!this.#isOver) next(result)
      })
      .catch((error: unknown) => this.fail(error))
  }

  #tellAll(message: ToMember): void {
    for (let worker = 0; worker < this.#parts.workerCount; worker++) this.#parts.tell(worker, message)
  }
}

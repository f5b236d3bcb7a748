/**
 * Owns the driving of one source partition: when it is polled, the one call in flight, the batch that waits to enter the flow, and the position that
 * goes with it. The same for partitions with and without positions.
 */

import { isDeepStrictEqual } from 'node:util'
import type { PlanStep } from '../../dataflow/plan.ts'
import { EOF, type StatefulSourcePartition, type StatelessSourcePartition } from '../../inputs/source.ts'
import { isThenable, silence } from '../../thenable.ts'
import { isAbort, sourceFailure, wrongReturn } from '../failure.ts'
import type { WorkerContext } from '../worker-context.ts'
import { Silence } from './silence.ts'

/** Pause after an empty batch whose partition does not say when to poll next. */
const COOLDOWN_MS = 1

type Partition = StatefulSourcePartition<unknown, unknown> | StatelessSourcePartition<unknown>

/** A batch on its way into the flow, with the position behind it; no items: the partition has ended. */
interface Arrival {
  readonly items: readonly unknown[] | undefined
  readonly position: unknown
}

const NOT_ASKED = Symbol('position not asked for yet')

export class SourcePump {
  readonly partKey: string
  /** Number of the partition among all of the worker. */
  readonly source: number
  readonly partition: Partition
  readonly silence: Silence = new Silence()
  /** How many lengths of silence were told downstream. Kept by the input. */
  toldCount = 0
  isEnded = false
  /** Whether `close` was called and has not answered yet: the run waits for it. */
  isClosing = false
  /** Whether the position moved since `takePosition`. */
  hasMoved = false
  readonly #step: PlanStep
  readonly #context: WorkerContext
  /** Absent for partitions without positions. */
  readonly #snapshot: (() => unknown) | undefined
  readonly #isLazy: boolean
  /** Of the last batch that entered the flow; at first, of the partition as it was built. */
  #position: unknown
  #arrival: Arrival | undefined
  /** Why the call that was in flight failed. */
  #rejection: { readonly error: unknown } | undefined
  #isPolling = false
  #awakeAt = Number.NEGATIVE_INFINITY
  /** Whether it rests for the cooldown only, and did not ask for a time. */
  #isCooling = false

  constructor(
    step: PlanStep,
    { partKey, source }: { readonly partKey: string; readonly source: number },
    partition: Partition,
    context: WorkerContext,
  ) {
    this.#step = step
    this.#context = context
    this.partKey = partKey
    this.source = source
    this.partition = partition
    const stateful = partition as StatefulSourcePartition<unknown, unknown>
    this.#snapshot = typeof stateful.snapshot === 'function' ? () => this.#guard('snapshot', () => stateful.snapshot()) : undefined
    this.#isLazy = stateful.isSynchronous === true
    this.#position = this.#isLazy ? NOT_ASKED : this.#snapshot?.()
    this.#awakeAt = this.#nextAwake() ?? Number.NEGATIVE_INFINITY
  }

  /** When this partition wants to be polled; `undefined` while a call is in flight or at the end. */
  get wakeAt(): number | undefined {
    if (this.isEnded || this.#isPolling) return undefined
    return this.#arrival === undefined && this.#rejection === undefined ? this.#awakeAt : Number.NEGATIVE_INFINITY
  }

  /**
   * Gives the next items, polling if the partition is due. `undefined`: nothing now. Also begins the next call of a partition that answers by
   * promises, unless `canPrefetch` is false, so that it reads while the flow works.
   */
  next(nowMs: number, canPrefetch: boolean): readonly unknown[] | undefined {
    if (this.isEnded) return undefined
    if (this.#rejection !== undefined) throw this.#rejection.error
    const waiting = this.#arrival
    if (waiting === undefined && !this.#isPolling && this.#isDue(nowMs)) this.#poll(nowMs)
    const arrival = this.#arrival
    if (arrival === undefined) return undefined
    this.#arrival = undefined
    this.#enter(arrival)
    if (waiting !== undefined && canPrefetch && !this.isEnded && this.#isDue(nowMs)) this.#poll(nowMs)
    return arrival.items
  }

  /** The position of the last batch that entered the flow. Clears `hasMoved`. */
  takePosition(): unknown {
    this.hasMoved = false
    if (this.#position === NOT_ASKED) this.#position = this.#snapshot?.()
    return this.#position
  }

  #enter(arrival: Arrival): void {
    if (this.#isMove(arrival)) this.hasMoved = true
    this.#position = arrival.position
    if (arrival.items === undefined) this.#end()
  }

  /** A batch without items may move the position, too: of a source that leaves out what nobody wants. */
  #isMove({ items, position }: Arrival): boolean {
    if (this.#snapshot === undefined) return false
    return items === undefined || items.length > 0 || (position !== NOT_ASKED && !isDeepStrictEqual(position, this.#position))
  }

  #end(): void {
    this.isEnded = true
    if (this.#position === NOT_ASKED) this.#position = this.#snapshot?.()
    const closing = this.#guard('close', () => this.partition.close?.())
    if (!isThenable(closing)) return
    this.isClosing = true
    Promise.resolve(closing).then(
      () => {
        this.isClosing = false
        this.#context.wake()
      },
      (error: unknown) => this.#context.fail(this.#failure('close', error)),
    )
  }

  /** A cooldown that seems long means that the clock went back. */
  #isDue(nowMs: number): boolean {
    return this.#awakeAt <= nowMs || (this.#isCooling && this.#awakeAt > nowMs + COOLDOWN_MS)
  }

  #poll(nowMs: number): void {
    this.silence.asked(nowMs)
    const batch: unknown = this.#guard('nextBatch', () => this.partition.nextBatch())
    if (isThenable(batch) && this.#isLazy) {
      silence(batch)
      throw wrongReturn(this.#step, 'nextBatch', 'no promise, since the partition says `isSynchronous`', batch, { partKey: this.partKey })
    }
    if (!isThenable(batch)) {
      this.#arrive(batch, nowMs)
      return
    }
    this.#isPolling = true
    batch.then(
      (resolved: unknown) => this.#resolved(resolved),
      (error: unknown) => this.#rejected(this.#failure('nextBatch', error)),
    )
  }

  /** Fails at the next poll: a run that is being stopped polls no more, and does not mind. */
  #rejected(error: unknown): void {
    this.#isPolling = false
    this.#rejection = { error }
    this.#context.wake()
  }

  #resolved(batch: unknown): void {
    this.#isPolling = false
    if (this.#context.lifetime.aborted) return
    try {
      this.#arrive(batch, this.#context.host.now())
      this.#context.wake()
    } catch (error) {
      this.#rejected(error)
    }
  }

  #arrive(batch: unknown, nowMs: number): void {
    const items = batch === EOF ? undefined : this.#toItems(batch)
    const position = this.#isLazy ? NOT_ASKED : this.#snapshot?.()
    this.#arrival = { items, position }
    if (items === undefined) return
    const awakeAt = this.#nextAwake()
    this.#isCooling = awakeAt === undefined && items.length === 0
    this.#awakeAt = this.#isCooling ? nowMs + COOLDOWN_MS : (awakeAt ?? Number.NEGATIVE_INFINITY)
    if (items.length === 0) this.silence.gaveNothing(nowMs, this.#awakeAt)
    else this.silence.gaveItems()
  }

  #nextAwake(): number | undefined {
    const at: unknown = this.#guard('nextAwake', () => this.partition.nextAwake?.())
    if (at === undefined || (typeof at === 'number' && !Number.isNaN(at))) return at
    throw wrongReturn(this.#step, 'nextAwake', 'milliseconds since the epoch or undefined', at, { partKey: this.partKey })
  }

  #toItems(batch: unknown): readonly unknown[] {
    if (Array.isArray(batch)) return batch
    if (typeof batch === 'object' && batch !== null && Symbol.iterator in batch)
      return this.#guard('nextBatch', () => Array.from(batch as Iterable<unknown>))
    throw wrongReturn(this.#step, 'nextBatch', 'an iterable of items or EOF', batch, { partKey: this.partKey })
  }

  #guard<R>(method: string, call: () => R): R {
    try {
      return call()
    } catch (error) {
      throw this.#failure(method, error)
    }
  }

  #failure(method: string, error: unknown): unknown {
    return method === 'nextBatch' && isAbort(error) ? error : sourceFailure(this.#step, method, error, { partKey: this.partKey })
  }
}

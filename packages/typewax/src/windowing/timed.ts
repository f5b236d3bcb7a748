/**
 * Owns what all operators of event time share: the clock of a key, whether its own or the stream's; when the logic of the key is called because time
 * has passed; what is kept of a key that has nothing going on. A `TimedLogic` knows nothing of this: it is told the time of each value and the
 * watermark.
 */

import { core } from '../dataflow/operator.ts'
import {
  type AnyLogicBuilder,
  type CoreOperation,
  DISCARD,
  type Emit,
  type LogicContext,
  NOTHING,
  RETAIN,
  type StatefulLogic,
  type SubKeyChanges,
} from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { quote, TypewaxError } from '../errors.ts'
import type { Clock, ClockLogic } from './clock.ts'

/** What happens to the values of one key, in event time. What is pushed to `out` is emitted. */
export interface TimedLogic<in V, W, out S, out P = never> {
  /** Handles a value. It is late if its timestamp is below the watermark, which includes what the value itself has moved. */
  onItem(value: V, timestampMs: number, watermarkMs: number, out: W[]): void
  /** Handles the watermark having reached `dueMs`. At the end of input it is `Infinity`; then it is called whether or not something was due. */
  onTime(watermarkMs: number, out: W[]): void
  /** The watermark at which to be called; `Infinity` for none. More than the one of the last call of `onTime`. */
  readonly dueMs: number
  /** Whether nothing needs to be remembered of the key: a new logic would do the same. */
  readonly isDone: boolean
  /** Whether nothing would be lost of the key if it were forgotten. Default: whether nothing is due. */
  readonly isIdle?: boolean
  /** Handles the system clock having reached `systemDueMs`. */
  onSystemTime?(watermarkMs: number, out: W[]): void
  /** When to be called by the system clock, milliseconds since the epoch; `undefined` for not at all. */
  readonly systemDueMs?: number | undefined
  /** Gives the state that is not in parts, plain data. */
  snapshot(): S
  subKeyChanges?(): SubKeyChanges
  snapshotSubKey?(subKey: string): P
}

/** Builds the logic of a key: anew (`resumeState` is `undefined`), or from what was stored. */
export type TimedBuilder<V, W, S, P = never> = (
  resumeState: S | undefined,
  key: string,
  parts: ReadonlyMap<string, P>,
  context: LogicContext,
) => TimedLogic<V, W, S, P>

export interface TimedOptions {
  /** With clocks per key: time without anything going on after which a key is forgotten, its clock too. Default: never. */
  readonly forgetAfterMs?: number | undefined
  /** Whether logics have `onSystemTime`. */
  readonly usesSystemTime?: boolean
  /**
   * With clocks that follow the stream: for how much of its time a key that is done is kept all the same. Most keys come back soon, and a logic that is
   * there costs less than a new one. Default: it goes at once.
   */
  readonly lingerMs?: number
}

/** Adds the core step. */
export function timed<V, W, S, P = never>(
  stepId: string,
  up: KeyedStream<V>,
  clock: Clock<V>,
  builder: TimedBuilder<V, W, S, P>,
  options: TimedOptions = {},
): KeyedStream<W> {
  const followsStream = clock.followsStream === true
  const settings: Settings<V, W, S, P> = {
    clock,
    builder,
    forgetAfterMs: Number.POSITIVE_INFINITY,
    usesSystemTime: false,
    lingerMs: 0,
    out: [],
    streamClocks: new WeakMap(),
    ...defined(options),
  }
  const toLogic: AnyLogicBuilder = (state, key, parts, context) => {
    const known = parts as ReadonlyMap<string, P>
    const built = followsStream
      ? new StreamTimedLogic<V, W, S, P>(settings, state as S | undefined, key, known, context)
      : new KeyTimedLogic<V, W, S, P>(settings, state as KeyTimedState<S> | undefined, key, known, context)
    return built as ReturnType<AnyLogicBuilder>
  }
  const toOperation = (): CoreOperation => {
    return { kind: 'statefulBatch', builder: toLogic, granularity: 'item', needsWatermarks: followsStream }
  }
  return core('statefulBatch', stepId, { up }, toOperation, { down: true }).down
}

function defined(options: TimedOptions): Partial<{ forgetAfterMs: number; usesSystemTime: boolean; lingerMs: number }> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

/** What the logics of a step share. */
interface Settings<V, W, S, P> {
  readonly clock: Clock<V>
  readonly builder: TimedBuilder<V, W, S, P>
  readonly forgetAfterMs: number
  readonly usesSystemTime: boolean
  readonly lingerMs: number
  /** Where logics put what they emit. Empty between two calls. */
  readonly out: W[]
  /** The clock of all keys of a run on one worker, if it follows the stream: it has nothing of its own. */
  readonly streamClocks: WeakMap<LogicContext, ClockLogic<V>>
}

/** However long windows are, what is done may be gone for good. */
const MAX_LINGER_MS = 3_600_000

const NO_PARTS: ReadonlyMap<string, never> = new Map<string, never>()
const NO_CHANGES: SubKeyChanges = { changed: [], removed: [] }

/** A key under a clock that follows the stream: there is no time of its own, and nothing is left of it when its logic is done. */
class StreamTimedLogic<V, W, S, P> implements StatefulLogic<V, W, S, P> {
  readonly #settings: Settings<V, W, S, P>
  readonly #clock: ClockLogic<V>
  readonly #logic: TimedLogic<V, W, S, P>
  /** The watermark at which it goes if it is done still. */
  #goneAtMs = Number.NEGATIVE_INFINITY
  /** Present only where it is needed: a logic that has it is asked after each value. */
  readonly notifyAt?: () => number | undefined

  constructor(settings: Settings<V, W, S, P>, state: S | undefined, key: string, parts: ReadonlyMap<string, P>, context: LogicContext) {
    this.#settings = settings
    this.#clock = streamClockOf(settings, context)
    this.#logic = settings.builder(state, key, parts, context)
    if (settings.usesSystemTime) this.notifyAt = () => this.#logic.systemDueMs
  }

  onItem(value: V): Emit<W> {
    const logic = this.#logic
    const { out } = this.#settings
    const timestampMs = checkTime(this.#clock.onItem(value))
    const { watermarkMs } = this.#clock
    logic.onItem(value, timestampMs, watermarkMs, out)
    // At once, so that the next value finds the same whether or not it comes in the same batch.
    if (logic.dueMs <= watermarkMs) logic.onTime(watermarkMs, out)
    return this.#emit(watermarkMs)
  }

  onNotify(): Emit<W> {
    const { watermarkMs } = this.#clock
    this.#logic.onSystemTime?.(watermarkMs, this.#settings.out)
    return this.#emit(watermarkMs)
  }

  onWatermark(timeMs: number): Emit<W> {
    if (this.#logic.isDone && timeMs >= this.#goneAtMs) return [[], DISCARD]
    this.#logic.onTime(timeMs, this.#settings.out)
    return this.#emit(timeMs)
  }

  onEof(): Emit<W> {
    this.#logic.onTime(this.#clock.onEof(), this.#settings.out)
    return this.#emit(Number.POSITIVE_INFINITY)
  }

  notifyAtWatermark(): number | undefined {
    const { dueMs } = this.#logic
    if (dueMs < Number.POSITIVE_INFINITY) return dueMs
    return this.#logic.isDone && this.#settings.lingerMs > 0 ? this.#goneAtMs : undefined
  }

  snapshot(): S {
    return this.#logic.snapshot()
  }

  subKeyChanges(): SubKeyChanges {
    return this.#logic.subKeyChanges?.() ?? NO_CHANGES
  }

  snapshotSubKey(subKey: string): P {
    return this.#logic.snapshotSubKey?.(subKey) as P
  }

  #emit(nowMs: number): Emit<W> {
    const { out } = this.#settings
    const isGone = this.#logic.isDone && this.#mayGo(nowMs)
    if (out.length === 0) return isGone ? [[], DISCARD] : NOTHING
    return [out.splice(0), isGone ? DISCARD : RETAIN]
  }

  #mayGo(nowMs: number): boolean {
    const lingerMs = Math.min(this.#settings.lingerMs, MAX_LINGER_MS)
    this.#goneAtMs = nowMs + lingerMs
    return lingerMs === 0 || nowMs === Number.POSITIVE_INFINITY
  }
}

/** What is stored of a key with a clock of its own. */
interface KeyTimedState<S> {
  readonly clock: unknown
  /** Absent while nothing is going on. */
  readonly logic: S | undefined
}

/** A key with a clock of its own. While nothing is going on, the clock is all that is kept, so that late stays late. */
class KeyTimedLogic<V, W, S, P> implements StatefulLogic<V, W, KeyTimedState<S>, P> {
  readonly #settings: Settings<V, W, S, P>
  readonly #key: string
  readonly #context: LogicContext
  readonly #clock: ClockLogic<V>
  #logic: TimedLogic<V, W, S, P> | undefined
  #watermarkMs = Number.NEGATIVE_INFINITY
  /** When the key is forgotten, if nothing happens until then. */
  #forgetAtMs: number | undefined

  constructor(
    settings: Settings<V, W, S, P>,
    state: KeyTimedState<S> | undefined,
    key: string,
    parts: ReadonlyMap<string, P>,
    context: LogicContext,
  ) {
    this.#settings = settings
    this.#key = key
    this.#context = context
    this.#clock = settings.clock.build(state?.clock, context)
    if (state?.logic !== undefined || parts.size > 0) this.#logic = settings.builder(state?.logic, key, parts, context)
    this.#rest()
  }

  onItem(value: V): Emit<W> {
    this.#clock.beforeBatch()
    const { out } = this.#settings
    const logic = this.#activate()
    // What time has brought about since the last value comes first: the value may be late for it.
    if (this.#clock.watermarkMs > this.#watermarkMs && logic.dueMs <= this.#pass()) logic.onTime(this.#watermarkMs, out)
    const timestampMs = checkTime(this.#clock.onItem(value))
    const watermarkMs = this.#pass()
    logic.onItem(value, timestampMs, watermarkMs, out)
    if (logic.dueMs <= watermarkMs) logic.onTime(watermarkMs, out)
    return this.#emit()
  }

  onNotify(): Emit<W> {
    this.#clock.onNotify()
    if (this.#forgetAtMs !== undefined && this.#forgetAtMs <= this.#context.now()) return [[], DISCARD]
    const watermarkMs = this.#pass()
    const { out } = this.#settings
    const logic = this.#logic
    if (logic === undefined) return NOTHING
    if (logic.dueMs <= watermarkMs) logic.onTime(watermarkMs, out)
    if (logic.systemDueMs !== undefined && logic.systemDueMs <= this.#context.now()) logic.onSystemTime?.(watermarkMs, out)
    return this.#emit()
  }

  /** The watermark of the end is for this once: who goes on with the flow finds the clock as it was. */
  onEof(): Emit<W> {
    const watermarkMs = this.#clock.onEof()
    if (!(watermarkMs >= this.#watermarkMs)) throw wrongWatermark(watermarkMs, this.#watermarkMs)
    this.#logic?.onTime(watermarkMs, this.#settings.out)
    return this.#emit()
  }

  notifyAt(): number | undefined {
    const logic = this.#logic
    const dueMs = logic?.dueMs ?? Number.POSITIVE_INFINITY
    const at = dueMs === Number.POSITIVE_INFINITY ? this.#forgetAtMs : this.#clock.wakeAt(dueMs)
    const systemDueMs = logic?.systemDueMs
    return at === undefined || systemDueMs === undefined ? (at ?? systemDueMs) : Math.min(at, systemDueMs)
  }

  snapshot(): KeyTimedState<S> {
    const logic = this.#logic
    return { clock: this.#clock.snapshot(), logic: logic === undefined || logic.isDone ? undefined : logic.snapshot() }
  }

  subKeyChanges(): SubKeyChanges {
    const logic = this.#logic
    if (logic === undefined) return NO_CHANGES
    const changes = logic.subKeyChanges?.() ?? NO_CHANGES
    // All parts that were stored are reported as removed by now.
    if (logic.isDone) this.#logic = undefined
    return changes
  }

  snapshotSubKey(subKey: string): P {
    return this.#activate().snapshotSubKey?.(subKey) as P
  }

  #activate(): TimedLogic<V, W, S, P> {
    this.#logic ??= this.#settings.builder(undefined, this.#key, NO_PARTS, this.#context)
    return this.#logic
  }

  /** Goes on to the watermark of the clock. */
  #pass(): number {
    const { watermarkMs } = this.#clock
    if (!(watermarkMs >= this.#watermarkMs)) throw wrongWatermark(watermarkMs, this.#watermarkMs)
    this.#watermarkMs = watermarkMs
    return watermarkMs
  }

  #emit(): Emit<W> {
    const { out } = this.#settings
    this.#rest()
    const isForgettable = this.#logic?.isDone !== false && this.#clock.snapshot() === undefined
    if (out.length === 0) return isForgettable ? [[], DISCARD] : NOTHING
    return [out.splice(0), isForgettable ? DISCARD : RETAIN]
  }

  /** Sets the time to forget the key, if there is one. */
  #rest(): void {
    const { forgetAfterMs } = this.#settings
    if (forgetAfterMs === Number.POSITIVE_INFINITY) return
    const logic = this.#logic
    const isIdle = logic === undefined || (logic.isIdle ?? logic.dueMs === Number.POSITIVE_INFINITY)
    this.#forgetAtMs = isIdle ? this.#context.now() + forgetAfterMs : undefined
  }
}

function streamClockOf<V>(
  { clock, streamClocks }: Pick<Settings<V, unknown, unknown, unknown>, 'clock' | 'streamClocks'>,
  context: LogicContext,
): ClockLogic<V> {
  let built = streamClocks.get(context)
  if (built === undefined) {
    built = clock.build(undefined, context)
    streamClocks.set(context, built)
  }
  return built
}

function checkTime(timestampMs: number): number {
  if (Number.isFinite(timestampMs)) return timestampMs
  throw new TypewaxError('WRONG_RETURN', `\`onItem\` of the clock must return a finite number, the timestamp; got ${quote(timestampMs)}`)
}

function wrongWatermark(watermarkMs: unknown, beforeMs: number): TypewaxError {
  return new TypewaxError('WRONG_RETURN', `the watermark of the clock must be a number and not go back; got ${quote(watermarkMs)} after ${beforeMs}`)
}

/**
 * Owns what the operators share that go by time, of the system or of the stream: what the time of a value is, and when the logic of a key is called
 * because time has passed. A `ClockedLogic` knows nothing of the difference. The end of input is not the end of time: what is remembered stays.
 */

import { type Emit, type LogicContext, NOTHING, type StatefulLogic, type SubKeyChanges } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { returnedMs, type Timestamp } from '../timestamp.ts'
import { statefulCore } from './stateful-batch.ts'

/** What happens to the values of one key. What is pushed to `out` is emitted. */
export interface ClockedLogic<in V, W, out S, out P = never> {
  /** Name of the user's function that `onItem` calls, for messages. */
  readonly callee?: string
  /**
   * Handles a value. By the time of the stream it is late if its timestamp is below the watermark, by the system clock both are the present. Time may
   * have reached `dueMs` before.
   */
  onItem(value: V, timestampMs: number, watermarkMs: number, out: W[]): void
  /** Handles time having reached `dueMs`, which is later than `timeMs` afterwards. */
  onTime(timeMs: number, out: W[]): void
  /** Handles the end of input. */
  onEof?(out: W[]): void
  /** The time at which to be called; `Infinity` for none. */
  readonly dueMs: number
  /** Whether nothing needs to be remembered of the key: a new logic would do the same. */
  readonly isDone: boolean
  /** Gives the state that is not in parts, plain data. */
  snapshot(): S
  subKeyChanges?(): SubKeyChanges
  snapshotSubKey?(subKey: string): P
}

/** Builds the logic of a key: anew (`resumeState` is `undefined`), or from what was stored. */
export type ClockedBuilder<V, W, S, P = never> = (resumeState: S | undefined, key: string, parts: ReadonlyMap<string, P>) => ClockedLogic<V, W, S, P>

/** Adds the core step. With `timestamp` it goes by the time of the stream. */
export function clocked<V, W, S, P = never>(
  stepId: string,
  up: KeyedStream<V>,
  timestamp: ((value: V) => Timestamp) | undefined,
  builder: ClockedBuilder<V, W, S, P>,
): KeyedStream<W> {
  const shared: Shared<V, W> = { timestamp, callee: undefined, out: [] }
  const toHost = (resumeState: S | undefined, key: string, parts: ReadonlyMap<string, P>, context: LogicContext): Host<V, W, S, P> => {
    return new Host(shared, context, builder(resumeState, key, parts))
  }
  return statefulCore(stepId, up, toHost, { granularity: 'item', needsWatermarks: timestamp !== undefined })
}

/** What the logics of a step share. */
interface Shared<V, W> {
  readonly timestamp: ((value: V) => Timestamp) | undefined
  /** Name of the user's function that is being called. */
  callee: string | undefined
  /** What the last call emitted: used up before the next one. */
  readonly out: W[]
}

class Host<V, W, S, P> implements StatefulLogic<V, W, S, P> {
  readonly #shared: Shared<V, W>
  readonly #context: LogicContext
  readonly #logic: ClockedLogic<V, W, S, P>
  /** These are present only where there is something to ask or to call, which would cost every key. */
  readonly notifyAt?: () => number | undefined
  readonly notifyAtWatermark?: () => number | undefined
  readonly onEof?: () => Emit<W>
  readonly subKeyChanges?: () => SubKeyChanges

  constructor(shared: Shared<V, W>, context: LogicContext, logic: ClockedLogic<V, W, S, P>) {
    this.#shared = shared
    this.#context = context
    this.#logic = logic
    if (shared.timestamp === undefined) this.notifyAt = this.due
    else this.notifyAtWatermark = this.due
    if (logic.onEof !== undefined) this.onEof = this.end
    if (logic.subKeyChanges !== undefined) this.subKeyChanges = this.takeChanges
  }

  get callee(): string {
    return this.#shared.callee ?? 'onItem'
  }

  onItem(value: V): Emit<W> {
    const shared = this.#shared
    const { timestamp, out } = shared
    out.length = 0
    let [timestampMs, watermarkMs] = [0, 0]
    if (timestamp === undefined) timestampMs = watermarkMs = this.#context.now()
    else {
      shared.callee = 'timestamp'
      timestampMs = returnedMs('timestamp', timestamp(value))
      watermarkMs = this.#context.watermark()
    }
    shared.callee = this.#logic.callee
    this.#logic.onItem(value, timestampMs, watermarkMs, out)
    return this.#answer()
  }

  onNotify(): Emit<W> {
    return this.onWatermark(this.#context.now())
  }

  onWatermark(timeMs: number): Emit<W> {
    const { out } = this.#shared
    out.length = 0
    if (this.#logic.dueMs <= timeMs) this.#logic.onTime(timeMs, out)
    return this.#answer()
  }

  snapshot(): S {
    return this.#logic.snapshot()
  }

  snapshotSubKey(subKey: string): P {
    return this.#logic.snapshotSubKey?.(subKey) as P
  }

  private due(): number | undefined {
    const { dueMs } = this.#logic
    return dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs
  }

  private end(): Emit<W> {
    const { out } = this.#shared
    out.length = 0
    this.#logic.onEof?.(out)
    return this.#answer()
  }

  private takeChanges(): SubKeyChanges {
    return this.#logic.subKeyChanges?.() as SubKeyChanges
  }

  #answer(): Emit<W> {
    const { isDone } = this.#logic
    return isDone || this.#shared.out.length > 0 ? [this.#shared.out, isDone] : NOTHING
  }
}

/** Owns `collect`: values of a key gathered into lists. */

import { compose } from '../dataflow/operator.ts'
import { DISCARD, type Emit, type LogicContext, NOTHING, type StatefulLogic } from '../dataflow/step.ts'
import type { KeyedStream } from '../dataflow/stream.ts'
import { checkCount, checkDuration } from './checks.ts'
import { stateful } from './stateful.ts'

export interface CollectOptions {
  /** Length at which a list is emitted. */
  readonly maxSize: number
  /** Time from the first value of a list after which it is emitted however short it is, in milliseconds. */
  readonly timeoutMs: number
}

declare module '../dataflow/stream.ts' {
  interface KeyedStream<out V> {
    /**
     * Gathers the values of each key into lists: emitted when full, when their first value is `timeoutMs` old, and at the end of input.
     *
     * ```ts
     * rows.collect('chunk', { maxSize: 100, timeoutMs: seconds(5) })
     * ```
     *
     * A list that waits when a run is resumed keeps its time.
     */
    collect(stepId: string, options: CollectOptions): KeyedStream<V[]>
  }
}

/** The function form of `stream.collect`. */
export function collect<V>(stepId: string, up: KeyedStream<V>, options: CollectOptions): KeyedStream<V[]> {
  return compose('collect', stepId, { up }, (inner) => {
    const { maxSize, timeoutMs } = options ?? {}
    checkCount({ operator: 'collect', stepId, name: 'maxSize' }, maxSize)
    checkDuration({ operator: 'collect', stepId, name: 'timeoutMs' }, timeoutMs)
    return stateful<V, V[], Waiting<V>>('stateful', inner.up, (resumeState, _key, _parts, context) => {
      return new CollectLogic({ maxSize, timeoutMs }, context, resumeState)
    })
  })
}

/** The state of a key: a list and the time at which it is due, in milliseconds since the epoch. */
interface Waiting<V> {
  readonly values: V[]
  readonly dueMs: number
}

class CollectLogic<V> implements StatefulLogic<V, V[], Waiting<V>> {
  readonly #maxSize: number
  readonly #waiting: Waiting<V>

  /** Built at the first value of a list, so the list is due `timeoutMs` from now; or resumed. */
  constructor({ maxSize, timeoutMs }: CollectOptions, context: LogicContext, resumeState: Waiting<V> | undefined) {
    this.#maxSize = maxSize
    this.#waiting = resumeState ?? { values: [], dueMs: context.now() + timeoutMs }
  }

  onItem(value: V): Emit<V[]> {
    const { values } = this.#waiting
    values.push(value)
    return values.length >= this.#maxSize ? this.#emit() : NOTHING
  }

  onNotify(): Emit<V[]> {
    return this.#emit()
  }

  onEof(): Emit<V[]> {
    return this.#emit()
  }

  notifyAt(): number | undefined {
    const { dueMs } = this.#waiting
    return Number.isFinite(dueMs) ? dueMs : undefined
  }

  snapshot(): Waiting<V> {
    return this.#waiting
  }

  #emit(): Emit<V[]> {
    return [[this.#waiting.values], DISCARD]
  }
}

/** Owns sinks that write down every call, and call a hook before each one that may wait or throw. */

import { Dataflow, type PartitionContext, type Source } from '../../src/index.ts'
import { DynamicSink, FixedPartitionedSink, type Sink, StatefulSinkPartition, StatelessSinkPartition } from '../../src/outputs/index.ts'

export interface LogOptions {
  /** Gets a line for each call, such as `write left a b`. */
  readonly log?: string[]
  /** Called before a method does its work, with the line that is logged; may wait or throw. */
  readonly before?: (call: string) => void | Promise<void>
}

export interface PartitionedOptions extends LogOptions {
  readonly parts?: readonly string[]
  /** What outlives an execution, by partition. */
  readonly output?: Map<string, string[]>
  readonly partFn?: (key: string) => number
  readonly isTwoPhase?: boolean
}

/** Writes texts; its position is the number of values. Takes back what is behind its resume state. */
export class LogSink extends FixedPartitionedSink<string, number> {
  readonly output: Map<string, string[]>
  /** Prepared by partition and position. */
  readonly prepared = new Map<string, readonly string[]>()
  readonly #options: PartitionedOptions

  constructor(options: PartitionedOptions = {}) {
    super()
    this.#options = options
    this.output = options.output ?? new Map()
  }

  override async listParts(): Promise<string[]> {
    await call(this.#options, 'listParts')
    return [...(this.#options.parts ?? ['left', 'right'])]
  }

  override partFn(key: string): number {
    return this.#options.partFn?.(key) ?? super.partFn(key)
  }

  override async buildPart(part: string, resumeState: number | undefined, context: PartitionContext): Promise<LogPartition> {
    await call(this.#options, `build ${part} ${resumeState}`)
    const content = this.output.get(part) ?? []
    content.length = Math.min(content.length, resumeState ?? 0)
    this.output.set(part, content)
    context.signal.addEventListener('abort', () => this.#options.log?.push(`signal ${part}`))
    const Kind = this.#options.isTwoPhase ? TwoPhasePartition : LogPartition
    return new Kind(this, part, this.#options, resumeState ?? 0)
  }
}

class LogPartition extends StatefulSinkPartition<string, number> {
  protected readonly sink: LogSink
  protected readonly part: string
  protected readonly options: PartitionedOptions
  protected readonly content: string[]
  /** Number of values before the next write of this execution. */
  protected readonly startAt: number

  constructor(sink: LogSink, part: string, options: PartitionedOptions, startAt: number) {
    super()
    this.startAt = startAt
    this.sink = sink
    this.part = part
    this.options = options
    this.content = sink.output.get(part) as string[]
  }

  override writeBatch(values: readonly string[]): void | Promise<void> {
    const done = call(this.options, `write ${this.part} ${values.join(' ')}`)
    if (done === undefined) this.take(values)
    else return done.then(() => this.take(values))
  }

  override flush?(): void | Promise<void> {
    return call(this.options, `flush ${this.part}`)
  }

  override snapshot(): number {
    void call(this.options, `snapshot ${this.part}`)
    return this.content.length
  }

  override close(): void | Promise<void> {
    return call(this.options, `close ${this.part}`)
  }

  protected take(values: readonly string[]): void {
    this.content.push(...values)
  }
}

/** The token is the position and the number of values from there. */
interface Token {
  readonly at: number
  readonly count: number
}

class TwoPhasePartition extends LogPartition {
  #pending: string[] = []
  #position = this.startAt

  override prepare(): Token | Promise<Token> {
    const token = { at: this.#position, count: this.#pending.length }
    const done = call(this.options, `prepare ${this.part} ${token.at}`)
    this.sink.prepared.set(`${this.part}@${token.at}`, this.#pending)
    this.#position += this.#pending.length
    this.#pending = []
    return done === undefined ? token : done.then(() => token)
  }

  override commit(token: unknown): void | Promise<void> {
    const { at } = token as Token
    const done = call(this.options, `commit ${this.part} ${at}`)
    const show = (): void => {
      this.content.length = at
      this.content.push(...(this.sink.prepared.get(`${this.part}@${at}`) ?? []))
    }
    return done === undefined ? show() : done.then(show)
  }

  override snapshot(): number {
    super.snapshot()
    return this.#position
  }

  protected override take(values: readonly string[]): void {
    this.#pending.push(...values)
  }
}

/** Appends to `output`, for all workers. */
export class LogDynamicSink extends DynamicSink<string> {
  readonly output: string[] = []
  readonly #options: LogOptions

  constructor(options: LogOptions = {}) {
    super()
    this.#options = options
  }

  override async build(workerIndex: number, workerCount: number, context: PartitionContext): Promise<StatelessSinkPartition<string>> {
    await call(this.#options, `build ${workerIndex} of ${workerCount}`)
    context.signal.addEventListener('abort', () => this.#options.log?.push('signal'))
    return new LogDynamicPartition(this.output, this.#options)
  }
}

class LogDynamicPartition extends StatelessSinkPartition<string> {
  readonly #output: string[]
  readonly #options: LogOptions

  constructor(output: string[], options: LogOptions) {
    super()
    this.#output = output
    this.#options = options
  }

  override writeBatch(items: readonly string[]): void | Promise<void> {
    const done = call(this.#options, `write ${items.join(' ')}`)
    if (done === undefined) this.#output.push(...items)
    else return done.then(() => void this.#output.push(...items))
  }

  override flush(): void | Promise<void> {
    return call(this.#options, 'flush')
  }

  override close(): void | Promise<void> {
    return call(this.#options, 'close')
  }
}

function call({ log, before }: LogOptions, line: string): void | Promise<void> {
  log?.push(line)
  return before?.(line)
}

/** A flow from a source straight to a sink. */
export function flowOf<X>(source: Source<X>, sink: Sink<X>): Dataflow {
  const flow = new Dataflow('flow')
  flow.input('in', source).output('out', sink)
  return flow
}

export type Pair = [key: string, value: string]

/** Pairs of `key:value` texts. */
export function pairs(...texts: readonly string[]): Pair[] {
  return texts.map((text) => text.split(':') as Pair)
}

/** Sends `left` to the first and `right` to the second of two partitions. */
export function leftRight(key: string): number {
  return key === 'left' ? 0 : 1
}

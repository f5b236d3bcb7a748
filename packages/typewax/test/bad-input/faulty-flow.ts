/**
 * Owns a flow every part of which can be made to fail, once, at its n-th call: sources, functions, states and sinks. What it has written outlives an
 * execution, so that the next one, without the fault, can be held to the law: nothing lost, nothing doubled.
 */

import { Dataflow, DISCARD, EOF, type StatefulLogic } from '../../src/index.ts'
import { type Batch, FixedPartitionedSource, type PartitionContext, StatefulSourcePartition } from '../../src/inputs/source.ts'
import { FixedPartitionedSink, StatefulSinkPartition } from '../../src/outputs/sink.ts'
import type { Faults, Manner } from './faults.ts'

const PARTS = ['p0', 'p1']
const ITEM_COUNT = 12

/** What has been written, by partition of the sink; for two phases also what is prepared. */
export class Written {
  readonly lines = new Map<string, string[]>()
  readonly prepared = new Map<string, readonly string[]>()
}

/** Sums up the values of each key, `key sum`, and the number of values at the end. */
export function faultyFlow(faults: Faults, written: Written, manner: Manner): Dataflow {
  const flow = new Dataflow('flow')
  flow
    .input('in', new Source(faults, manner))
    .mapAsync('async', async (item) => await faults.call('mapAsync', () => item), { timeoutMs: 60_000 })
    .keyOn('key', (item) => item.split(' ')[0] as string)
    .mapValue('map', (item) => faults.sync('map', () => Number(item.split(' ')[1])))
    .stateful('sum', (state: Sum | undefined, key) => faults.sync('logic.build', () => new SumLogic(faults, key, state)))
    .output('out', new Sink(faults, written, manner))
  return flow
}

/** What must have been written by the end, by key. */
export function expected(): Map<string, string[]> {
  const lines = new Map<string, string[]>()
  const sums = new Map<string, Sum>()
  for (const part of PARTS) {
    for (const item of itemsOf(part)) {
      const [key = '', value] = item.split(' ')
      const { sum, count } = sums.get(key) ?? { sum: 0, count: 0 }
      sums.set(key, { sum: sum + Number(value), count: count + 1 })
      lines.set(key, [...(lines.get(key) ?? []), `${key} ${sum + Number(value)}`])
    }
  }
  for (const [key, { count }] of sums) lines.get(key)?.push(`${key} count ${count}`)
  return lines
}

function itemsOf(part: string): string[] {
  return Array.from({ length: ITEM_COUNT }, (_, index) => `${part}-${index % 3} ${index}`)
}

class Source extends FixedPartitionedSource<string, number> {
  readonly #faults: Faults
  readonly #manner: Manner

  constructor(faults: Faults, manner: Manner) {
    super()
    this.#faults = faults
    this.#manner = manner
  }

  override listParts(): string[] | Promise<string[]> {
    return this.#faults.call('source.listParts', () => PARTS)
  }

  override buildPart(part: string, resumeState: number | undefined, context: PartitionContext): SourcePart | Promise<SourcePart> {
    this.#faults.signals.push(context.signal)
    return this.#faults.call('source.buildPart', () => new SourcePart(this.#faults, itemsOf(part), resumeState ?? 0, this.#manner.batchSize))
  }
}

class SourcePart extends StatefulSourcePartition<string, number> {
  readonly #faults: Faults
  readonly #items: readonly string[]
  readonly #batchSize: number
  #position: number

  constructor(faults: Faults, items: readonly string[], position: number, batchSize: number) {
    super()
    this.#faults = faults
    this.#items = items
    this.#position = position
    this.#batchSize = batchSize
  }

  override nextBatch(): Batch<string> | Promise<Batch<string>> {
    return this.#faults.call('source.nextBatch', () => {
      const batch = this.#items.slice(this.#position, this.#position + this.#batchSize)
      this.#position += batch.length
      return batch.length === 0 ? EOF : batch
    })
  }

  override nextAwake(): undefined {
    return this.#faults.sync('source.nextAwake', () => undefined)
  }

  override snapshot(): number {
    return this.#faults.sync('source.snapshot', () => this.#position)
  }

  override close(): void | Promise<void> {
    return this.#faults.call('source.close', () => {})
  }
}

interface Sum {
  readonly sum: number
  readonly count: number
}

class SumLogic implements StatefulLogic<number, string, Sum> {
  readonly #faults: Faults
  readonly #key: string
  #state: Sum

  constructor(faults: Faults, key: string, state: Sum | undefined) {
    this.#faults = faults
    this.#key = key
    this.#state = state ?? { sum: 0, count: 0 }
  }

  onItem(value: number): readonly [string[]] {
    return this.#faults.sync('logic.onItem', () => {
      this.#state = { sum: this.#state.sum + value, count: this.#state.count + 1 }
      return [[`${this.#key} ${this.#state.sum}`]] as const
    })
  }

  onEof(): readonly [string[], boolean] {
    return this.#faults.sync('logic.onEof', () => [[`${this.#key} count ${this.#state.count}`], DISCARD] as const)
  }

  snapshot(): Sum {
    return this.#faults.sync('logic.snapshot', () => this.#state)
  }
}

class Sink extends FixedPartitionedSink<string, number> {
  readonly #faults: Faults
  readonly #written: Written
  readonly #manner: Manner

  constructor(faults: Faults, written: Written, manner: Manner) {
    super()
    this.#faults = faults
    this.#written = written
    this.#manner = manner
  }

  override listParts(): string[] | Promise<string[]> {
    return this.#faults.call('sink.listParts', () => ['left', 'right'])
  }

  override partFn(key: string): number {
    return this.#faults.sync('sink.partFn', () => super.partFn(key))
  }

  override buildPart(part: string, resumeState: number | undefined, context: PartitionContext): SinkPart | Promise<SinkPart> {
    this.#faults.signals.push(context.signal)
    return this.#faults.call('sink.buildPart', () => {
      const lines = this.#written.lines.get(part) ?? []
      this.#written.lines.set(part, lines)
      const Kind = this.#manner.isTwoPhase ? TwoPhasePart : SinkPart
      return new Kind(this.#faults, this.#written, part, resumeState ?? 0)
    })
  }
}

/** Takes back what lies behind its position, and appends. */
class SinkPart extends StatefulSinkPartition<string, number> {
  protected readonly faults: Faults
  protected readonly written: Written
  protected readonly part: string
  protected readonly lines: string[]
  protected position: number

  constructor(faults: Faults, written: Written, part: string, position: number) {
    super()
    this.faults = faults
    this.written = written
    this.part = part
    this.lines = written.lines.get(part) as string[]
    this.position = position
    if (this.lines.length > position) this.lines.length = position
  }

  override writeBatch(values: readonly string[]): void | Promise<void> {
    return this.faults.call('sink.writeBatch', () => this.take(values))
  }

  override flush(): void | Promise<void> {
    return this.faults.call('sink.flush', () => {})
  }

  override snapshot(): number {
    return this.faults.sync('sink.snapshot', () => this.position)
  }

  override close(): void | Promise<void> {
    return this.faults.call('sink.close', () => {})
  }

  protected take(values: readonly string[]): void {
    this.lines.push(...values)
    this.position += values.length
  }
}

/** Shows lines when they are committed; what is prepared outlives an execution. The token is the position of the first of them. */
class TwoPhasePart extends SinkPart {
  #pending: string[] = []

  override prepare(): unknown {
    return this.faults.call('sink.prepare', () => {
      const from = this.position - this.#pending.length
      this.written.prepared.set(`${this.part} ${from}`, this.#pending)
      this.#pending = []
      return from
    })
  }

  override commit(token: unknown): void | Promise<void> {
    return this.faults.call('sink.commit', () => {
      const from = token as number
      this.lines.length = from
      this.lines.push(...(this.written.prepared.get(`${this.part} ${from}`) ?? []))
    })
  }

  protected override take(values: readonly string[]): void {
    this.#pending.push(...values)
    this.position += values.length
  }
}

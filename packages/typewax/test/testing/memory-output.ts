/** Owns a partitioned sink in memory, plain or two-phase, that can be told to be wrong in one way or another: what the sink suite must find out. */

import type { PartitionContext } from '../../src/index.ts'
import { FixedPartitionedSink, StatefulSinkPartition } from '../../src/outputs/index.ts'

/** A position that is no mere number, so that it can be aliased. */
export interface Place {
  written: number
}

/** How a sink is broken; each field one way. */
export interface SinkFaults {
  readonly keepsOldContent?: boolean
  readonly doesNotTruncate?: boolean
  readonly truncatesAtWrite?: boolean
  readonly snapshotOffset?: number
  readonly isAliasing?: boolean
  readonly isClassInstance?: boolean
  readonly changesResumeState?: boolean
  readonly keepsOnSink?: boolean
  readonly buildsLazily?: boolean
  readonly reverses?: boolean
  readonly dropsLargeBatches?: boolean
  readonly buffersForEver?: boolean
  readonly writesToOnePart?: boolean
  readonly sortsItsInput?: boolean
  readonly clearsAtClose?: boolean
  readonly leaks?: boolean
  readonly signalBreaksSink?: boolean
  readonly listsTwice?: boolean
  readonly renames?: boolean
  readonly randomPartFn?: boolean
  readonly negativePartFn?: boolean
  readonly showsPrepared?: boolean
  readonly commitsTwice?: boolean
  readonly forgetsPrepared?: boolean
}

/** What outlives sink objects, as a disk does. */
export class MemoryOutput {
  readonly files = new Map<string, string[]>()
  /** Prepared and not committed, by token. */
  readonly prepared = new Map<string, readonly string[]>()
  handles = 0
  isBroken = false

  read(part: string): readonly string[] | undefined {
    const file = this.files.get(part)
    return file === undefined ? undefined : [...file]
  }
}

class PlaceInstance implements Place {
  written: number
  constructor(written: number) {
    this.written = written
  }
}

export class MemorySink extends FixedPartitionedSink<string, Place> {
  readonly output: MemoryOutput
  readonly faults: SinkFaults
  readonly #isTwoPhase: boolean
  readonly #shared: Place = { written: 0 }
  #calls = 0

  constructor(output: MemoryOutput, faults: SinkFaults = {}, isTwoPhase = false) {
    super()
    this.output = output
    this.faults = faults
    this.#isTwoPhase = isTwoPhase
  }

  override listParts(): string[] {
    this.#calls += 1
    const parts = this.faults.listsTwice ? ['left', 'right', 'left'] : ['left', 'right', 'é']
    return parts.map((part) => (this.faults.renames ? `${part}${this.#calls}` : part))
  }

  override partFn(key: string): number {
    this.#calls += 1
    if (this.faults.randomPartFn) return this.#calls
    return this.faults.negativePartFn ? -1 : super.partFn(key)
  }

  override buildPart(part: string, resumeState: Place | undefined, context: PartitionContext): MemoryPartition {
    const { keepsOldContent, doesNotTruncate, truncatesAtWrite, changesResumeState, keepsOnSink, buildsLazily, writesToOnePart } = this.faults
    const { files } = this.output
    const name = writesToOnePart ? 'left' : part
    const old = files.get(name) ?? []
    const place = changesResumeState && resumeState !== undefined ? resumeState : { written: resumeState?.written ?? 0 }
    if (keepsOldContent && resumeState === undefined) place.written = old.length
    if (!doesNotTruncate && !truncatesAtWrite) old.length = Math.min(old.length, place.written)
    if (!buildsLazily) files.set(name, old)
    Object.assign(this.#shared, place)
    const Kind = this.#isTwoPhase ? TwoPhasePartition : FlushingPartition
    return new Kind(this, name, keepsOnSink ? this.#shared : place, context)
  }
}

abstract class MemoryPartition extends StatefulSinkPartition<string, Place> {
  protected readonly sink: MemorySink
  protected readonly part: string
  protected readonly place: Place
  protected pending: string[] = []

  constructor(sink: MemorySink, part: string, place: Place, { signal }: PartitionContext) {
    super()
    this.sink = sink
    this.part = part
    this.place = place
    sink.output.handles += 1
    signal.addEventListener('abort', () => {
      if (!sink.faults.leaks) sink.output.handles -= 1
      if (sink.faults.signalBreaksSink) sink.output.isBroken = true
    })
  }

  override async writeBatch(values: readonly string[]): Promise<void> {
    const { faults, output } = this.sink
    if (output.isBroken) throw new Error('the shared client is gone')
    if (values.some((value) => typeof value !== 'string')) throw Object.assign(new Error('strings only'), { code: 'NOT_TEXT' })
    if (faults.dropsLargeBatches && values.length > 100) return
    if (faults.sortsItsInput) (values as string[]).sort()
    this.pending.push(...(faults.reverses ? [...values].reverse() : values))
  }

  override snapshot(): Place {
    const { isAliasing, isClassInstance, snapshotOffset = 0 } = this.sink.faults
    if (isAliasing) return this.place
    const written = this.place.written + snapshotOffset
    return isClassInstance ? new PlaceInstance(written) : { written }
  }

  override close(): void {
    if (this.sink.faults.clearsAtClose) this.sink.output.files.clear()
  }

  protected append(values: readonly string[], at: number): void {
    const { files } = this.sink.output
    const file = files.get(this.part) ?? []
    if (this.sink.faults.truncatesAtWrite) file.length = Math.min(file.length, at)
    files.set(this.part, file)
    values.forEach((value, index) => {
      file[at + index] = value
    })
  }
}

class FlushingPartition extends MemoryPartition {
  override async flush(): Promise<void> {
    if (this.sink.faults.buffersForEver) return
    this.append(this.pending, this.place.written)
    this.place.written += this.pending.length
    this.pending = []
  }
}

interface Token {
  readonly id: string
  readonly at: number
}

class TwoPhasePartition extends MemoryPartition {
  override prepare(): Token {
    const { output, faults } = this.sink
    const token = { id: `${this.part}@${this.place.written}`, at: this.place.written }
    if (!faults.forgetsPrepared) output.prepared.set(token.id, this.pending)
    if (faults.showsPrepared) this.append(this.pending, token.at)
    this.place.written += this.pending.length
    this.pending = []
    return token
  }

  override async commit(token: unknown): Promise<void> {
    const { id, at } = token as Token
    const { output, faults } = this.sink
    const file = output.files.get(this.part) ?? []
    const values = output.prepared.get(id) ?? []
    this.append(values, faults.commitsTwice ? file.length : at)
  }
}

/**
 * Owns the parts of a flow that is killed: a source that reads no faster than its pace, and a store that tells. The flow tells its parent by lines on
 * stdout: `polled` once, `committed EPOCH WAL_BYTES` for each epoch, `end OUTCOME`.
 */

import { statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Dataflow, run } from '../../src/index.ts'
import { FixedPartitionedSource, type PartitionContext, StatefulSourcePartition } from '../../src/inputs/index.ts'
import type { EpochWrite, OpenRequest, RecoverySession, RecoveryStore } from '../../src/recovery/index.ts'
import { SqliteRecoveryStore } from '../../src/recovery/index.ts'

export function tell(line: string): void {
  writeSync(1, `${line}\n`)
}

/** Runs a flow until it is done or its process is asked to stop, and tells how it ended. */
export async function runAndTell(flow: Dataflow, state: string, epochIntervalMs: number): Promise<void> {
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  const report = await run(flow, { recovery: new TellingStore(state), epochIntervalMs, signal: stop.signal })
  tell(`end ${report.outcome}`)
}

let hasPolled = false

/** A source that pauses between two polls: a run then takes its time, whatever the machine. */
export class Paced<X, S> extends FixedPartitionedSource<X, S> {
  readonly #source: FixedPartitionedSource<X, S>
  readonly #paceMs: () => number

  /** @param paceMs Asked for once for each partition. 0: no pause. */
  constructor(source: FixedPartitionedSource<X, S>, paceMs: () => number) {
    super()
    this.#source = source
    this.#paceMs = paceMs
  }

  override async listParts(): Promise<string[]> {
    return await this.#source.listParts()
  }

  override async buildPart(part: string, resumeState: S | undefined, context: PartitionContext): Promise<StatefulSourcePartition<X, S>> {
    const inner = await this.#source.buildPart(part, resumeState, context)
    return new PacedPartition(inner, this.#paceMs())
  }
}

class PacedPartition<X, S> extends StatefulSourcePartition<X, S> {
  readonly #inner: StatefulSourcePartition<X, S>
  readonly #paceMs: number

  constructor(inner: StatefulSourcePartition<X, S>, paceMs: number) {
    super()
    this.#inner = inner
    this.#paceMs = paceMs
  }

  override nextBatch(): ReturnType<StatefulSourcePartition<X, S>['nextBatch']> {
    if (!hasPolled) tell('polled')
    hasPolled = true
    return this.#inner.nextBatch()
  }

  override nextAwake(): number | undefined {
    return this.#paceMs === 0 ? undefined : Date.now() + this.#paceMs
  }

  override snapshot(): S {
    return this.#inner.snapshot()
  }
}

/** Tells the parent when an epoch is durable, and how long the WAL is then. */
class TellingStore implements RecoveryStore {
  readonly #store: SqliteRecoveryStore
  readonly location: string

  constructor(state: string) {
    this.#store = new SqliteRecoveryStore(state)
    this.location = state
  }

  async open(request: OpenRequest): Promise<RecoverySession> {
    const session = await this.#store.open(request)
    const write = session.write.bind(session)
    session.write = async (epoch: EpochWrite): Promise<void> => {
      await write(epoch)
      tell(`committed ${epoch.epoch} ${this.#walBytes()}`)
    }
    return session
  }

  #walBytes(): number {
    return statSync(join(this.location, 'part-0.sqlite3-wal'), { throwIfNoEntry: false })?.size ?? 0
  }
}

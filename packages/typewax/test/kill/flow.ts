/**
 * Owns the flow that is killed: paced lines → two stateful steps (one of them with sub-keys) → a FileSink and a DirSink. Run as a process of its own:
 * `node flow.ts INPUT OUT STATE`. Tells its parent by lines on stdout: `polled` once, `committed EPOCH WAL_BYTES` for each epoch, `end OUTCOME`.
 */

import { statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DirSink, FileSink, FileSource } from '../../src/connectors/files/index.ts'
import { Dataflow, type Emit, run } from '../../src/index.ts'
import { FixedPartitionedSource, type PartitionContext, StatefulSourcePartition } from '../../src/inputs/index.ts'
import type { EpochWrite, OpenRequest, RecoverySession, RecoveryStore } from '../../src/recovery/index.ts'
import { SqliteRecoveryStore } from '../../src/recovery/index.ts'

/** Pause between two polls: a run takes about a second, whatever the machine. */
const PACE_MS = 4
const BATCH_LINES = 64

const [, , input, out, state] = process.argv as [string, string, string, string, string]

function tell(line: string): void {
  writeSync(1, `${line}\n`)
}

/** A source that reads no faster than its pace. */
class Paced extends FixedPartitionedSource<string, unknown> {
  readonly #source = new FileSource(input, { batchSize: BATCH_LINES })

  override async listParts(): Promise<string[]> {
    return await this.#source.listParts()
  }

  override async buildPart(part: string, resumeState: unknown, context: PartitionContext): Promise<StatefulSourcePartition<string, unknown>> {
    const inner = await this.#source.buildPart(part, resumeState as never, context)
    return new PacedPartition(inner)
  }
}

class PacedPartition extends StatefulSourcePartition<string, unknown> {
  readonly #inner: StatefulSourcePartition<string, unknown>
  #hasPolled = false

  constructor(inner: StatefulSourcePartition<string, unknown>) {
    super()
    this.#inner = inner
  }

  override nextBatch() {
    if (!this.#hasPolled) tell('polled')
    this.#hasPolled = true
    return this.#inner.nextBatch()
  }

  override nextAwake(): number {
    return Date.now() + PACE_MS
  }

  override snapshot(): unknown {
    return this.#inner.snapshot()
  }
}

/** Remembers the last line number of each of seven groups of a key, each group under a sub-key; emits how many groups there are. */
class Groups {
  readonly #last: Map<string, number>
  readonly #changed = new Set<string>()

  constructor(parts: ReadonlyMap<string, number>) {
    this.#last = new Map(parts)
  }

  onItem(n: number): Emit<string> {
    const group = String(n % 7)
    const before = this.#last.get(group) ?? -1
    this.#last.set(group, n)
    this.#changed.add(group)
    return [[`${n} after ${before} of ${this.#last.size}`], n % 97 === 0]
  }

  snapshot(): null {
    return null
  }

  subKeyChanges(): { changed: string[]; removed: string[] } {
    const changed = [...this.#changed]
    this.#changed.clear()
    return { changed, removed: [] }
  }

  snapshotSubKey(group: string): number {
    return this.#last.get(group) as number
  }
}

/** Tells the parent when an epoch is durable, and how long the WAL is then. */
class TellingStore implements RecoveryStore {
  readonly #store = new SqliteRecoveryStore(state)
  readonly location = state

  async open(request: OpenRequest): Promise<RecoverySession> {
    const session = await this.#store.open(request)
    const write = session.write.bind(session)
    session.write = async (epoch: EpochWrite): Promise<void> => {
      await write(epoch)
      tell(`committed ${epoch.epoch} ${walBytes()}`)
    }
    return session
  }
}

function walBytes(): number {
  return statSync(join(state, 'part-0.sqlite3-wal'), { throwIfNoEntry: false })?.size ?? 0
}

const flow = new Dataflow('killed')
const lines = flow.input('lines', new Paced()).map('number', (line) => Number(line))
const keyed = lines.keyOn('key', (n) => `k${n % 53}`)
keyed
  .statefulMap(
    'sum',
    () => ({ count: 0, sum: 0 }),
    (sum, n, key) => {
      sum.count += 1
      sum.sum += n
      return [sum, `${key} ${sum.count} ${sum.sum}`]
    },
  )
  .output('dir', new DirSink(join(out, 'dir'), { fileCount: 3 }))
keyed.stateful<string, null, number>('groups', (_state, _key, parts) => new Groups(parts)).output('file', new FileSink(join(out, 'file.txt')))

const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
const report = await run(flow, { recovery: new TellingStore(), epochIntervalMs: 50, signal: stop.signal })
tell(`end ${report.outcome}`)

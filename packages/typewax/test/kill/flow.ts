/**
 * Owns the flow that is killed: paced lines → two stateful steps (one of them with sub-keys) → a FileSink and a DirSink. Run as a process of its own:
 * `node flow.ts INPUT OUT STATE`.
 */

import { join } from 'node:path'
import { DirSink, FileSink, FileSource } from '../../src/connectors/files/index.ts'
import { Dataflow, type Emit } from '../../src/index.ts'
import { Paced, runAndTell } from './telling.ts'

/** Pause between two polls: a run takes about a second, whatever the machine. */
const PACE_MS = 4
const BATCH_LINES = 64

const [, , input, out, state] = process.argv as [string, string, string, string, string]

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

const flow = new Dataflow('killed')
const lines = flow.input('lines', new Paced(new FileSource(input, { batchSize: BATCH_LINES }), () => PACE_MS)).map('number', (line) => Number(line))
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

await runAndTell(flow, state, 50)

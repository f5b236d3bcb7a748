/**
 * Owns the measurement of stalls: `npm run bench:stall -- [--keys 1000000]`. A flow keeps a million keys busy while epochs of a few seconds snapshot
 * all of them; the longest time between two polls of the source is what a stall of the worker would be.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Dataflow, run } from 'typewax'
import { DynamicSource, type EndOfInput, EOF, StatelessSourcePartition } from 'typewax/inputs'
import { DynamicSink, StatelessSinkPartition } from 'typewax/outputs'

const BATCH = 256

const { values: options } = parseArgs({ options: { keys: { type: 'string', default: '1000000' }, seconds: { type: 'string', default: '30' } } })
const keyCount = Number(options.keys)
const state = mkdtempSync(join(tmpdir(), 'typewax-stall-'))
const gaps: number[] = []
const keys = Array.from({ length: keyCount }, (_, index) => `key-${index}`)

class Busy extends DynamicSource<string> {
  override build(): StatelessSourcePartition<string> {
    return new BusyPartition()
  }
}

class BusyPartition extends StatelessSourcePartition<string> {
  readonly #endAt = performance.now() + Number(options.seconds) * 1_000
  #next = 0
  #polledAt = 0

  override nextBatch(): string[] | EndOfInput {
    const at = performance.now()
    if (this.#next > 2 * keyCount) gaps.push(at - this.#polledAt)
    this.#polledAt = at
    if (at > this.#endAt) return EOF
    const batch: string[] = []
    // 7,919 is prime: keys come in no order that would help.
    for (let index = 0; index < BATCH; index++) batch.push(keys[(this.#next++ * 7_919) % keyCount] as string)
    return batch
  }
}

class Nowhere extends DynamicSink<unknown> {
  override build(): StatelessSinkPartition<unknown> {
    return new NowherePartition()
  }
}

class NowherePartition extends StatelessSinkPartition<unknown> {
  override writeBatch(): void {}
}

const flow = new Dataflow('stall')
flow
  .input('keys', new Busy())
  .keyOn('key', (key) => key)
  .statefulMap(
    'count',
    () => ({ count: 0, last: '' }),
    (seen, value) => {
      seen.count += 1
      seen.last = value
      return [seen, seen.count]
    },
  )
  .output('out', new Nowhere())
const report = await run(flow, { recovery: state, epochIntervalMs: 5_000 })
rmSync(state, { recursive: true })
const items = report.steps[0]?.itemsIn ?? 0
gaps.sort((a, b) => b - a)
console.log(
  `${keyCount} keys, ${items} items, ${report.epochs} epochs of 5 s: longest stall ${gaps[0]?.toFixed(1)} ms, next ${gaps
    .slice(1, 5)
    .map((gap) => gap.toFixed(1))
    .join(', ')} ms`,
)

/**
 * Owns the program that is measured: `node bench/nexmark/program.ts q5 1000000`. Runs one query from the generator into a sink that drops its rows, and prints
 * what it measured as JSON. The query `gen` gives the sink the events themselves.
 */

import { Dataflow, run } from 'typewax'
import { DynamicSink, StatelessSinkPartition } from 'typewax/outputs'
import { QUERIES } from './queries/index.ts'
import { NexmarkSource } from './source.ts'

/** What the program prints. */
export interface Measured {
  /** From the first poll's preparations to the end of the run: loading of modules not included, warming up included. */
  readonly elapsedMs: number
  /** Of all threads of the process, in the same time. */
  readonly processorMs: number
  readonly rowCount: number
  readonly peakMemoryMb: number
}

class DroppingSink extends DynamicSink<unknown> {
  override build(): StatelessSinkPartition<unknown> {
    return new DroppingPartition()
  }
}

class DroppingPartition extends StatelessSinkPartition<unknown> {
  override writeBatch(): void {}
}

const [name = '', eventCount = ''] = process.argv.slice(2)
const query = name === 'gen' ? undefined : QUERIES.find((each) => each.name === name)
if (query === undefined && name !== 'gen') throw new Error(`there is no query ${name}`)
const flow = new Dataflow(name)
const events = flow.input('events', new NexmarkSource({ eventCount: Number(eventCount) }))
const rows = query === undefined ? events : query.build(events)
rows.output('rows', new DroppingSink())

const startedAt = performance.now()
const usedBefore = process.cpuUsage()
const { steps } = await run(flow)
const elapsedMs = performance.now() - startedAt
const { user, system } = process.cpuUsage(usedBefore)
const measured: Measured = {
  elapsedMs,
  processorMs: (user + system) / 1_000,
  rowCount: steps.at(-1)?.itemsIn ?? 0,
  peakMemoryMb: process.resourceUsage().maxRSS / 1_024,
}
console.log(JSON.stringify(measured))

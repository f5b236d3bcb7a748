/**
 * Owns the flow that is killed: partitions of items → what the plan says → files, one or more for each stream that comes out. Run as a process of its own:
 * `node flow.ts PLAN DIR LIFE`, where `LIFE` is the seed of batches and paces, and 0 for the run without faults.
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DirSink, DirSource, FileSink } from '../../../src/connectors/files/index.ts'
import { Dataflow, type Stream } from '../../../src/index.ts'
import { seededRandom } from '../random.ts'
import { Paced, runAndTell } from '../telling.ts'
import { COUNT, type Item, partitionCount } from './items.ts'
import { outputsOf } from './outputs.ts'
import { isJoin, MAX_BATCH_SIZE, OUT_OF_ORDERNESS_MS, type Plan } from './plan.ts'

/** How long a partition takes, more or less, if nothing happens: several epochs. */
const LASTS_MS = 500

const [, , planText, dir, life] = process.argv as [string, string, string, string, string]
const plan = JSON.parse(planText) as Plan
const out = join(dir, 'out')
const random = seededRandom(Number(life))
const isFaultFree = life === '0'
const batchSize = plan.layout === 'rebatched' && !isFaultFree ? 1 + Math.floor(random() * MAX_BATCH_SIZE) : plan.batchSize
const batches = COUNT / batchSize / partitionCount(plan)
const flow = new Dataflow('killed')

/** Partitions go at different paces, which change from life to life. */
function pace(): number {
  return isFaultFree ? 0 : (LASTS_MS / batches) * (0.5 + random())
}

function input(name: string, glob: string): Stream<Item> {
  const source = new Paced(new DirSource(join(dir, '..', 'input'), { glob, batchSize }), pace)
  const items = flow.input(name, source).map(`parse-${name}`, (line) => JSON.parse(line) as Item)
  const { maxAheadMs } = plan
  const limits = maxAheadMs === undefined ? {} : { maxAheadMs, idleAfterMs: 60_000 }
  return items.assignWatermarks(`time-${name}`, (item) => item.at, { outOfOrdernessMs: OUT_OF_ORDERNESS_MS, ...limits })
}

/** The two sides of a join; the first of them is everything where there is no join. */
function inputs(): readonly [left: Stream<Item>, right: Stream<Item>] {
  if (!isJoin(plan)) {
    const all = input('all', 'all-*')
    return [all, all]
  }
  if (plan.layout === 'spread') return [input('left', 'left-*'), input('right', 'right-*')]
  const { trues, falses } = input('all', 'all-*').branch('sides', (item) => item.side === 0)
  return [trues, falses]
}

mkdirSync(out, { recursive: true })
for (const [name, lines] of Object.entries(outputsOf(plan, inputs()))) {
  const fileName = (index: number): string => `${name}-${index}`
  lines.output(`write-${name}`, name === 'down' ? new DirSink(join(out, name), { fileCount: 3, fileName }) : new FileSink(join(out, name)))
}
await runAndTell(flow, join(dir, 'state'), plan.epochIntervalMs)

/** Owns the replay of one case: prepares its files, builds its flow, runs it once or as often as it says, and compares what came out. */

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Dataflow, type RunOptions, type RunReport, run } from '../../src/index.ts'
import { MemoryRecoveryStore, type RecoveryStore } from '../../src/recovery/index.ts'
import { runWorkers } from '../../src/testing/run-workers.ts'
import { now } from '../../src/time.ts'
import { buildFlow } from './build-flow.ts'
import type { End, GoldenCase, RunSpec } from './cases.ts'
import type { Difference } from './compare.ts'
import { designedFor } from './designed.ts'
import { judge, type Outcome, type Seen } from './judge.ts'
import { Observation } from './observation.ts'
import { filesOf } from './sinks.ts'
import { prepareStore } from './store.ts'
import { UnknownName } from './vocabulary.ts'

/**
 * Replays a case in a folder of its own. Gives the first difference from what must come out.
 *
 * @param workers On how many logical workers; by default on as many as the case asks for, and where that is one as everybody does. Cases of errors
 * are about options and stores of a real run: they run as such.
 */
export async function replay(golden: GoldenCase, workers?: number): Promise<Difference> {
  const folder = mkdtempSync(join(tmpdir(), 'typewax-golden-'))
  try {
    prepareFiles(golden, folder)
    const { expected } = designedFor(golden) ?? golden
    const isReal = expected.raises === true && golden.run !== undefined
    return judge(golden, expected, await outcomeOf(golden, folder, isReal ? undefined : workers), (workers ?? 1) > 1)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function prepareFiles({ inputs, run: spec }: GoldenCase, folder: string): void {
  for (const path of spec?.makeDirs ?? []) mkdirSync(join(folder, path), { recursive: true })
  for (const input of Object.values(inputs)) {
    if (!('files' in input)) continue
    for (const [path, text] of Object.entries(input.files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
  }
}

async function outcomeOf(golden: GoldenCase, folder: string, workers: number | undefined): Promise<Outcome> {
  const observation = new Observation()
  const spec = golden.run?.executions ?? [{ workers: 1 }]
  const isSimulated = workers !== undefined || spec.some((execution) => execution.workers > 1)
  let flow: Dataflow
  let options: RunOptions
  try {
    flow = buildFlow(golden, observation, folder)
    options = runOptions(golden.run ?? {}, folder, isSimulated)
  } catch (thrown) {
    if (thrown instanceof UnknownName) throw thrown
    return { error: { when: 'build', thrown }, executions: [] }
  }
  const executions: Seen[] = []
  let error: Outcome['error']
  for (const { appendFiles = {}, workers: asked } of spec) {
    for (const [path, text] of Object.entries(appendFiles)) appendFileSync(join(folder, path), text)
    observation.clear()
    const ended = await execute(flow, options, isSimulated ? (workers ?? asked) : undefined)
    if ('thrown' in ended) error = { when: 'run', thrown: ended.thrown }
    executions.push({ ...observation.snapshot(), end: ended.end, files: filesOf(golden, folder) })
  }
  return { executions, ...(error !== undefined && { error }) }
}

/** Runs a flow once: on logical workers, or, without `workers`, as everybody does. */
async function execute(flow: Dataflow, options: RunOptions, workers: number | undefined): Promise<{ end: End; thrown?: unknown }> {
  try {
    const { outcome } = workers === undefined ? await run(flow, options) : await runOn(workers, flow, options)
    return { end: outcome === 'aborted' ? 'abort' : 'eof' }
  } catch (thrown) {
    return { end: 'error', thrown }
  }
}

function runOn(workers: number, flow: Dataflow, { recovery, epochIntervalMs }: RunOptions): Promise<RunReport> {
  return runWorkers(flow, {
    workers,
    startAtMs: now(),
    ...(epochIntervalMs !== undefined && { epochIntervalMs }),
    ...(recovery !== undefined && { recovery: recovery as RecoveryStore }),
  })
}

/** @param isSimulated Whether time is: then it runs ahead of a store that really writes. */
function runOptions({ epochIntervalMs, badEpochInterval, recovery }: RunSpec, folder: string, isSimulated: boolean): RunOptions {
  return {
    ...(epochIntervalMs !== undefined && { epochIntervalMs }),
    ...(badEpochInterval === true && { epochIntervalMs: 'soon' as unknown as number }),
    ...(recovery !== undefined && { recovery: isSimulated ? new MemoryRecoveryStore() : prepareStore(recovery, folder) }),
  }
}

/** Owns the replay of one case: prepares its files, builds its flow, runs it once or as often as it says, and compares what came out. */

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Dataflow, type RunOptions, run } from '../../src/index.ts'
import { buildFlow } from './build-flow.ts'
import type { End, GoldenCase, RunSpec } from './cases.ts'
import type { Difference } from './compare.ts'
import { designedFor } from './designed.ts'
import { judge, type Outcome, type Seen } from './judge.ts'
import { Observation } from './observation.ts'
import { filesOf } from './sinks.ts'
import { prepareStore } from './store.ts'
import { UnknownName } from './vocabulary.ts'

/** Replays a case in a folder of its own. Gives the first difference from what must come out. */
export async function replay(golden: GoldenCase): Promise<Difference> {
  const folder = mkdtempSync(join(tmpdir(), 'typewax-golden-'))
  try {
    prepareFiles(golden, folder)
    const { expected } = designedFor(golden) ?? golden
    return judge(golden, expected, await outcomeOf(golden, folder))
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

async function outcomeOf(golden: GoldenCase, folder: string): Promise<Outcome> {
  const observation = new Observation()
  let flow: Dataflow
  let options: RunOptions
  try {
    flow = buildFlow(golden, observation, folder)
    options = runOptions(golden.run ?? {}, folder)
  } catch (thrown) {
    if (thrown instanceof UnknownName) throw thrown
    return { error: { when: 'build', thrown }, executions: [] }
  }
  const executions: Seen[] = []
  let error: Outcome['error']
  for (const { appendFiles = {} } of golden.run?.executions ?? [{}]) {
    for (const [path, text] of Object.entries(appendFiles)) appendFileSync(join(folder, path), text)
    observation.clear()
    const ended = await execute(flow, options)
    if ('thrown' in ended) error = { when: 'run', thrown: ended.thrown }
    executions.push({ ...observation.snapshot(), end: ended.end, files: filesOf(golden, folder) })
  }
  return { executions, ...(error !== undefined && { error }) }
}

/** Runs a flow once; always on one worker. */
async function execute(flow: Dataflow, options: RunOptions): Promise<{ end: End; thrown?: unknown }> {
  try {
    const { outcome } = await run(flow, options)
    return { end: outcome === 'aborted' ? 'abort' : 'eof' }
  } catch (thrown) {
    return { end: 'error', thrown }
  }
}

function runOptions({ epochIntervalMs, badEpochInterval, recovery }: RunSpec, folder: string): RunOptions {
  return {
    ...(epochIntervalMs !== undefined && { epochIntervalMs }),
    ...(badEpochInterval === true && { epochIntervalMs: 'soon' as unknown as number }),
    ...(recovery !== undefined && { recovery: prepareStore(recovery, folder) }),
  }
}

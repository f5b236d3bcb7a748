/** Owns the flow that loses power: lines → running sum → FileSink and DirSink, an epoch a round. Run as `node flow.ts INPUT DIR`, or imported. */

import { join } from 'node:path'
import { DirSink, FileSink, FileSource } from '../../src/connectors/files/index.ts'
import { Dataflow, type RunReport, run } from '../../src/index.ts'

const BATCH_LINES = 40

/** Runs the flow to its end, resuming if `dir` holds state. */
export async function runFlow(input: string, dir: string): Promise<RunReport> {
  const flow = new Dataflow('powerloss')
  const sums = flow
    .input('lines', new FileSource(input, { batchSize: BATCH_LINES }))
    .keyOn('key', (line) => `k${Number(line) % 17}`)
    .statefulMap(
      'sum',
      () => ({ count: 0, sum: 0 }),
      (state, line) => [{ count: state.count + 1, sum: state.sum + Number(line) }, `${line} ${state.count} ${state.sum}`],
    )
  sums.output('file', new FileSink(join(dir, 'file.txt')))
  sums.output('dir', new DirSink(join(dir, 'parts'), { fileCount: 3 }))
  return await run(flow, { recovery: join(dir, 'state'), epochIntervalMs: 0 })
}

if (import.meta.main) await runFlow(process.argv[2] as string, process.argv[3] as string)

/** Owns the replay of one case: prepares its files, builds its flow, runs it once or as often as it says, and compares what came out. */

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Dataflow, isTypewaxError, type RunOptions, run } from '../../src/index.ts'
import { buildFlow } from './build-flow.ts'
import type { End, Expected, GoldenCase, Observed } from './cases.ts'
import type { Difference } from './compare.ts'
import { designedFor } from './designed.ts'
import { compareObserved, compareRaised, type Raised } from './judge.ts'
import { Observation } from './observation.ts'
import { UnknownName } from './vocabulary.ts'

/** Replays a case. Gives the first difference from what must come out. */
export async function replay(golden: GoldenCase): Promise<Difference> {
  const folder = mkdtempSync(join(tmpdir(), 'typewax-golden-'))
  try {
    prepare(golden, folder)
    return await new Replay(golden, folder).judge()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function prepare({ inputs, run: spec }: GoldenCase, folder: string): void {
  for (const path of spec?.makeDirs ?? []) mkdirSync(join(folder, path), { recursive: true })
  for (const input of Object.values(inputs)) {
    if (!('files' in input)) continue
    for (const [path, text] of Object.entries(input.files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
  }
}

/** Owns the replay of a folder of cases, family by family, and the lines that tell what came of it. */

import { FAMILIES, type Family, type GoldenCase, readCases } from './cases.ts'
import { designedFor } from './designed.ts'
import { replay } from './replay.ts'

/** The cases that ship with this package, unless `GOLDEN_DIR` names another folder of them. */
export const GOLDEN_DIR: string = process.env.GOLDEN_DIR ?? import.meta.dirname

export interface FamilyReport {
  readonly family: Family
  readonly passed: number
  readonly failures: readonly Failure[]
  /** Cases that ask for several workers and ran on one. */
  readonly onOneWorker: number
}

export interface Failure {
  readonly golden: GoldenCase
  readonly difference: string
}

/** Replays all cases of a family, one after the other. */
export async function replayFamily(folder: string, family: Family): Promise<FamilyReport> {
  const cases = readCases(folder, family)
  const failures: Failure[] = []
  for (const golden of cases) {
    const difference = await differenceOf(golden)
    if (difference !== undefined) failures.push({ golden, difference })
  }
  return {
    family,
    passed: cases.length - failures.length,
    failures,
    onOneWorker: cases.filter(wantsWorkers).length,
  }
}

async function differenceOf(golden: GoldenCase): Promise<string | undefined> {
  try {
    return await replay(golden)
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
}

function wantsWorkers({ run }: GoldenCase): boolean {
  return run?.executions?.some(({ workers }) => workers > 1) ?? false
}

/** The lines of a family: the counts, and each failure. Nothing for a family without cases. */
export function linesOf({ family, passed, failures, onOneWorker }: FamilyReport): string[] {
  const lines: string[] = []
  if (passed + failures.length > 0) lines.push(`${family}: ${passed} passed, ${failures.length} failed`)
  if (onOneWorker > 0) lines.push(`${family}: ${onOneWorker} of them ask for several workers and ran on one`)
  return [...lines, ...failures.map(lineOf)]
}

function lineOf({ golden, difference }: Failure): string {
  const { row } = designedFor(golden) ?? {}
  const title = golden.title === undefined ? '' : ` (${golden.title})`
  const because = row === undefined ? '' : `\n    by design: ${row}`
  return `  ${golden.id}${title}: ${difference}${because}\n    ${JSON.stringify(golden.flow)}`
}

/** All families, in order. */
export async function* replayAll(folder: string): AsyncIterable<FamilyReport> {
  for (const family of FAMILIES) yield await replayFamily(folder, family)
}

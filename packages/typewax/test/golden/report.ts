/** Owns the replay of a folder of cases, family by family, and the lines that tell what came of it. */

import { FAMILIES, type Family, type GoldenCase, readCases } from './cases.ts'
import { designedFor } from './designed.ts'
import { isComparable } from './judge.ts'
import { replay } from './replay.ts'

/** The cases that ship with this package, unless `GOLDEN_DIR` names another folder of them. */
export const GOLDEN_DIR: string = process.env.GOLDEN_DIR ?? import.meta.dirname

export interface FamilyReport {
  readonly family: Family
  readonly passed: number
  readonly failures: readonly Failure[]
  /** Cases of which, on several workers, only the end is compared: the rest depends on how they take turns. */
  readonly endsOnly: number
}

export interface Failure {
  readonly golden: GoldenCase
  readonly difference: string
}

/** Replays all cases of a family, one after the other. `workers`: see `replay`. */
export async function replayFamily(folder: string, family: Family, workers?: number): Promise<FamilyReport> {
  const cases = readCases(folder, family)
  const failures: Failure[] = []
  for (const golden of cases) {
    const difference = await differenceOf(golden, workers)
    if (difference !== undefined) failures.push({ golden, difference })
  }
  return {
    family,
    passed: cases.length - failures.length,
    failures,
    endsOnly: (workers ?? 1) > 1 ? cases.filter((golden) => !isComparable(golden)).length : 0,
  }
}

async function differenceOf(golden: GoldenCase, workers: number | undefined): Promise<string | undefined> {
  try {
    return await replay(golden, workers)
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
}

/** The lines of a family: the counts, and each failure. Nothing for a family without cases. */
export function linesOf({ family, passed, failures, endsOnly }: FamilyReport): string[] {
  const lines: string[] = []
  if (passed + failures.length > 0) lines.push(`${family}: ${passed} passed, ${failures.length} failed`)
  if (endsOnly > 0) lines.push(`${family}: of ${endsOnly} of them only how they end is compared, the rest depends on how workers take turns`)
  return [...lines, ...failures.map(lineOf)]
}

function lineOf({ golden, difference }: Failure): string {
  const { row } = designedFor(golden) ?? {}
  const title = golden.title === undefined ? '' : ` (${golden.title})`
  const because = row === undefined ? '' : `\n    by design: ${row}`
  return `  ${golden.id}${title}: ${difference}${because}\n    ${JSON.stringify(golden.flow)}`
}

/** All families, in order. */
export async function* replayAll(folder: string, workers?: number): AsyncIterable<FamilyReport> {
  for (const family of FAMILIES) yield await replayFamily(folder, family, workers)
}

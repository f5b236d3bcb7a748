/** Owns what campaigns do with outputs: reads all files of a directory, and counts lines that are missing. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Gives the texts of all files in a directory and those below it, by name. */
export function readOutputs(out: string): Map<string, string> {
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  return new Map(files.map((file) => [file.name, readFileSync(join(file.parentPath, file.name), 'utf8')]))
}

/** Number of lines of one list that are missing in another, as multisets. */
export function missing(of: readonly string[], from: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const line of from) counts.set(line, (counts.get(line) ?? 0) + 1)
  let count = 0
  for (const line of of) {
    const left = counts.get(line) ?? 0
    if (left === 0) count += 1
    else counts.set(line, left - 1)
  }
  return count
}

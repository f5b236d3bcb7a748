/** Owns what the tests of threads share: directories, what is in them, and processes. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { LINES, PARTS, WORDS } from './fixtures/flow.ts'

export const FLOW: URL = new URL('./fixtures/flow.ts', import.meta.url)

/** Makes a directory that goes away with the test. */
export function directoryFor(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'typewax-threads-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The running counts that were written, by word. */
export function countsIn(directory: string): Record<string, number[]> {
  const counts: Record<string, number[]> = {}
  for (const name of readdirSync(join(directory, 'counts'))) {
    for (const line of readFileSync(join(directory, 'counts', name), 'utf8')
      .split('\n')
      .slice(0, -1)) {
      const [word, count] = line.split(' ') as [string, string]
      counts[word] = [...(counts[word] ?? []), Number(count)]
    }
  }
  return counts
}

/** Each word is counted from 1 on, without gaps and in order. */
export function dueCounts(): Record<string, number[]> {
  const total = LINES * PARTS.length
  return Object.fromEntries(
    [...new Set(WORDS)].map((word) => {
      const times = WORDS.filter((each) => each === word).length * total
      return [word, Array.from({ length: times }, (_, index) => index + 1)]
    }),
  )
}

/** Starts a program of the fixtures. */
export function start(program: string, args: readonly string[], nodeArgs: readonly string[] = []): ChildProcess {
  const path = new URL(`./fixtures/${program}`, import.meta.url).pathname
  return spawn(process.execPath, [...nodeArgs, path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Owns running a conformance suite from a test: as tests of its own, or to see which of its cases fail. */

import { test } from 'node:test'
import type { ConformanceCase } from '../../src/testing/index.ts'

/** Registers each case as a test. */
export function testSuite(title: string, suite: readonly ConformanceCase[]): void {
  for (const { name, run } of suite) test(`${title}: ${name}`, run)
}

/** Names of the cases that fail. */
export async function failing(suite: readonly ConformanceCase[]): Promise<string[]> {
  const names: string[] = []
  for (const { name, run } of suite) {
    await run().catch(() => names.push(name))
  }
  return names
}

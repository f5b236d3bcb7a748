/**
 * Replays the recorded cases of the reference: one test a family, whose report is its diagnostics, one test a number of workers, and
 * one test for each case that differs by design.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAMILIES, readCases } from './cases.ts'
import { designedFor } from './designed.ts'
import { replay } from './replay.ts'
import { GOLDEN_DIR, linesOf, replayAll, replayFamily } from './report.ts'

for (const family of FAMILIES.filter((each) => each !== 'differs')) {
  test(`golden: ${family} as recorded`, async (t) => {
    const report = await replayFamily(GOLDEN_DIR, family)
    const lines = linesOf(report)
    for (const line of lines) t.diagnostic(line)
    assert.equal(report.failures.length, 0, lines.join('\n'))
  })
}

for (const workers of [1, 2, 4]) {
  test(`golden: on ${workers} logical workers all cases give what holds for any number`, async (t) => {
    for await (const report of replayAll(GOLDEN_DIR, workers)) {
      const lines = linesOf(report)
      for (const line of lines) t.diagnostic(line)
      assert.equal(report.failures.length, 0, lines.join('\n'))
    }
  })
}

for (const golden of readCases(GOLDEN_DIR, 'differs')) {
  test(`golden: ${golden.id} differs by design: ${designedFor(golden)?.row}`, async () => {
    assert.equal(await replay(golden), undefined)
  })
}

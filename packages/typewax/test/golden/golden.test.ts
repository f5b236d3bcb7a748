/** Replays the recorded cases of the reference, one test a family. Each line of the report is a diagnostic of its test. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAMILIES } from './cases.ts'
import { GOLDEN_DIR, linesOf, replayFamily } from './report.ts'

for (const family of FAMILIES) {
  test(`golden: ${family} as recorded, or as designed`, async (t) => {
    const report = await replayFamily(GOLDEN_DIR, family)
    const [...lines] = linesOf(report)
    for (const line of lines) t.diagnostic(line)
    assert.equal(report.failures.length, 0, lines.join('\n'))
  })
}

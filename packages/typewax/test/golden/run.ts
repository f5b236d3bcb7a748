/**
 * Replays the recorded cases and prints a line for each family: `npm run test:golden -- [--workers N]`. Fails if any case did. With `--workers` all cases
 * run on so many logical workers, and of those that were recorded on one only what holds for any number is compared.
 */

import { parseArgs } from 'node:util'
import { GOLDEN_DIR, linesOf, replayAll } from './report.ts'

const { workers } = parseArgs({ options: { workers: { type: 'string' } } }).values
let played = 0
let failed = 0
for await (const report of replayAll(GOLDEN_DIR, workers === undefined ? undefined : Number(workers))) {
  played += report.passed + report.failures.length
  failed += report.failures.length
  for (const line of linesOf(report)) console.log(line)
}
if (played === 0) console.error(`${GOLDEN_DIR} has no cases`)
process.exitCode = played > 0 && failed === 0 ? 0 : 1

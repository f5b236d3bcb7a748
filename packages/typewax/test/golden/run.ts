/** Replays the recorded cases and prints a line for each family: `npm run test:golden`. Fails if any case did. */

import { GOLDEN_DIR, linesOf, replayAll } from './report.ts'

let played = 0
let failed = 0
for await (const report of replayAll(GOLDEN_DIR)) {
  played += report.passed + report.failures.length
  failed += report.failures.length
  for (const line of linesOf(report)) console.log(line)
}
if (played === 0) console.error(`${GOLDEN_DIR} has no cases`)
process.exitCode = played > 0 && failed === 0 ? 0 : 1

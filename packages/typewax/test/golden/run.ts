/** Replays the recorded cases and prints a line for each family: `npm run test:golden`. Fails if any case did. */

import { GOLDEN_DIR, linesOf, replayAll } from './report.ts'

let failed = 0
for await (const report of replayAll(GOLDEN_DIR)) {
  failed += report.failures.length
  for (const line of linesOf(report)) console.log(line)
}
process.exitCode = failed === 0 ? 0 : 1

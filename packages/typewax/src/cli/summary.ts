/** Owns the last lines of a run: how it ended, how much it did, where it had resumed and what to do next. Pure. */

import type { RunReport, RunStart } from '../runtime/options.ts'
import { formatCount, formatDuration, formatItems, formatShort } from './numbers.ts'
import { itemsRead } from './progress.ts'

/** `finished: 1,234 items in 3.2 s (386 items/s), 2 epochs, resumed after epoch 7 (execution 3)` */
export function summaryLine(report: RunReport, hasRecovery: boolean): string {
  const items = itemsRead(report.steps)
  const rate = report.elapsedMs === 0 ? '' : ` (${formatShort((items * 1000) / report.elapsedMs)} items/s)`
  const parts = [`${report.outcome}: ${formatItems(items, 'item')} in ${formatDuration(report.elapsedMs)}${rate}`]
  if (hasRecovery) parts.push(formatItems(report.epochs, 'epoch'))
  if (report.execution > 0) parts.push(`${beginningOf(report)} (execution ${formatCount(report.execution)})`)
  return parts.join(', ')
}

/** `state in state/: resumed after epoch 7 (execution 3), flights.airports exactly-once` */
export function startLine(start: RunStart, recovery: string): string {
  const beginning = start.execution === 0 ? 'a new store' : `${beginningOf(start)} (execution ${formatCount(start.execution)})`
  const promises = Object.entries(start.guarantees).map(([stepId, guarantee]) => `${stepId} ${guarantee}`)
  return `state in ${recovery}: ${[beginning, ...promises].join(', ')}`
}

function beginningOf({ resumedAfterEpoch }: RunStart): string {
  return resumedAfterEpoch === 0 ? 'from the beginning, no epoch had been committed' : `resumed after epoch ${formatCount(resumedAfterEpoch)}`
}

/** What the user should know to go on. Empty if nothing. `recovery` is the directory of the store, if there is one. */
export function nextStep(report: RunReport, recovery: string | undefined): string {
  if (report.wasComplete && recovery !== undefined) {
    return `this flow was already complete: its input had ended in an earlier run, and nothing new was found. To start over, remove its state, \`rm -r ${recovery}\`, and what it has written.`
  }
  if (report.outcome === 'finished') return ''
  return recovery === undefined ? 'the next run starts anew; with -r <dir> it would go on' : 'run the same command again to go on'
}

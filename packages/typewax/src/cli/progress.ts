/** Owns the text of the progress of a run: what the engine reports, as one line. Pure; `live-line.ts` brings it to the terminal. */

import type { RunProgress, SourceProgress, StepReport } from '../runtime/options.ts'
import { formatCount, formatDuration, formatItems, formatShort } from './numbers.ts'

/** A point in time of a run, to take rates from. */
export interface Mark {
  readonly elapsedMs: number
  readonly items: number
}

/** Where a run starts. */
export const START: Mark = { elapsedMs: 0, items: 0 }

/** Items that all inputs have read. */
export function itemsRead(steps: readonly StepReport[]): number {
  return steps.reduce((sum, step) => (step.operator === 'input' ? sum + step.itemsOut : sum), 0)
}

export function markOf(progress: RunProgress): Mark {
  return { elapsedMs: progress.elapsedMs, items: itemsRead(progress.steps) }
}

/**
 * Writes the progress as one line that fits in 80 columns: items a second since `last`, items in all, how far the sources are. Without a store also the
 * mean rate and the exact number of items; with one, `hasRecovery`, epochs mean something to the user and take their place, with the lag.
 */
export function progressLine(progress: RunProgress, last: Mark, hasRecovery: boolean): string {
  const now = markOf(progress)
  const rate = formatShort(perSecond(last, now))
  const position = positionOf(progress.sources)
  const parts = hasRecovery
    ? [
        `${rate}/s`,
        `${formatShort(now.items)} item${now.items === 1 ? '' : 's'}`,
        position,
        `epoch ${formatCount(progress.epoch)}`,
        `lag ${formatDuration(progress.lagMs)}`,
      ]
    : [`${rate} items/s (mean ${formatShort(perSecond(START, now))})`, formatItems(now.items, 'item'), position]
  return parts.filter((part) => part !== '').join(' · ')
}

function perSecond(from: Mark, to: Mark): number {
  return to.elapsedMs <= from.elapsedMs ? 0 : ((to.items - from.items) * 1000) / (to.elapsedMs - from.elapsedMs)
}

/** `45 % of 2.10 GB`, or what has been read if not every partition knows its end. Units are counted apart. */
function positionOf(sources: readonly SourceProgress[]): string {
  const units = [...new Set(sources.map((source) => source.unit))]
  return units
    .map((unit) =>
      positionIn(
        unit,
        sources.filter((source) => source.unit === unit),
      ),
    )
    .join(' + ')
}

function positionIn(unit: SourceProgress['unit'], sources: readonly SourceProgress[]): string {
  const position = sources.reduce((sum, source) => sum + source.position, 0)
  const end = sources.reduce((sum, source) => sum + (source.end ?? Number.NaN), 0)
  if (Number.isNaN(end)) return unit === 'items' ? '' : `${inUnit(position, unit)} read`
  return `${end === 0 ? 100 : Math.min(100, Math.floor((100 * position) / end))} % of ${inUnit(end, unit)}`
}

function inUnit(amount: number, unit: SourceProgress['unit']): string {
  if (unit !== 'bytes') return `${formatCount(amount)} ${unit}`
  return amount < 1000
    ? `${amount} B`
    : `${formatShort(amount)
        .replace(' k', ' kB')
        .replace(/ ([MG])$/, ' $1B')}`
}

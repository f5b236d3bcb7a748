/** Owns what `typewax recovery` prints: making a store, showing what it holds, copying it. Parsing its arguments is `recovery-commands.ts`. */

import { inspect } from 'node:util'
import type { LiveEntry } from '../recovery/newest.ts'
import { backupRecovery } from '../recovery/sqlite/backup.ts'
import { inspectRecovery, inspectStep, type StoreReport } from '../recovery/sqlite/inspect.ts'
import { initRecovery } from '../recovery/sqlite/store-directory.ts'

/** Takes one line of output, without its line break. */
export type PrintLine = (line: string) => void

/** Makes an empty store of `parts` files. */
export async function recoveryInit(dir: string, parts: number, out: PrintLine): Promise<void> {
  initRecovery(dir, parts)
  out(`made a recovery store of ${counted(parts, 'file')} in ${dir}`)
}

/** Shows what a store holds, or the entries of one step of it. */
export async function recoveryInspect(dir: string, options: { readonly step?: string; readonly json?: boolean }, out: PrintLine): Promise<void> {
  if (options.step === undefined) {
    const report = await inspectRecovery(dir)
    for (const line of options.json ? [toJson(report)] : describeStore(report)) out(line)
    return
  }
  const entries = await inspectStep(dir, options.step)
  for (const line of options.json ? [toJson(entries)] : entries.map(describeEntry)) out(line)
}

/** Copies a store and says what the copy holds. */
export async function recoveryBackup(dir: string, target: string, out: PrintLine): Promise<void> {
  const { fileCount, epoch } = await backupRecovery(dir, target)
  out(`copied ${counted(fileCount, 'file')} to ${target}; a run on the copy resumes after epoch ${epoch}`)
}

function describeStore(report: StoreReport): string[] {
  const { location, flowId, files, executionCount, commits, steps } = report
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const last = commits.at(-1)
  const lines = [
    `store       ${location} (${counted(files.length, 'file')}, ${bytes(sizeBytes)})`,
    `flow        ${flowId ?? '(no run has begun)'}`,
    `executions  ${executionCount}`,
    `resumes     ${last === undefined ? 'from the start' : `after epoch ${last.epoch}, committed ${timestamp(last.committedAtMs)}`}`,
  ]
  if (last?.isComplete) lines.push('            the input had ended')
  if (commits.length > 1) lines.push(`restorable  ${counted(commits.length, 'epoch')} from ${commits[0]?.epoch} on`)
  return [...lines, ...describeSteps(steps)]
}

const HEADER = ['step', 'live', 'entries', 'discards', 'chunks', 'size', 'some keys']
/** Columns of text; the others hold numbers. */
const LEFT_ALIGNED = new Set([0, HEADER.length - 1])

function describeSteps(steps: StoreReport['steps']): string[] {
  if (steps.length === 0) return []
  const rows = steps.map((step) => [
    step.stepId,
    ...[step.liveCount, step.entryCount, step.discardCount, step.chunkCount].map((count) => count.toLocaleString('en')),
    bytes(step.sizeBytes),
    step.sampleKeys.map((key) => JSON.stringify(key)).join(' '),
  ])
  const table = [HEADER, ...rows]
  const widths = HEADER.map((_, column) => Math.max(...table.map((row) => (row[column] as string).length)))
  const pad = (cell: string, column: number): string =>
    LEFT_ALIGNED.has(column) ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number)
  return ['', ...table.map((row) => row.map(pad).join('  ').trimEnd())]
}

function describeEntry({ key, subKey, state }: LiveEntry): string {
  const name = subKey === undefined ? JSON.stringify(key) : `${JSON.stringify(key)} ${JSON.stringify(subKey)}`
  return `${name}  ${inspect(state, { depth: 6, breakLength: Number.POSITIVE_INFINITY })}`
}

/** JSON for people and scripts: what JSON has no form for is shown, not encoded. */
function toJson(value: unknown): string {
  const show = (_key: string, item: unknown): unknown => {
    if (typeof item === 'bigint') return `${item}n`
    if (item instanceof Map || item instanceof Set) return [...item]
    return item instanceof RegExp || item instanceof Error ? String(item) : item
  }
  return JSON.stringify(value, show, 2)
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function timestamp(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

function bytes(count: number): string {
  if (count < 1024) return `${count} B`
  const units = ['KB', 'MB', 'GB', 'TB']
  const power = Math.min(Math.floor(Math.log2(count) / 10), units.length)
  return `${(count / 1024 ** power).toFixed(1)} ${units[power - 1]}`
}

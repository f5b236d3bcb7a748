/** Owns `typewax run`: brings together the engine, the signals, the log and what the user sees. */

import { run } from '../run.ts'
import type { RunOptions, RunReport } from '../runtime/options.ts'
import type { CliIo } from './io.ts'
import { createLiveLine, type LiveLine } from './live-line.ts'
import { createLogger } from './logger.ts'
import { type Mark, markOf, progressLine, START } from './progress.ts'
import { parseRunArguments, type RunCall, runHelp } from './run-options.ts'
import { stopOnSignals } from './stop-signals.ts'
import { nextStep, startLine, summaryLine } from './summary.ts'

/** A terminal is repainted each second; a log file gets a line now and then. */
const REPAINT_INTERVAL_MS = 1000
const LINE_INTERVAL_MS = 10_000

/** Runs a flow to its end. What makes it fail is thrown. */
export async function runCommand(args: readonly string[], io: CliIo): Promise<void> {
  const call = parseRunArguments(args, io.env)
  if (call === undefined) return void io.stdout.write(runHelp())
  const isTerminal = io.stderr.isTTY === true
  const line = createLiveLine(io.stderr, io.stdout)
  const stop = stopOnSignals(io, call.options.stopTimeoutMs, (text) => line.print(text))
  try {
    const report = await run(call.target, {
      ...call.options,
      signal: stop.signal,
      logger: createLogger(call.logLevel, isTerminal, (text) => line.print(text)),
      ...(call.isQuiet ? {} : watch(line, isTerminal, call.options.recovery)),
    })
    line.print(lastLines(report, call))
  } finally {
    stop.release()
    line.end()
  }
}

function watch(line: LiveLine, isTerminal: boolean, recovery: string | undefined): Pick<RunOptions, 'onStart' | 'onProgress' | 'progressIntervalMs'> {
  let last: Mark = START
  return {
    ...(recovery === undefined ? {} : { onStart: (start) => line.print(`${startLine(start, recovery)}\n`) }),
    progressIntervalMs: isTerminal ? REPAINT_INTERVAL_MS : LINE_INTERVAL_MS,
    onProgress(progress) {
      if (progress.isEnd) return
      line.paint(progressLine(progress, last, recovery !== undefined))
      last = markOf(progress)
    },
  }
}

function lastLines(report: RunReport, { isQuiet, options: { recovery } }: RunCall): string {
  const lines = [isQuiet ? '' : summaryLine(report, recovery !== undefined), nextStep(report, recovery)]
  return lines.map((text) => (text === '' ? '' : `${text}\n`)).join('')
}

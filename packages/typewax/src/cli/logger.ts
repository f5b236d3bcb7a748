/**
 * Owns the log of the command line: the engine's `Logger` on top of pino. pino is loaded by the first line that is logged, because most runs log
 * nothing and should not wait for it. Lines are JSON, or readable text on a terminal.
 */

import type { Logger as PinoLogger, pino } from 'pino'
import type { Logger } from '../dataflow/logger.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

type Fields = Readonly<Record<string, unknown>>

const RANK: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50, silent: 99 }

/** Makes a logger that gives every finished line to `write`. */
export function createLogger(level: LogLevel, isReadable: boolean, write: (line: string) => void): Logger {
  let instance: PinoLogger | undefined
  const at =
    (own: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Fields = {}): void => {
      if (RANK[own] < RANK[level]) return
      instance ??= loadPino(level, { write: (line) => write(isReadable ? toReadable(line) : line) })
      instance[own](fields, message)
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function loadPino(level: LogLevel, destination: { write(line: string): void }): PinoLogger {
  const load: typeof pino = process.getBuiltinModule('node:module').createRequire(import.meta.url)('pino')
  const settings = { level, base: null, timestamp: load.stdTimeFunctions.isoTime, formatters: { level: (label: string) => ({ level: label }) } }
  return load(settings, destination)
}

/** `12:00:01 warn  message  step=… lines=…` */
function toReadable(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line)
  const details = Object.entries(fields).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return `${[time.slice(11, 19), level.padEnd(5), msg].join(' ')}${details.length === 0 ? '' : `  ${details.join(' ')}`}\n`
}

/** Owns the options of `typewax run`: their text, their environment variables, the checks of their values. */

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { RunOptions } from '../runtime/options.ts'
import type { LogLevel } from './logger.ts'

/** Options of `typewax run` as parsed. */
export interface RunFlags {
  readonly workers: number
  readonly recovery?: string
  readonly epoch: number
  readonly backup: number
  readonly stopTimeout: number
  readonly dropState?: readonly string[]
  /** Of the form `old=new`. */
  readonly renameState?: readonly string[]
  readonly logLevel: LogLevel
  readonly progress: boolean
}

const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent']

const HELP = `
State and resume:
  With -r the flow's state is kept in a directory, made on first use. At the end of
  each epoch (-s) all state, the positions of the sources and what sinks have written
  become durable together. Stopped, crashed or killed, the same command goes on after
  the last epoch, also with another number of workers. Without -r it starts anew.

Stopping:
  Ctrl-C (or SIGTERM) reads no more, finishes the epoch and ends with exit code 0.
  A second one cuts the run off; a resumed run then repeats what was not durable.

Exit codes:
  0 finished, stopped or aborted by a source; 1 error; 2 wrong usage; 130, 143 cut off by a signal

Examples:
  $ typewax run flow.ts
  $ typewax run flow.ts:hourly -w 4 -r state/ -s 2.5
  $ typewax run flow.ts -r state/ --drop-state old-step --rename-state clicks=visits
  $ typewax run flow.ts -- input.csv 2026         the export is a function of ('input.csv', '2026')
  $ TYPEWAX_WORKERS=4 TYPEWAX_RECOVERY=state/ typewax run flow.ts`

/** Adds arguments and options of `typewax run` to a command. */
export function addRunOptions(command: Command): Command {
  command.argument('<flow>', 'file and export: flow.ts[:name]; without a name the export `flow`, else the only Dataflow exported')
  command.argument('[args...]', 'arguments, after --, for an export that is a function')
  for (const option of makeOptions()) command.addOption(option)
  return command.addHelpText('after', HELP).hook('preAction', () => {
    splitLists(command)
    checkNeedsRecovery(command)
  })
}

/** A list in an environment variable is separated by commas. */
function splitLists(command: Command): void {
  for (const name of ['dropState', 'renameState']) {
    if (command.getOptionValueSource(name) !== 'env') continue
    const values: readonly string[] = command.getOptionValue(name)
    command.setOptionValueWithSource(
      name,
      values.flatMap((value) => value.split(',')),
      'env',
    )
  }
}

/** An option that would do nothing is a mistake. In the environment it may be meant for other runs. */
function checkNeedsRecovery(command: Command): void {
  if (command.getOptionValue('recovery') !== undefined) return
  for (const option of command.options) {
    if (!['backup', 'dropState', 'renameState'].includes(option.attributeName())) continue
    if (command.getOptionValueSource(option.attributeName()) !== 'cli') continue
    command.error(`error: option '${option.flags}' is of no use without a recovery store; give one with -r <dir>`)
  }
}

/** What the flags say to the engine. */
export function toRunOptions(flags: RunFlags): RunOptions {
  const renames = (flags.renameState ?? []).map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const)
  return {
    workers: flags.workers,
    ...(flags.recovery === undefined ? {} : { recovery: flags.recovery }),
    epochIntervalMs: flags.epoch * 1000,
    backupIntervalMs: flags.backup * 1000,
    stopTimeoutMs: flags.stopTimeout * 1000,
    dropState: flags.dropState ?? [],
    renameState: Object.fromEntries(renames),
  }
}

function makeOptions(): Option[] {
  return [
    new Option('-w, --workers <count>', 'worker threads').env('TYPEWAX_WORKERS').default(1).argParser(parseCount),
    new Option('-r, --recovery <dir>', 'keep state in this directory and resume from it').env('TYPEWAX_RECOVERY').argParser(parseNotEmpty),
    new Option('-s, --epoch <seconds>', 'length of an epoch, the unit of resume').env('TYPEWAX_EPOCH_SECONDS').default(10).argParser(parseSeconds),
    new Option('-b, --backup <seconds>', 'every epoch committed within this time stays restorable')
      .env('TYPEWAX_BACKUP_SECONDS')
      .default(0)
      .argParser(parseSeconds),
    new Option('--drop-state <id>', 'drop stored state of a step, or step/partition, that is gone; repeatable')
      .env('TYPEWAX_DROP_STATE')
      .argParser(collect),
    new Option('--rename-state <old=new>', 'stored state of step `old` belongs to step `new`; repeatable')
      .env('TYPEWAX_RENAME_STATE')
      .argParser(collectRename),
    new Option('--stop-timeout <seconds>', 'how long a graceful stop may take').env('TYPEWAX_STOP_TIMEOUT_SECONDS').default(20).argParser(parseSeconds),
    new Option('--log-level <level>', 'what to log to stderr; debug also shows whole stacks')
      .env('TYPEWAX_LOG_LEVEL')
      .choices(LOG_LEVELS)
      .default('warn'),
    new Option('--no-progress', 'print neither progress nor a summary').env('TYPEWAX_NO_PROGRESS'),
  ]
}

/** Parses a number of things. */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text.trim())) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1 to 9999.')
}

function parseSeconds(text: string): number {
  if (/^(\d+\.?\d*|\.\d+)$/.test(text.trim())) return Number(text)
  throw new InvalidArgumentError('It must be a number of seconds, such as 10 or 0.5.')
}

function parseNotEmpty(text: string): string {
  if (text !== '') return text
  throw new InvalidArgumentError('It must not be empty.')
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, parseNotEmpty(text)]
}

function collectRename(text: string, before: readonly string[] = []): readonly string[] {
  if (/^[^=]+=.+$/s.test(text)) return [...before, text]
  throw new InvalidArgumentError('It must have the form old=new.')
}

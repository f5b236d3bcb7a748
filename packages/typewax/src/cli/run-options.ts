/** Owns the arguments of `typewax run`: their text, their environment variables, and what they say to the engine. */

import { quote, TypewaxError } from '../errors.ts'
import type { RunOptions } from '../runtime/options.ts'
import type { LogLevel } from './logger.ts'
import {
  describeEnvironment,
  describeOptions,
  type Environment,
  oneOf,
  option,
  parseCount,
  parseOptions,
  parseSeconds,
  parseSwitch,
  parseText,
  parseTexts,
} from './options.ts'

/** What `typewax run` is told. */
export interface RunCall {
  /** `flow.ts[:name]` */
  readonly target: string
  /** For the engine. */
  readonly options: RunOptions & { readonly recovery?: string; readonly stopTimeoutMs: number }
  readonly logLevel: LogLevel
  readonly isQuiet: boolean
}

const OPTIONS = {
  workers: option({
    flags: '-w, --workers <count>',
    env: 'TYPEWAX_WORKERS',
    help: 'number of worker threads',
    parse: parseCount,
    fallback: 1,
  }),
  recovery: option<string | undefined>({
    flags: '-r, --recovery <dir>',
    env: 'TYPEWAX_RECOVERY',
    help: 'keep state in this directory and resume from it',
    parse: parseText,
    fallback: undefined,
  }),
  epoch: option({
    flags: '-s, --epoch <seconds>',
    env: 'TYPEWAX_EPOCH_SECONDS',
    help: 'length of an epoch, the unit of resume',
    parse: parseSeconds,
    fallback: 10,
  }),
  backup: option({
    flags: '-b, --backup <seconds>',
    env: 'TYPEWAX_BACKUP_SECONDS',
    help: 'keep every epoch of so much time restorable',
    parse: parseSeconds,
    fallback: 0,
  }),
  dropState: option<readonly string[]>({
    flags: '--drop-state <id>',
    env: 'TYPEWAX_DROP_STATE',
    help: 'drop stored state of a step, or step/partition, that is gone; repeatable',
    parse: parseTexts,
    fallback: [],
    isList: true,
  }),
  renameState: option<Readonly<Record<string, string>>>({
    flags: '--rename-state <old=new>',
    env: 'TYPEWAX_RENAME_STATE',
    help: 'give stored state of step old to step new; repeatable',
    parse: parseRenames,
    fallback: {},
    isList: true,
  }),
  stopTimeout: option({
    flags: '--stop-timeout <seconds>',
    env: 'TYPEWAX_STOP_TIMEOUT_SECONDS',
    help: 'how long a graceful stop may take',
    parse: parseSeconds,
    fallback: 20,
  }),
  logLevel: option<LogLevel>({
    flags: '--log-level <level>',
    env: 'TYPEWAX_LOG_LEVEL',
    help: 'debug, info, warn, error, silent; debug shows whole stacks',
    parse: oneOf('debug', 'info', 'warn', 'error', 'silent'),
    fallback: 'warn',
  }),
  isQuiet: option({
    flags: '--no-progress',
    env: 'TYPEWAX_NO_PROGRESS',
    help: 'print neither progress nor a summary',
    parse: parseSwitch,
    fallback: false,
  }),
}

/** Options that do nothing without a store. */
const NEED_RECOVERY = ['backup', 'dropState', 'renameState'] as const

/**
 * Reads the arguments of `typewax run`. `undefined`: help is wanted.
 *
 * @throws `USAGE`
 */
export function parseRunArguments(args: readonly string[], env: Environment): RunCall | undefined {
  const { values, given, positionals, isHelpWanted } = parseOptions('run', OPTIONS, args, env)
  if (isHelpWanted) return undefined
  const [target, ...flowArgs] = positionals
  if (target === undefined) throw new TypewaxError('USAGE', 'which flow? Give its file, such as `typewax run flow.ts`')
  if (flowArgs.length > 0 && !args.includes('--'))
    throw new TypewaxError('USAGE', `what is ${quote(flowArgs[0])} for? A directory for state comes after -r, arguments for the flow come after --`)
  // In the environment they may be meant for other runs.
  const useless = values.recovery === undefined ? NEED_RECOVERY.find((name) => given.has(name)) : undefined
  if (useless !== undefined)
    throw new TypewaxError('USAGE', `${OPTIONS[useless].flags} is of no use without a recovery store; give one with -r <dir>`)
  const options = {
    args: flowArgs,
    workers: values.workers,
    ...(values.recovery === undefined ? {} : { recovery: values.recovery }),
    epochIntervalMs: values.epoch * 1000,
    backupIntervalMs: values.backup * 1000,
    dropState: values.dropState,
    renameState: values.renameState,
    stopTimeoutMs: values.stopTimeout * 1000,
  }
  return { target, options, logLevel: values.logLevel, isQuiet: values.isQuiet }
}

function parseRenames(texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = texts.map((text) => /^([^=]+)=(.+)$/s.exec(text)?.slice(1))
  if (pairs.includes(undefined)) throw new TypewaxError('USAGE', 'must have the form old=new')
  return Object.fromEntries(pairs as [string, string][])
}

/** The text of `typewax run --help`. */
export function runHelp(): string {
  return `Usage: typewax run [options] flow.ts[:name] [-- args...]

Runs a flow until its input ends or it is stopped. flow.ts:name takes the export of
that name; without a name the export \`flow\`, else the only Dataflow exported. An
export that is a function is called with the arguments after --.

Options:
${describeOptions(OPTIONS)}

${describeEnvironment(OPTIONS)}

State and resume:
  With -r the flow's state is kept in a directory, made on first use. At the end of
  each epoch (-s) all state, the positions of the sources and what sinks have written
  become durable together. Stopped, crashed or killed, the same command goes on after
  the last epoch. Without -r it starts anew.

Stopping:
  Ctrl-C (or SIGTERM) reads no more, finishes the epoch and ends with exit code 0.
  A second one cuts the run off; a resumed run then repeats what was not durable.

Exit codes:
  0 finished, stopped, or aborted by a source; 1 error; 2 wrong usage;
  130 or 143 cut off by a signal

Examples:
  typewax run flow.ts
  typewax run flow.ts:hourly -r state/ -s 2.5
  typewax run flow.ts -w 4 -r state/          on four cores; may change from run to run
  typewax run flow.ts -r state/ --drop-state old --rename-state flow.clicks=flow.visits
  typewax run flow.ts -- input.csv 2026       calls the export with 'input.csv', '2026'
  TYPEWAX_RECOVERY=state/ typewax run flow.ts
`
}

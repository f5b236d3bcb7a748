/**
 * Owns the commands of `typewax`: names, arguments, help, exit codes. What a command does is in a file of its own, loaded when the command is given:
 * a small flow must start fast.
 */

import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { isTypewaxError } from '../errors.ts'
import { type CliIo, EXIT } from './io.ts'
import { addRunOptions, parseCount, type RunFlags } from './run-options.ts'

const EXAMPLES = `
Examples:
  $ typewax run flow.ts                       run the flow that flow.ts exports
  $ typewax run flow.ts:hourly -w 4           the export \`hourly\`, on four worker threads
  $ typewax run flow.ts -r state/             keep state in state/: stop or crash, run again, and it goes on
  $ typewax visualize flow.ts                 print the flow as a Mermaid flowchart
  $ typewax recovery inspect state/           see what a recovery store holds

Each command has its own help: typewax run --help`

/** What a command leaves behind for the process. */
interface Outcome {
  exitCode: number
  /** Whether an error is shown with everything in it. */
  isVerbose: boolean
}

/** Runs a command. Resolves to the exit code; errors have been written to stderr. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const outcome: Outcome = { exitCode: EXIT.ok, isVerbose: false }
  try {
    await buildProgram(io, outcome).parseAsync(args, { from: 'user' })
    return outcome.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    const { formatError } = await import('./error-report.ts')
    io.stderr.write(`${formatError(error, outcome)}\n`)
    return isTypewaxError(error) && error.code === 'USAGE' ? EXIT.usage : EXIT.error
  }
}

function buildProgram(io: CliIo, outcome: Outcome): Command {
  const program = new Command('typewax')
    .description('Stateful stream processing for TypeScript.')
    .option('-V, --version', 'print the version')
    .on('option:version', () => {
      io.stdout.write(`${readVersion()}\n`)
      throw new CommanderError(EXIT.ok, 'commander.version', '')
    })
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .showHelpAfterError('(typewax --help, or --help after a command, tells more)')
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
  addRunCommand(program, io, outcome)
  addRecoveryCommands(program, io)
  addVisualizeCommand(program, io)
  return program
}

function addRunCommand(program: Command, io: CliIo, outcome: Outcome): void {
  const command = program.command('run').description('Run a flow until its input ends or it is stopped.')
  addRunOptions(command).action(async (target: string, args: readonly string[], flags: RunFlags) => {
    outcome.isVerbose = flags.logLevel === 'debug'
    const { runCommand } = await import('./run-command.ts')
    outcome.exitCode = await runCommand(target, args, flags, io)
  })
}

function addRecoveryCommands(program: Command, io: CliIo): void {
  const recovery = program.command('recovery').description('Create, look into or back up a recovery store.')
  const load = async (): Promise<typeof import('./recovery-command.ts')> => await import('./recovery-command.ts')
  recovery
    .command('init')
    .description('Create a store of several files, so that they are written in parallel. A store of one file needs no init.')
    .argument('<dir>', 'directory of the store; made if missing')
    .argument('<files>', 'number of files', parseCount)
    .action(async (dir: string, files: number) => await (await load()).recoveryInit(dir, files, io.stdout))
  recovery
    .command('inspect')
    .description('Show what a store holds: executions, epochs, state by step. Works while a run uses the store.')
    .argument('<dir>', 'directory of the store')
    .option('--step <id>', 'show the entries of one step')
    .option('--json', 'print JSON')
    .action(async (dir: string, flags: { readonly step?: string; readonly json?: boolean }) => await (await load()).recoveryInspect(dir, flags, io.stdout))
  recovery
    .command('backup')
    .description('Copy a store, consistent in itself, while it is in use or not.')
    .argument('<dir>', 'directory of the store')
    .argument('<target>', 'directory of the copy; must not exist')
    .action(async (dir: string, target: string) => await (await load()).recoveryBackup(dir, target, io.stdout))
}

function addVisualizeCommand(program: Command, io: CliIo): void {
  program
    .command('visualize')
    .description('Print the steps of a flow, without running it.')
    .argument('<flow>', 'file and export: flow.ts[:name]')
    .argument('[args...]', 'arguments for an export that is a function')
    .addOption(new Option('-f, --format <format>', 'mermaid: a flowchart for documents; json: every nested step and port; plan: what workers execute')
      .choices(['mermaid', 'json', 'plan'])
      .default('mermaid'))
    .action(async (target: string, args: readonly string[], flags: { readonly format: 'mermaid' | 'json' | 'plan' }) => {
      const { visualizeCommand } = await import('./visualize-command.ts')
      io.stdout.write(`${await visualizeCommand(target, args, flags.format)}\n`)
    })
}

function readVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}

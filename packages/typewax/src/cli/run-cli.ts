/**
 * Owns the command line as a whole: which command is meant, the help of all, exit codes. Each command is a file of its own that is loaded when it is
 * called: a small flow must start fast.
 */

import { isTypewaxError, quote, TypewaxError } from '../errors.ts'
import { type CliIo, EXIT } from './io.ts'

/** Runs a command. Resolves to the exit code; errors have been written to stderr. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  try {
    await dispatch(args, io)
    return EXIT.ok
  } catch (error) {
    if (isTypewaxError(error) && error.code === 'USAGE') {
      const more = error.message.includes('--help') ? '' : '(`typewax --help`, or --help after a command, tells more)\n'
      io.stderr.write(`error: ${error.message}\n${more}`)
      return EXIT.usage
    }
    const { formatError } = await import('./error-report.ts')
    io.stderr.write(`${formatError(error, { isVerbose: isVerbose(args, io) })}\n`)
    return EXIT.error
  }
}

async function dispatch([command, ...args]: readonly string[], io: CliIo): Promise<void> {
  switch (command) {
    case 'run':
      return await (await import('./run-command.ts')).runCommand(args, io)
    case 'visualize':
      return await (await import('./visualize-command.ts')).visualizeCommand(args, io)
    case 'recovery':
      return await (await import('./recovery-commands.ts')).recoveryCommands(args, io)
    case '--version':
    case '-V':
      return void io.stdout.write(`${readVersion()}\n`)
    case '--help':
    case '-h':
    case 'help':
      return void io.stdout.write(HELP)
    case undefined:
      throw new TypewaxError('USAGE', 'which command? `typewax run flow.ts` runs a flow')
    default:
      throw new TypewaxError('USAGE', `unknown command ${quote(command)}; the commands are run, visualize and recovery`)
  }
}

/** Whoever asks for the debug log wants whole stacks too. The arguments may be the very thing that is wrong: no parsing here. */
function isVerbose(args: readonly string[], io: CliIo): boolean {
  return io.env.TYPEWAX_LOG_LEVEL === 'debug' || args.includes('--log-level=debug') || args[args.indexOf('--log-level') + 1] === 'debug'
}

function readVersion(): string {
  const { readFileSync } = process.getBuiltinModule('node:fs')
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}

const HELP = `Usage: typewax <command>

Stateful stream processing for TypeScript.

Commands:
  run        run a flow until its input ends or it is stopped
  visualize  print the steps of a flow
  recovery   create, look into or back up a recovery store

Options:
  -h, --help     show this, or the help of a command: typewax run --help
  -V, --version  print the version

Examples:
  typewax run flow.ts                 run the flow that flow.ts exports
  typewax run flow.ts -r state/       keep its state: stop it or let it crash, run it
                                      again, and it goes on where it was
  typewax visualize flow.ts           print it as a Mermaid flowchart
  typewax recovery inspect state/     see what a recovery store holds

A flow is a module that exports one:
  import { Dataflow } from 'typewax'
  export const flow = new Dataflow('hello')
`

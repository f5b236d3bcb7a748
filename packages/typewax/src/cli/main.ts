/** Owns the process of the command line: real streams, signals and exit. `bin/typewax.js` has checked the version of Node before it loads this. */

import { systemHost } from '../runtime/system.ts'
import type { CliIo, SignalName } from './io.ts'
import { runCli } from './run-cli.ts'

const io: CliIo = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  host: systemHost,
  onSignal(callback) {
    const listener = (signal: NodeJS.Signals): void => callback(signal as SignalName)
    process.on('SIGINT', listener).on('SIGTERM', listener)
    return () => process.off('SIGINT', listener).off('SIGTERM', listener)
  },
  exit: (code) => process.exit(code),
}

// Whoever reads our output may leave, as `head` does: that is an end like by SIGPIPE, not a crash.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(141)
})

const exitCode = await runCli(process.argv.slice(2), io)
// What user code left open (a pending request, a client) must not keep a flow that has ended alive.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)))

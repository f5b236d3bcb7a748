/** Owns the interface between the command line and its process, injected so that tests can run commands in process. */

import type { Host } from '../runtime/host.ts'
import type { Environment } from './options.ts'

/** Where text goes; `process.stdout` fits. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export type SignalName = 'SIGINT' | 'SIGTERM'

export interface CliIo {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Environment
  readonly host: Host
  /** Calls back at every SIGINT and SIGTERM; returns what takes the handlers away. */
  onSignal(callback: (signal: SignalName) => void): () => void
  /** Ends the process at once. */
  exit(code: number): void
}

/** Exit codes of `typewax`. An abrupt end by a signal gives 130 (SIGINT) or 143 (SIGTERM). */
export const EXIT: { readonly ok: 0; readonly error: 1; readonly usage: 2; readonly SIGINT: 130; readonly SIGTERM: 143 } = {
  ok: 0,
  error: 1,
  usage: 2,
  SIGINT: 130,
  SIGTERM: 143,
}

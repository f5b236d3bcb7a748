/** A process for commands that run in the test's own: captured streams, signals on demand, timers that the test lets fire. */

import type { CliIo, SignalName } from '../../src/cli/io.ts'
import { systemHost } from '../../src/runtime/system.ts'

export interface TestIo extends CliIo {
  readonly out: () => string
  readonly err: () => string
  readonly exitCodes: number[]
  /** Number of signal handlers installed now. */
  readonly handlerCount: () => number
  readonly send: (signal: SignalName) => void
  /** Timers that were set and not cancelled. */
  readonly timers: Map<() => void, number>
}

export function makeIo(env: Readonly<Record<string, string>> = {}, isTTY = false): TestIo {
  const out: string[] = []
  const err: string[] = []
  const handlers = new Set<(signal: SignalName) => void>()
  const exitCodes: number[] = []
  const timers = new Map<() => void, number>()
  return {
    stdout: { isTTY, write: (text) => out.push(text) },
    stderr: { isTTY, columns: 80, write: (text) => err.push(text) },
    env,
    host: {
      ...systemHost,
      setTimer(delayMs, callback) {
        timers.set(callback, delayMs)
        return () => void timers.delete(callback)
      },
    },
    onSignal(callback) {
      handlers.add(callback)
      return () => void handlers.delete(callback)
    },
    exit: (code) => void exitCodes.push(code),
    out: () => out.join(''),
    err: () => err.join(''),
    exitCodes,
    handlerCount: () => handlers.size,
    send: (signal) => {
      for (const handler of handlers) handler(signal)
    },
    timers,
  }
}

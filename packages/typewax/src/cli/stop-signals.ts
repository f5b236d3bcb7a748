/** Owns what SIGINT and SIGTERM do to a run: the first stops it gracefully; a second one, or the end of the time for it, ends the process. */

import { type CliIo, EXIT, type SignalName } from './io.ts'

/** How much later than the engine, which cuts a run off itself, the process is ended: only when the engine did not get its turn. */
const GRACE_MS = 2000

/**
 * Installs the handlers. `say` tells the user what happens; `end` is called before the process is ended abruptly.
 * `signal` fires at the first signal; `release` takes the handlers away.
 */
export function stopOnSignals(
  io: CliIo,
  stopTimeoutMs: number,
  say: (text: string) => void,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController()
  let cancelTimer = (): void => {}
  const cutOff = (name: SignalName, why: string): void => {
    say(`cut off: ${why}\n`)
    io.exit(EXIT[name])
  }
  const removeHandlers = io.onSignal((name) => {
    if (controller.signal.aborted) return cutOff(name, `second ${name}`)
    say(`${name}: finishing the epoch; once more to cut off\n`)
    cancelTimer = io.host.setTimer(stopTimeoutMs + GRACE_MS, () => cutOff(name, `the graceful stop took longer than ${stopTimeoutMs / 1000} s`))
    controller.abort(name)
  })
  return {
    signal: controller.signal,
    release() {
      removeHandlers()
      cancelTimer()
    },
  }
}

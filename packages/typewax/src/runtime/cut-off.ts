/** Owns the end of patience: a run that was asked to stop and does not come to its end in time is left behind, whatever it waits for. */

import { TypewaxError } from '../errors.ts'
import type { Host } from './host.ts'

/** Thrown by a run that did not stop in time. */
export class CutOff extends TypewaxError {}

export interface StopLimits {
  readonly signal: AbortSignal | undefined
  /** Time from the signal on. */
  readonly stopTimeoutMs: number
  readonly host: Host
}

/** Waits for a run, but not longer than `stopTimeoutMs` once `signal` has fired. */
export async function untilCutOff<T>(run: Promise<T>, { signal, stopTimeoutMs, host }: StopLimits): Promise<T> {
  if (signal === undefined) return await run
  let cancel = (): void => {}
  let begin = (): void => {}
  const cutOff = new Promise<never>((_, reject) => {
    begin = (): void => {
      cancel = host.setTimer(stopTimeoutMs, () => reject(tooLate(stopTimeoutMs)))
    }
  })
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin, { once: true })
  try {
    return await Promise.race([run, cutOff])
  } finally {
    cancel()
    signal.removeEventListener('abort', begin)
  }
}

function tooLate(stopTimeoutMs: number): CutOff {
  const message = `the run did not stop within ${stopTimeoutMs} ms: a partition or a call did not answer, so the epoch could not be finished; what was not committed is replayed by the next run`
  return new CutOff('TIMEOUT', message, { domain: 'external' })
}

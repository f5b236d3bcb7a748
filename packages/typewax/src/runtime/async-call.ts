/** Owns one call of a user's async function: its time limit, its tries, the pauses between them. */

import type { AsyncMapper, MapAsyncSettings, RetryOptions } from '../dataflow/step.ts'
import { TypewaxError } from '../errors.ts'
import type { Host } from './host.ts'

const DEFAULT_BACKOFF_MS = 100
const DEFAULT_MAX_BACKOFF_MS = 30_000

export interface CallSurroundings {
  readonly stepId: string
  readonly host: Host
  /** Fires at the end of the execution: calls in flight are told, pauses end. */
  readonly lifetime: AbortSignal
}

/** Calls `mapper`, again after a failure if `retry` allows. Rejects with the last error. */
export async function callWithRetry(mapper: AsyncMapper, item: unknown, settings: MapAsyncSettings, around: CallSurroundings): Promise<unknown> {
  const { retry } = settings
  for (let attempt = 0; ; attempt++) {
    try {
      return await callOnce(mapper, item, attempt, settings.timeoutMs, around)
    } catch (error) {
      if (retry === undefined || attempt + 1 >= retry.maxAttempts || retry.isRetryable?.(error) === false || around.lifetime.aborted) throw error
      await pause(backoffMs(retry, attempt, around.host.random()), around)
      if (around.lifetime.aborted) throw error
    }
  }
}

/** Pause after the failed try number `attempt`: doubles each time up to a bound; its second half is random, so that many do not retry at once. */
export function backoffMs(retry: RetryOptions, attempt: number, random: number): number {
  const full = Math.min((retry.backoffMs ?? DEFAULT_BACKOFF_MS) * 2 ** attempt, retry.maxBackoffMs ?? DEFAULT_MAX_BACKOFF_MS)
  return full / 2 + (full / 2) * random
}

async function callOnce(
  mapper: AsyncMapper,
  item: unknown,
  attempt: number,
  timeoutMs: number | undefined,
  around: CallSurroundings,
): Promise<unknown> {
  if (timeoutMs === undefined) return await mapper(item, { stepId: around.stepId, signal: around.lifetime, attempt })
  const limit = new AbortController()
  const forward = (): void => limit.abort(around.lifetime.reason)
  around.lifetime.addEventListener('abort', forward, { once: true })
  let cancelTimer: (() => void) | undefined
  const timeout = new Promise<never>((_, reject) => {
    cancelTimer = around.host.setTimer(timeoutMs, () => {
      const error = new TypewaxError('TIMEOUT', `no answer within ${timeoutMs} ms (try ${attempt + 1}); raise \`timeoutMs\` or add \`retry\``, {
        domain: 'external',
      })
      limit.abort(error)
      reject(error)
    })
  })
  try {
    return await Promise.race([mapper(item, { stepId: around.stepId, signal: limit.signal, attempt }), timeout])
  } finally {
    cancelTimer?.()
    around.lifetime.removeEventListener('abort', forward)
  }
}

async function pause(delayMs: number, around: CallSurroundings): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = around.host.setTimer(delayMs, done)
    around.lifetime.addEventListener('abort', done, { once: true })
    function done(): void {
      cancel()
      around.lifetime.removeEventListener('abort', done)
      resolve()
    }
  })
}

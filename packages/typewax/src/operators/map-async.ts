/** Owns the core operator `mapAsync`: calls that take time, many at once. */

import { checkFunction, core } from '../dataflow/operator.ts'
import type { AsyncContext, AsyncMapper, CoreOperation, MapAsyncSettings, RetryOptions, Tuple } from '../dataflow/step.ts'
import type { Stream } from '../dataflow/stream.ts'
import { checkCount, checkDuration } from './checks.ts'

export interface MapAsyncOptions {
  /** Whether results leave in the order of their items. Default true; false lets quick calls overtake slow ones. */
  readonly ordered?: boolean
  /** Greatest number of calls under way at once, on each worker. Default 16. */
  readonly maxInFlight?: number
  /** Time that each try may take, in milliseconds; then its signal fires and it counts as failed, with `TIMEOUT`. Default: no limit. */
  readonly timeoutMs?: number
  /** How failed calls are tried again. Default: not at all. */
  readonly retry?: RetryOptions
}

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Replaces each item by what the promise of `mapper` resolves to. Several calls are under way at once, and the rest of the flow goes on meanwhile.
     *
     * ```ts
     * urls.mapAsync('fetch', (url, { signal }) => fetch(url, { signal }), { maxInFlight: 8, timeoutMs: 5_000, retry: { maxAttempts: 3 } })
     * ```
     *
     * A call whose last try fails ends the run with `USER_FUNCTION_FAILED` (`TIMEOUT` if it took too long); `tryMapAsync` gives failures as items.
     * With recovery `timeoutMs` is required: an epoch cannot end before its calls have.
     */
    mapAsync<Y>(stepId: string, mapper: (item: X, context: AsyncContext) => Promise<Tuple<Y>>, options?: MapAsyncOptions): Stream<Y>
  }
}

/** The function form of `stream.mapAsync`. */
export function mapAsync<X, Y>(
  stepId: string,
  up: Stream<X>,
  mapper: (item: X, context: AsyncContext) => Promise<Tuple<Y>>,
  options: MapAsyncOptions = {},
): Stream<Y> {
  const toOperation = (): CoreOperation => {
    checkFunction('mapAsync', stepId, 'mapper', mapper)
    return { kind: 'mapAsync', mapper: mapper as AsyncMapper, options: settingsOf('mapAsync', stepId, options) }
  }
  return core('mapAsync', stepId, { up }, toOperation, { down: false }).down
}

/** Checks the options of an operator that calls asynchronously and fills in the defaults. */
export function settingsOf(operator: string, stepId: string, options: MapAsyncOptions): MapAsyncSettings {
  const { ordered = true, maxInFlight = 16, timeoutMs, retry } = options
  checkCount({ operator, stepId, name: 'maxInFlight' }, maxInFlight)
  if (timeoutMs !== undefined) checkDuration({ operator, stepId, name: 'timeoutMs' }, timeoutMs)
  if (retry !== undefined) checkRetry(operator, stepId, retry)
  return { ordered, maxInFlight, timeoutMs, retry, recover: undefined }
}

function checkRetry(operator: string, stepId: string, { maxAttempts, backoffMs, maxBackoffMs, isRetryable }: RetryOptions): void {
  checkCount({ operator, stepId, name: 'retry.maxAttempts' }, maxAttempts)
  if (backoffMs !== undefined) checkDuration({ operator, stepId, name: 'retry.backoffMs' }, backoffMs)
  if (maxBackoffMs !== undefined) checkDuration({ operator, stepId, name: 'retry.maxBackoffMs' }, maxBackoffMs)
  if (isRetryable !== undefined) checkFunction(operator, stepId, 'retry.isRetryable', isRetryable)
}

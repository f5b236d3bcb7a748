/** Owns the checks of arguments that clocks, windowers and window operators share. All throw `INVALID_ARGUMENT`: at the construction or at the call. */

import { quote, TypewaxError } from '../errors.ts'
import { type Argument, checkDuration } from '../operators/checks.ts'
import type { Clock } from './clock.ts'
import { toMs } from './timestamp.ts'
import type { Windower } from './windower.ts'

/** Options that all window operators take. */
export interface ForgetOptions {
  /**
   * Time without a value, a waiting value or an open window after which all that is known of a key is dropped, in milliseconds by the system clock.
   * Default: never; the key keeps its clock, so that late stays late. A key that comes back starts with a new clock, and numbers its sessions anew.
   */
  readonly forgetAfterMs?: number
}

/** Options of window operators that can put values in order. */
export interface WindowOptions extends ForgetOptions {
  /**
   * Whether windows get values by timestamp: each value waits until the watermark has reached it. Default `true`. With `false` windows get values as
   * they arrive, and sessions that turn out to be one are merged.
   */
  readonly ordered?: boolean
}

/** Checks what all window operators are given. */
export function checkWindowing(
  operator: string,
  stepId: string,
  { clock, windower, options }: { readonly clock: Clock<never>; readonly windower: Windower; readonly options: WindowOptions },
): void {
  checkBuilds({ operator, stepId, name: 'clock' }, 'a clock, such as an EventClock or a SystemClock', clock)
  checkBuilds({ operator, stepId, name: 'windower' }, 'a windower, such as a TumblingWindower', windower)
  const { ordered, forgetAfterMs } = (options ?? {}) as WindowOptions
  if (ordered !== undefined && typeof ordered !== 'boolean') throw invalid(`\`ordered\` of ${operator} ${quote(stepId)}`, 'a boolean', ordered)
  if (forgetAfterMs !== undefined) checkDuration({ operator, stepId, name: 'forgetAfterMs' }, forgetAfterMs)
}

function checkBuilds({ operator, stepId, name }: Argument, expected: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && typeof (value as { build?: unknown }).build === 'function') return
  throw invalid(`\`${name}\` of ${operator} ${quote(stepId)}`, expected, value)
}

/** Checks a duration given to a constructor. */
export function checkOption(what: string, value: unknown, allowed: { readonly zero: boolean; readonly infinite: boolean }): void {
  const isNumber = typeof value === 'number' && (allowed.zero ? value >= 0 : value > 0)
  if (isNumber && (allowed.infinite || Number.isFinite(value))) return
  const expected = `a duration in milliseconds, ${allowed.zero ? '0 or more' : 'more than 0'}${allowed.infinite ? '' : ' and finite'}`
  throw invalid(what, expected, value)
}

/** Checks a timestamp given to a constructor, and gives its milliseconds. */
export function checkTimestamp(what: string, value: unknown): number {
  const ms = toMs(value)
  if (ms === undefined) throw invalid(what, 'milliseconds since the epoch, a Date or a Temporal object with `epochMilliseconds`', value)
  return ms
}

/** Checks a function given to a constructor. */
export function checkCallable(what: string, value: unknown): void {
  if (typeof value !== 'function') throw invalid(what, 'a function', value)
}

function invalid(what: string, expected: string, got: unknown): TypewaxError {
  return new TypewaxError('INVALID_ARGUMENT', `${what} must be ${expected}; got ${quote(got)}`)
}

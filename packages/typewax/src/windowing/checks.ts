/** Owns the checks of arguments that clocks, windowers and window operators share. All throw `INVALID_ARGUMENT`: at the construction or at the call. */

import { quote, TypewaxError } from '../errors.ts'
import { type Argument, checkDuration, checkOneOf, checkOptionNames } from '../operators/checks.ts'
import { toMs } from '../timestamp.ts'
import type { Clock } from './clock.ts'
import type { EarlyResults } from './firing.ts'
import type { Windower } from './windower.ts'

/** Options that all window operators take. */
export interface ResultOptions {
  /**
   * Time without a value, a waiting value or an open window after which all that is known of a key is dropped, in milliseconds by the system clock.
   * Default: never; the key keeps its clock, so that late stays late. A key that comes back starts with a new clock, and numbers its sessions anew.
   * Of no use with a `StreamClock`: it keeps nothing of a key without windows.
   */
  readonly forgetAfterMs?: number
  /**
   * Results before a window is over: `'everyChange'`, `{ everyItems: 100 }`, `{ everyMs: seconds(10) }` after the first value without a result by the
   * system clock, or `{ everyEventMs: minutes(1) }` as the watermark moves on, counted from the beginning of the window. Default: none.
   */
  readonly early?: EarlyResults
  /**
   * How long a window takes late values after it is over, in milliseconds of the watermark. Each gives a corrected result at once. Only values later than
   * that are put out as late. Given, even as 0, a value is late for a window if that is over, and not if it is below the watermark. Default: 0, and by
   * the watermark, unless the clock follows the stream.
   */
  readonly allowedLatenessMs?: number
  /** What a window's further results hold: everything so far (`'accumulating'`, the default), or what has come since the last (`'discarding'`). */
  readonly mode?: 'accumulating' | 'discarding'
}

/** Options of window operators that can put values in order. */
export interface WindowOptions extends ResultOptions {
  /**
   * Whether windows get values by timestamp: each value waits until the watermark has reached it. Default `true`. With `false` windows get values as
   * they arrive, and sessions that turn out to be one are merged. Values that are allowed to be late are out of order all the same.
   */
  readonly ordered?: boolean
}

/** Checks what all window operators are given. */
export function checkWindowing(
  operator: string,
  stepId: string,
  { clock, windower, options }: { readonly clock: Clock<never>; readonly windower: Windower; readonly options: WindowOptions },
): void {
  checkClock(operator, stepId, clock)
  checkBuilds({ operator, stepId, name: 'windower' }, 'a windower, such as a TumblingWindower', windower)
  checkOptionNames(`${operator} ${quote(stepId)}`, options, WINDOW_OPTIONS)
  const { ordered, forgetAfterMs, early, allowedLatenessMs, mode } = (options ?? {}) as WindowOptions
  if (ordered !== undefined && typeof ordered !== 'boolean') throw invalid(`\`ordered\` of ${operator} ${quote(stepId)}`, 'a boolean', ordered)
  for (const [name, value] of Object.entries({ forgetAfterMs, allowedLatenessMs })) {
    if (value !== undefined) checkDuration({ operator, stepId, name }, value)
  }
  if (mode !== undefined) checkOneOf({ operator, stepId, name: 'mode' }, MODES, mode)
  if (early !== undefined) checkEarly({ operator, stepId, name: 'early' }, early)
}

/** Checks the clock of an operator in event time. */
export function checkClock(operator: string, stepId: string, clock: unknown): void {
  checkBuilds({ operator, stepId, name: 'clock' }, 'a clock, such as a StreamClock or an EventClock', clock)
}

/** Of all window operators together: each takes most of them. */
const WINDOW_OPTIONS = ['ordered', 'forgetAfterMs', 'early', 'allowedLatenessMs', 'mode', 'into', 'insert', 'emit', 'kind', 'isQuiet']
const MODES = ['accumulating', 'discarding'] as const
const EARLY_STEPS = ['everyItems', 'everyMs', 'everyEventMs'] as const

function checkEarly(argument: Argument, early: unknown): void {
  if (early === 'everyChange') return
  const [[name, step] = [], ...others] = typeof early === 'object' && early !== null ? Object.entries(early) : []
  const isKnown = (EARLY_STEPS as readonly unknown[]).includes(name) && others.length === 0
  if (isKnown && typeof step === 'number' && step > 0 && Number.isFinite(step) && (name !== 'everyItems' || Number.isInteger(step))) return
  const { operator, stepId } = argument
  throw invalid(
    `\`early\` of ${operator} ${quote(stepId)}`,
    '"everyChange", { everyItems: n }, { everyMs: ms } or { everyEventMs: ms } with a number above 0',
    early,
  )
}

function checkBuilds({ operator, stepId, name }: Argument, expected: string, value: unknown): void {
  const { build, '~kind': kind = name } = (typeof value === 'object' && value !== null ? value : {}) as { build?: unknown; '~kind'?: string }
  if (typeof build === 'function' && kind === name) return
  const hint = kind === name ? '' : '; are clock and windower the wrong way round?'
  throw invalid(`\`${name}\` of ${operator} ${quote(stepId)}`, expected, value, hint)
}

/** Checks a duration given to a constructor. */
export function checkOption(what: string, value: unknown, allowed: { readonly zero: boolean; readonly infinite: boolean }): void {
  const isNumber = typeof value === 'number' && (allowed.zero ? value >= 0 : value > 0)
  if (isNumber && (allowed.infinite || Number.isFinite(value))) return
  const expected = `a duration in milliseconds, ${allowed.zero ? '0 or more' : 'more than 0'}${allowed.infinite ? '' : ' and finite'}`
  throw invalid(what, expected, value)
}

/** Checks that a length of windows is in whole milliseconds: with fractions a value at the edge of a window could fall into none, or into two. */
export function checkWhole(what: string, value: number): void {
  if (!Number.isInteger(value)) throw invalid(what, 'a whole number of milliseconds, so that the edges of windows are exact', value)
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

function invalid(what: string, expected: string, got: unknown, hint: string = ''): TypewaxError {
  return new TypewaxError('INVALID_ARGUMENT', `${what} must be ${expected}; got ${quote(got)}${hint}`)
}

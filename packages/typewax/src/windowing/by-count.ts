/** Owns the options of windows by count: of a number of values each, whatever the time. */

import { quote, TypewaxError } from '../errors.ts'
import { checkCount } from '../operators/checks.ts'

/** Windows of `size` values of a key, in order of arrival. */
export interface ByCountOptions {
  /** Values of a window. */
  readonly size: number
  /** Values from the beginning of a window to that of the next: at most `size`, the default, or values between windows would be lost. */
  readonly every?: number
  /**
   * Whether windows that are not full are given at the end of input. Default `true`, so that each value is part of a result. With `false` they stay as
   * state, and a continuation of the flow fills them.
   */
  readonly emitRest?: boolean
}

/** Checks the options, and fills them up. */
export function checkByCount(operator: string, stepId: string, options: ByCountOptions): Required<ByCountOptions> {
  const { size, every = size, emitRest = true } = options ?? {}
  checkCount({ operator, stepId, name: 'size' }, size)
  checkCount({ operator, stepId, name: 'every' }, every)
  if (every > size) throw invalid(operator, stepId, 'every', `at most \`size\` (${size}), or values between windows would be lost`, every)
  if (typeof emitRest !== 'boolean') throw invalid(operator, stepId, 'emitRest', 'a boolean', emitRest)
  return { size, every, emitRest }
}

function invalid(operator: string, stepId: string, name: string, expected: string, got: unknown): TypewaxError {
  return new TypewaxError('INVALID_ARGUMENT', `\`${name}\` of ${operator} ${quote(stepId)} must be ${expected}; got ${quote(got)}`, { stepId })
}

/**
 * Owns how an error is shown to the user of the command line: message and code, where it happened, then the chain of causes, each stack cut down to
 * the frames that can be the user's own.
 */

import { fileURLToPath } from 'node:url'
import { isTypewaxError, messageOf, quote, type TypewaxError } from '../errors.ts'

export interface ReportOptions {
  /** Shows every stack whole. */
  readonly isVerbose: boolean
}

/** A chain of causes longer than this is cut; it may be circular. */
const MAX_CAUSES = 8

/** Formats whatever was thrown, without a newline at the end. */
export function formatError(error: unknown, options: ReportOptions): string {
  const lines = isTypewaxError(error) ? formatOwn(error, options) : formatForeign('error: ', error, options)
  let cause = causeOf(error)
  for (let depth = 0; cause !== undefined && depth < MAX_CAUSES; depth++) {
    // An error of ours that was wrapped to say where it happened is told already.
    if (!isTypewaxError(cause) || options.isVerbose) lines.push(...formatForeign('caused by ', cause, options))
    cause = causeOf(cause)
  }
  return lines.join('\n')
}

/** A mistake of the user is explained by its message; anything of our own needs its stack. */
function formatOwn(error: TypewaxError, options: ReportOptions): string[] {
  const place = [
    ['step', error.stepId],
    ['partition', error.partKey],
    ['key', error.key],
    ['worker', error.workerIndex],
  ]
  const fields = place
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${String(name).padEnd(10)}${typeof value === 'number' ? value : quote(value)}`)
  const stack = options.isVerbose || error.domain === 'internal' ? framesOf(error) : []
  return [`error ${error.code}: ${error.message}`, ...fields, ...stack]
}

function formatForeign(prefix: string, error: unknown, { isVerbose }: ReportOptions): string[] {
  if (!(error instanceof Error)) return [`${prefix}${quote(error)}`]
  const frames = framesOf(error)
  const usersOwn = frames.filter(isUsersFrame)
  return [`${prefix}${headOf(error)}`, ...(isVerbose || usersOwn.length === 0 ? frames : usersOwn)]
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}

/** What stands before the frames: name and message, for syntax errors the line of code too. */
function headOf(error: Error): string {
  const stack = error.stack ?? ''
  const end = stack.search(/^ {4}at /m)
  const head = (end === -1 ? stack : stack.slice(0, end)).trimEnd()
  return head.includes(error.message) && head !== '' ? head : `${error.name}: ${messageOf(error)}`
}

function framesOf(error: unknown): string[] {
  return ((error as Error | undefined)?.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
}

/** Folder of this package's code, `src` or `dist`. */
const OWN_CODE: readonly [url: string, path: string] = [new URL('..', import.meta.url).href, fileURLToPath(new URL('..', import.meta.url))]

function isUsersFrame(frame: string): boolean {
  return (
    !frame.includes('node:internal') &&
    !frame.includes('(native)') &&
    !frame.includes('<anonymous>') &&
    !OWN_CODE.some((folder) => frame.includes(folder))
  )
}

/**
 * Owns the one error class of typewax and the list of its codes. Every failure that reaches a user is a `TypewaxError`: the message says what was
 * wrong, what was got and what to do next; the fields say where. The user's own error, if there is one, is the `cause`.
 */

/** Codes of mistakes found while a dataflow is defined or a run is set up, before any I/O. */
export type DefinitionErrorCode =
  | 'DUPLICATE_STEP'
  | 'INVALID_ARGUMENT'
  | 'INVALID_FLOW_ID'
  | 'INVALID_STEP_ID'
  | 'MIXED_SCOPES'
  | 'NOT_A_FLOW'
  | 'NOT_A_SINK'
  | 'NOT_A_SOURCE'
  | 'NOT_A_STREAM'
  | 'NO_INPUT'
  | 'NO_OUTPUT'
  | 'NO_WATERMARKS'

/** Codes of failures while a dataflow runs. */
export type RuntimeErrorCode =
  | 'INVALID_PART_NUMBER'
  | 'KEY_NOT_STRING'
  | 'NOT_A_PAIR'
  | 'NO_PARTITIONS'
  | 'SINK_FAILED'
  | 'SOURCE_FAILED'
  | 'TIMEOUT'
  | 'UNEXPECTED_ITEM'
  | 'UNSENDABLE_ITEM'
  | 'UNSERIALISABLE_STATE'
  | 'USER_FUNCTION_FAILED'
  | 'WORKER_DIED'
  | 'WORKERS_DIFFER'
  | 'WRONG_RETURN'

/** Codes that say in which way a recovery store cannot be used. */
export type RecoveryErrorCode =
  | 'PARTITION_VANISHED'
  | 'STATE_UNREADABLE'
  | 'STATE_WITHOUT_STEP'
  | 'STORE_CORRUPT'
  | 'STORE_EXISTS'
  | 'STORE_FILE_MISSING'
  | 'STORE_IN_USE'
  | 'STORE_NOT_FOUND'
  | 'STORE_OTHER_FLOW'
  | 'STORE_STALE'
  | 'STORE_UNWRITABLE'
  | 'STORE_VERSION'

/** Codes of the built-in connectors. */
export type ConnectorErrorCode =
  | 'DIRECTORY_NOT_FOUND'
  | 'FILE_IN_USE'
  | 'FILE_NOT_FOUND'
  | 'FILE_TOO_SHORT'
  | 'FILE_UNREADABLE'
  | 'FILE_UNWRITABLE'
  | 'MALFORMED_CSV'
  | 'MALFORMED_FILE'
  | 'MALFORMED_JSON'
  | 'MALFORMED_PARQUET'
  | 'MISSING_DEPENDENCY'
  | 'NOT_A_DIRECTORY'
  | 'VALUE_NOT_STRING'

/** Codes of the command line. */
export type CommandLineErrorCode = 'FLOW_FILE_NOT_FOUND' | 'FLOW_NOT_EXPORTED' | 'NODE_TOO_OLD' | 'USAGE'

export type ErrorCode = DefinitionErrorCode | RuntimeErrorCode | RecoveryErrorCode | ConnectorErrorCode | CommandLineErrorCode

/** Who can mend it: the `user` of typewax (code, arguments), something `external` (disk, broker), or typewax itself (`internal`). */
export type ErrorDomain = 'user' | 'external' | 'internal'

/** Where it happened. Fields are absent where they do not apply. */
export interface ErrorContext {
  /** Full id of the step as the user wrote it; the id as given at the call if the mistake was found while the flow was defined. */
  readonly stepId?: string
  readonly workerIndex?: number
  readonly partKey?: string
  readonly key?: string
}

export interface ErrorOptions extends ErrorContext {
  readonly domain?: ErrorDomain
  readonly cause?: unknown
}

const ERROR = Symbol.for('typewax.error')

/** The one error class of typewax. `code` is stable API; texts may change. */
export class TypewaxError extends Error {
  readonly code: ErrorCode
  readonly domain: ErrorDomain
  readonly stepId: string | undefined
  readonly workerIndex: number | undefined
  readonly partKey: string | undefined
  readonly key: string | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'TypewaxError'
    this.code = code
    this.domain = options.domain ?? 'user'
    this.stepId = options.stepId
    this.workerIndex = options.workerIndex
    this.partKey = options.partKey
    this.key = options.key
    Object.defineProperty(this, ERROR, { value: true })
  }
}

/** Tells whether `error` is a `TypewaxError`, of this copy of the package or of another one in the same process. */
export function isTypewaxError(error: unknown): error is TypewaxError {
  return typeof error === 'object' && error !== null && ERROR in error
}

const MAX_QUOTED = 200

/** Writes a value into a message: JSON-like, on one line, cut at 200 characters. Never throws, whatever the value is. */
export function quote(value: unknown): string {
  try {
    return cut(describe(value))
  } catch {
    return `a value that can't be shown (${typeof value})`
  }
}

/** Cuts a text at 200 characters, or at `maxLength`. */
export function cut(text: string, maxLength: number = MAX_QUOTED): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
}

function describe(value: unknown): string {
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`
  if (typeof value === 'symbol') return value.toString()
  if (typeof value === 'bigint') return `${value}n`
  if (value === undefined) return 'undefined'
  if (typeof value === 'number') return String(value)
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (value instanceof Promise) return 'a Promise (is an `await` missing?)'
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) {
    const name = value.constructor?.name ?? 'object without prototype'
    return `${/^[AEIOUaeiou]/.test(name) ? 'an' : 'a'} ${name}`
  }
  return toJson(value)
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? String(value)
  } catch {
    // Circular, or with a `toJSON` that throws.
    return Array.isArray(value) ? `an array of ${value.length}` : `an object with ${Object.keys(value as object).join(', ') || 'no members'}`
  }
}

/** The text of whatever user code threw, cut at 200 characters. The rest is in the `cause`. */
export function messageOf(error: unknown): string {
  return error instanceof Error && typeof error.message === 'string' ? cut(error.message) : quote(error)
}

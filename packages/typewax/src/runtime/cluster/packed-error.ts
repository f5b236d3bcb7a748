/** Owns how errors cross threads: structured clone would keep neither the class of a `TypewaxError` nor its fields. */

import { type ErrorOptions, isTypewaxError, messageOf, TypewaxError } from '../../errors.ts'

export interface PackedError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** `code` of an error of Node's or of a user's own. */
  readonly errorCode: unknown
  /** Of a `TypewaxError`. */
  readonly typewax: { readonly code: TypewaxError['code']; readonly options: Omit<ErrorOptions, 'cause'> } | undefined
  readonly cause: PackedError | undefined
}

const MAX_CAUSES = 8

export function packError(error: unknown, workerIndex: number, depth: number = 0): PackedError {
  const isError = error instanceof Error
  const cause = isError && error.cause !== undefined && depth < MAX_CAUSES ? packError(error.cause, workerIndex, depth + 1) : undefined
  const code = isError ? (error as { readonly code?: unknown }).code : undefined
  return {
    name: isError ? error.name : 'Error',
    message: isError ? error.message : messageOf(error),
    stack: isError ? error.stack : undefined,
    errorCode: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    typewax: isTypewaxError(error) ? { code: error.code, options: contextOf(error, workerIndex) } : undefined,
    cause,
  }
}

export function unpackError({ name, message, stack, errorCode, typewax, cause }: PackedError): Error {
  const options = cause === undefined ? {} : { cause: unpackError(cause) }
  const error = typewax === undefined ? new Error(message, options) : new TypewaxError(typewax.code, message, { ...typewax.options, ...options })
  if (typewax === undefined) Object.assign(error, { name, ...(errorCode !== undefined && { code: errorCode }) })
  if (stack !== undefined) error.stack = stack
  return error
}

function contextOf({ domain, stepId, partKey, key, workerIndex }: TypewaxError, ownIndex: number): Omit<ErrorOptions, 'cause'> {
  return {
    domain,
    workerIndex: workerIndex ?? ownIndex,
    ...(stepId !== undefined && { stepId }),
    ...(partKey !== undefined && { partKey }),
    ...(key !== undefined && { key }),
  }
}

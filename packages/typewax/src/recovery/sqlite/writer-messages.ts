/** Owns what crosses between a session and its writer thread: the messages, and errors in a form that survives the crossing. */

import { type ErrorCode, type ErrorDomain, isTypewaxError, messageOf, TypewaxError } from '../../errors.ts'
import type { PartEpoch } from './part-writer.ts'

/** What the thread starts with: the files, by index. */
export interface WriterStart {
  readonly paths: readonly string[]
}

/** To the thread: an epoch, one entry per file, answered when it is durable or has failed; or the end, which the end of the thread answers. */
export type WriterRequest = { readonly kind: 'write'; readonly parts: readonly PartEpoch[] } | { readonly kind: 'close' }

/** From the thread: done, or what went wrong. */
export interface WriterReply {
  readonly error: EncodedError | undefined
}

export interface EncodedError {
  readonly code: ErrorCode
  readonly domain: ErrorDomain
  readonly message: string
}

export function encodeError(error: unknown): EncodedError {
  if (isTypewaxError(error)) return { code: error.code, domain: error.domain, message: error.message }
  return { code: 'STORE_UNWRITABLE', domain: 'internal', message: `the writer thread of the recovery store failed: ${messageOf(error)}` }
}

export function decodeError({ code, domain, message }: EncodedError): TypewaxError {
  return new TypewaxError(code, message, { domain })
}

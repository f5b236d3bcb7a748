/** Owns the messages between a session and its writer thread. */

import type { ErrorCode, ErrorDomain } from '../errors.ts'
import type { FileWrite } from './store-file.ts'

/** To the thread: what to write into which file, in this order; answered once all is durable. */
export interface WriteRequest {
  readonly writes: readonly { readonly path: string; readonly write: FileWrite }[]
}

/** From the thread: done, or what went wrong. Errors are encoded, since structured clone drops their class and fields. */
export interface WriteAnswer {
  readonly error?: { readonly code: ErrorCode; readonly domain: ErrorDomain; readonly message: string }
}

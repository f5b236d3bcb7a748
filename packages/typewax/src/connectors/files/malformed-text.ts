/** Owns the report of a spot that a format does not allow. It carries the byte; the partition adds path and line, counted when it is needed only. */

import type { ErrorCode } from '../../errors.ts'

export class MalformedText extends Error {
  readonly code: ErrorCode
  /** The spot, as an offset in the (decompressed) file. */
  readonly byteOffset: number
  /** 1-based, in characters, where it helps. */
  readonly column: number | undefined

  constructor(code: ErrorCode, message: string, place: { readonly byteOffset: number; readonly column?: number; readonly cause?: unknown }) {
    super(message, { cause: place.cause })
    this.code = code
    this.byteOffset = place.byteOffset
    this.column = place.column
  }
}

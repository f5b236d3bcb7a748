/** Owns turning a `MalformedText` into the typed error that users see, with path, line and column, or byte. */

import { quote, TypewaxError } from '../../errors.ts'
import type { Awaitable } from '../../inputs/source.ts'
import { whenReady } from './awaitable.ts'
import { lineNumberAt } from './line-number.ts'
import { MalformedText } from './malformed-text.ts'
import { type Compression, openBytes } from './open-bytes.ts'

/** Throws `error`; if it is a `MalformedText`, after reading the file from its start to count the lines before the spot. */
export function explain(error: unknown, path: string, compression: Compression): Awaitable<never> {
  if (!(error instanceof MalformedText)) throw error
  const bytes = openBytes(path, 0, compression)
  return whenReady(lineNumberAt(bytes, error.byteOffset), (line) => {
    bytes.close()
    throw explained(error, path, line)
  })
}

function explained(error: MalformedText, path: string, line: number): TypewaxError {
  const spot = error.column === undefined ? `byte ${error.byteOffset}` : `column ${error.column}`
  const message = `${quote(path)}, line ${line}, ${spot}: ${error.message}`
  return new TypewaxError(error.code, message, { domain: 'external', cause: error.cause })
}

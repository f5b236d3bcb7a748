/** Owns the choice between a plain and a compressed file, by an option or by the ending of the path. */

import { quote, TypewaxError } from '../../errors.ts'
import type { ByteReader } from './byte-reader.ts'
import { DecompressedFile } from './decompressed-file.ts'
import { PlainFile } from './plain-file.ts'

/** `'auto'` goes by the ending of the path: `.gz`, `.zst`. */
export type Compression = 'auto' | 'none' | 'gzip' | 'zstd'

/**
 * Opens the file at `path`, to be read from byte `offset` on. For a compressed file the offset counts decompressed bytes.
 *
 * Throws `FILE_NOT_FOUND`, `FILE_UNREADABLE`, and `FILE_TOO_SHORT` if there are fewer bytes than `offset` (a compressed file: at the first `read`).
 */
export function openBytes(path: string, offset: number, compression: Compression): ByteReader {
  const format = compression === 'auto' ? formatByEnding(path) : compression
  return format === 'none' ? new PlainFile(path, offset) : new DecompressedFile(path, offset, format)
}

/** Checks the option of that name. */
export function compressionOf(value: Compression | undefined): Compression {
  if (value === undefined) return 'auto'
  if (['auto', 'none', 'gzip', 'zstd'].includes(value)) return value
  throw new TypewaxError('INVALID_ARGUMENT', `\`compression\` must be "auto", "none", "gzip" or "zstd"; got ${quote(value)}`)
}

function formatByEnding(path: string): 'none' | 'gzip' | 'zstd' {
  if (path.endsWith('.gz')) return 'gzip'
  return path.endsWith('.zst') ? 'zstd' : 'none'
}

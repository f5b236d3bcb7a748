/** Owns the optional dependency on hyparquet: loading it when it is needed, and turning what it throws into typed errors. */

import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { ParquetScan } from 'hyparquet'
import { isTypewaxError, messageOf, quote, TypewaxError } from '../../errors.ts'
import { unreadable } from './file-errors.ts'

/** Codecs that Node brings along; hyparquet itself has snappy. */
const COMPRESSORS: Readonly<Record<'GZIP' | 'BROTLI' | 'ZSTD', (input: Uint8Array) => Uint8Array>> = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input) => zstdDecompressSync(input),
}

/** Opens a parquet file to be read by columns and row groups. `columns`: all if absent. */
export async function openParquet(path: string, columns: readonly string[] | undefined): Promise<{ scan: ParquetScan; columns: readonly string[] }> {
  const library = await loadLibrary()
  try {
    const file = await library.asyncBufferFromFile(path)
    const metadata = await library.parquetMetadataAsync(file)
    const existing = library.parquetSchema(metadata).children.map((child) => child.element.name)
    const unknown = columns?.find((column) => !existing.includes(column))
    if (unknown !== undefined) throw unknownColumn(path, unknown, existing)
    const chosen = columns ?? existing
    return { scan: await library.parquetScan({ file, metadata, columns: [...chosen], compressors: COMPRESSORS }), columns: chosen }
  } catch (error) {
    throw parquetFailure(path, error)
  }
}

/** What reading a parquet file threw, as a typed error. */
export function parquetFailure(path: string, error: unknown): TypewaxError {
  if (isTypewaxError(error)) return error
  // Errors of the file system have a system call, errors of the format do not.
  if (error instanceof Error && 'syscall' in error) return unreadable(path, error)
  const message = `cannot read ${quote(path)} as parquet: ${messageOf(error)}; it is damaged, cut short, or no parquet file`
  return new TypewaxError('MALFORMED_PARQUET', message, { domain: 'external', cause: error })
}

async function loadLibrary(): Promise<typeof import('hyparquet')> {
  try {
    return await import('hyparquet')
  } catch (cause) {
    throw new TypewaxError('MISSING_DEPENDENCY', '`ParquetSource` needs the package hyparquet; install it: npm install hyparquet@1.31.5', { cause })
  }
}

function unknownColumn(path: string, column: string, existing: readonly string[]): TypewaxError {
  return new TypewaxError('INVALID_ARGUMENT', `there is no column ${quote(column)} in ${quote(path)}; it has ${existing.map(quote).join(', ')}`)
}

/** Owns building text partitions with chunks of a chosen size, to have borders fall anywhere. */

import { writeFileSync } from 'node:fs'
import { CsvDecoder } from '../../../src/connectors/files/csv-decoder.ts'
import { type CsvDialectOptions, csvDialect } from '../../../src/connectors/files/csv-dialect.ts'
import { readHeader } from '../../../src/connectors/files/csv-header.ts'
import type { TextDecoder } from '../../../src/connectors/files/text-decoder.ts'
import { type TextFormat, TextPartition } from '../../../src/connectors/files/text-partition.ts'
import { makeContext, type Step, steps } from '../drive.ts'

export interface Cuts {
  readonly batchSize: number
  readonly chunkBytes: number
}

export function textFormat({ batchSize, chunkBytes }: Cuts): TextFormat {
  return { batchSize, chunkBytes, compression: 'auto', encoding: 'utf8' }
}

/** Reads the file at `path` to its end, from where `decoder` begins. */
export async function decode<X>(path: string, cuts: Cuts, decoder: TextDecoder<X>): Promise<Step<X, number>[]> {
  const context = makeContext()
  const all = await steps(new TextPartition(path, textFormat(cuts), decoder, context.signal))
  context.end()
  return all
}

/** Reads a CSV file as `CsvSource` does, with surplus fields under `rest`. */
export async function decodeCsv(path: string, cuts: Cuts, options: CsvDialectOptions = {}, from = 0): Promise<Step<object, number>[]> {
  const dialect = csvDialect(options)
  const { columns, end } = await readHeader(path, textFormat(cuts), dialect, undefined)
  return decode(path, cuts, new CsvDecoder<object>({ dialect, columns, surplus: 'rest' }, Math.max(from, end)))
}

/** The items behind each position, as the steps say it. */
export function itemsAfter<X, S>(all: readonly Step<X, S>[]): { position: S; rest: X[] }[] {
  return all.map((step, index) => ({ position: step.position, rest: all.slice(index + 1).flatMap(({ items }) => items) }))
}

export function write(path: string, content: string | Uint8Array): string {
  writeFileSync(path, content)
  return path
}

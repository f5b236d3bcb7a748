/** Owns the source of the rows of CSV files. */

import type { Awaitable, PartitionContext, StatefulSourcePartition } from '../../inputs/source.ts'
import { whenReady } from './awaitable.ts'
import { CsvDecoder } from './csv-decoder.ts'
import { type CsvDialect, type CsvDialectOptions, csvDialect } from './csv-dialect.ts'
import { readHeader } from './csv-header.ts'
import { filesAt, type PathOptions } from './file-set.ts'
import { pathString } from './path-string.ts'
import { type TextOptions, TextSource } from './text-source.ts'

/** A row as it is read: `null` where a row is shorter than the header. */
export type CsvRow = Record<string, string | null>

export interface CsvSourceOptions extends TextOptions, PathOptions, CsvDialectOptions {
  /** Names the columns of a file that has no header line. */
  readonly columns?: readonly string[]
  /** What to do with fields that have no column: `'error'`, the default, or the name under which the row keeps them as an array. */
  readonly surplus?: 'error' | (string & {})
}

/**
 * Reads the rows of a CSV file, or of all files that match a pattern, as objects of strings by column name. Each file is a partition with a header of its
 * own. `Row`, the type of a row, is your claim: `new CsvSource<{ city: string; population: string }>('cities.csv')`.
 *
 * The first line is the header; a byte order mark is dropped. Blank lines are skipped, missing fields are `null`, of columns with equal names the last one
 * wins, line ends in quotes stay as they are. Emitted once each, in order, after any crash. A later execution continues with what was appended.
 *
 * While running: `MALFORMED_CSV` with path, line and column, for surplus fields, a quote that is not closed within 16 MiB, and the breaches that `strict`
 * forbids; `MALFORMED_FILE`, `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_TOO_SHORT`.
 */
export class CsvSource<Row extends object = CsvRow> extends TextSource<Row> {
  readonly #dialect: CsvDialect
  readonly #columns: readonly string[] | undefined
  readonly #surplus: string | undefined

  constructor(path: string | URL, options: CsvSourceOptions = {}) {
    super(filesAt(pathString('path', path), options), options)
    this.#dialect = csvDialect(options)
    this.#columns = options.columns
    this.#surplus = options.surplus === 'error' ? undefined : options.surplus
  }

  protected override open(path: string, offset: number, context: PartitionContext): Awaitable<StatefulSourcePartition<Row, number>> {
    return whenReady(readHeader(path, this.format, this.#dialect, this.#columns), ({ columns, end }) => {
      const rows = { dialect: this.#dialect, columns, surplus: this.#surplus }
      // A file that had no header yet is resumed before it.
      return this.partition(path, new CsvDecoder<Row>(rows, Math.max(offset, end)), context)
    })
  }
}

/** Owns the source of the rows of parquet files. It reads a row group at a time, column by column, and makes rows batch by batch. */

import type { ParquetScan } from 'hyparquet'
import { positiveInteger } from '../../inputs/checks.ts'
import {
  type Batch,
  EOF,
  FixedPartitionedSource,
  type PartitionContext,
  type PartitionProgress,
  StatefulSourcePartition,
} from '../../inputs/source.ts'
import { tooShort } from './file-errors.ts'
import { type FileSet, filesAt, type PathOptions } from './file-set.ts'
import { enterReading } from './file-uses.ts'
import { openParquet, parquetFailure } from './parquet-library.ts'
import { pathString } from './path-string.ts'

export interface ParquetSourceOptions extends PathOptions {
  /** The columns to read; default: all. The others are not even decoded. */
  readonly columns?: readonly string[]
  /** Most rows in a batch; default 1,000. */
  readonly batchSize?: number
}

/**
 * Reads the rows of a parquet file, or of all files that match a pattern, as objects: 64-bit integers are bigints, timestamps are Dates. Each file is a
 * partition; its position is the index of the next row, and a resumed execution decodes nothing before that row's group. `T`, the type of a row, is your claim.
 *
 * Needs the package hyparquet (`MISSING_DEPENDENCY`). While running: `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_TOO_SHORT`, `MALFORMED_PARQUET`, `INVALID_ARGUMENT` for
 * an unknown column. Memory: one row group, decoded.
 */
export class ParquetSource<T extends object = Record<string, unknown>> extends FixedPartitionedSource<T, number> {
  readonly #files: FileSet
  readonly #columns: readonly string[] | undefined
  readonly #batchSize: number

  constructor(path: string | URL, options: ParquetSourceOptions = {}) {
    super()
    this.#files = filesAt(pathString('path', path), options)
    this.#columns = options.columns
    this.#batchSize = positiveInteger('batchSize', options.batchSize ?? 1_000)
  }

  listParts(): string[] {
    return this.#files.listParts()
  }

  async buildPart(forPart: string, resumeState: number | undefined, context: PartitionContext): Promise<StatefulSourcePartition<T, number>> {
    const path = this.#files.pathOf(forPart)
    enterReading(path, context)
    const position = resumeState ?? 0
    const { scan, columns } = await openParquet(path, this.#columns)
    const rowCount = Number(scan.metadata.num_rows)
    if (position > rowCount) throw tooShort(path, `row ${position}`, `${rowCount} rows`)
    return new ParquetPartition<T>({ path, scan, columns, rowCount, batchSize: this.#batchSize }, position)
  }
}

interface ParquetFile {
  readonly path: string
  readonly scan: ParquetScan
  readonly columns: readonly string[]
  readonly rowCount: number
  readonly batchSize: number
}

/** The rest of a row group, decoded. */
interface Rows {
  readonly rowStart: number
  readonly rowEnd: number
  /** For each column its values, from `rowStart` on. */
  readonly values: readonly ArrayLike<unknown>[]
}

/** Holds no file open: each read of a row group opens and closes it. */
class ParquetPartition<T extends object> extends StatefulSourcePartition<T, number> {
  readonly #file: ParquetFile
  #position: number
  #rows: Rows | undefined

  constructor(file: ParquetFile, position: number) {
    super()
    this.#file = file
    this.#position = position
  }

  nextBatch(): Batch<T> | Promise<Batch<T>> {
    if (this.#position === this.#file.rowCount) return EOF
    if (this.#rows !== undefined && this.#position < this.#rows.rowEnd) return this.#take(this.#rows)
    this.#rows = undefined
    return this.#readGroup().then((rows) => this.#take(rows))
  }

  snapshot(): number {
    return this.#position
  }

  override progress(): PartitionProgress {
    return { position: this.#position, end: this.#file.rowCount, unit: 'rows' }
  }

  async #readGroup(): Promise<Rows> {
    const { scan, columns, path } = this.#file
    const rowStart = this.#position
    try {
      const range = scan.ranges.find(({ rowEnd }) => rowStart < rowEnd)
      if (range === undefined) throw new Error(`no row group holds row ${rowStart}`)
      const { rowEnd } = range
      const values = await Promise.all(columns.map((column) => scan.readColumn({ column, rowStart, rowEnd })))
      this.#rows = { rowStart, rowEnd, values }
      return this.#rows
    } catch (error) {
      throw parquetFailure(path, error)
    }
  }

  #take({ rowStart, rowEnd, values }: Rows): T[] {
    const { columns, batchSize } = this.#file
    const from = this.#position - rowStart
    this.#position = Math.min(this.#position + batchSize, rowEnd)
    const batch: T[] = []
    for (let index = from; index < this.#position - rowStart; index++) {
      const row: Record<string, unknown> = {}
      for (let column = 0; column < columns.length; column++) row[columns[column]!] = values[column]![index]
      batch.push(row as T)
    }
    return batch
  }
}

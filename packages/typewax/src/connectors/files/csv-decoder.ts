/** Owns turning CSV text into rows, objects by column name, with the place of each in the file. A record that a block ends within waits for the next. */

import type { CsvDialect } from './csv-dialect.ts'
import { CsvRecords, INCOMPLETE, MAX_RECORD_BYTES } from './csv-records.ts'
import { MalformedText } from './malformed-text.ts'
import { TextBlock } from './text-block.ts'
import type { TextDecoder } from './text-decoder.ts'

export interface CsvRows {
  readonly dialect: CsvDialect
  readonly columns: readonly string[]
  /** The name under which a row keeps the fields that have no column; `undefined`: they are an error. */
  readonly surplus: string | undefined
}

export class CsvDecoder<Row extends object> implements TextDecoder<Row> {
  readonly #rows: CsvRows
  readonly #records: CsvRecords
  #block: TextBlock
  /** The index in the block's text behind the last row taken. */
  #at = 0
  /** The text ends within the record at `#at`. */
  #isStarved = false

  constructor(rows: CsvRows, offset: number) {
    this.#rows = rows
    this.#records = new CsvRecords(rows.dialect)
    this.#block = new TextBlock('', offset, 0)
  }

  /** Twice the record that waits, so that a long one is parsed anew a few times only. */
  get wantBytes(): number | undefined {
    return this.#restBytes === 0 ? undefined : this.#restBytes * 2
  }

  get #restBytes(): number {
    return this.#block.byteOffset + this.#block.byteLength - this.position()
  }

  feed(block: TextBlock | undefined): void {
    this.#block = this.#joined(block)
    this.#at = 0
    this.#isStarved = false
    this.#records.load(this.#block.text, block === undefined)
  }

  take(maxRows: number): Row[] | undefined {
    const { text } = this.#block
    const rows: Row[] = []
    while (rows.length < maxRows && !this.#isStarved && this.#at < text.length) {
      const end = this.#records.next(this.#at)
      if (end === INCOMPLETE) {
        this.#starve()
        break
      }
      if (this.#records.problem !== undefined) throw this.#malformed(this.#records.problem.at, this.#records.problem.message)
      if (this.#records.fieldCount > 0) rows.push(this.#toRow() as Row)
      this.#at = end
    }
    return rows.length === 0 ? undefined : rows
  }

  position(): number {
    return this.#block.byteOffsetAt(this.#at)
  }

  #joined(block: TextBlock | undefined): TextBlock {
    if (this.#at === this.#block.text.length && block !== undefined) return block
    const rest = this.#block.text.slice(this.#at)
    return new TextBlock(rest + (block?.text ?? ''), this.position(), this.#restBytes + (block?.byteLength ?? 0))
  }

  #toRow(): Record<string, string | null | string[]> {
    const { columns, surplus } = this.#rows
    const { fields, fieldCount } = this.#records
    const row: Record<string, string | null | string[]> = {}
    for (let index = 0; index < columns.length; index++) row[columns[index]!] = index < fieldCount ? fields[index]! : null
    if (fieldCount <= columns.length) return row
    if (surplus === undefined) throw this.#surplusError()
    row[surplus] = fields.slice(columns.length, fieldCount)
    return row
  }

  #surplusError(): MalformedText {
    const { columns } = this.#rows
    const { starts, fieldCount } = this.#records
    const message = `the row has ${fieldCount} fields, the header has ${columns.length}; mend the row, or name a column for the rest with \`surplus\``
    return this.#malformed(starts[columns.length]!, message)
  }

  #starve(): void {
    this.#isStarved = true
    if (this.#restBytes <= MAX_RECORD_BYTES) return
    const { starts, fieldCount } = this.#records
    throw this.#malformed(starts[fieldCount - 1]!, `a quote is not closed within ${MAX_RECORD_BYTES} bytes`)
  }

  #malformed(at: number, message: string): MalformedText {
    const before = this.#block.text.slice(0, at)
    const column = at - Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r'))
    return new MalformedText('MALFORMED_CSV', message, { byteOffset: this.#block.byteOffsetAt(at), column })
  }
}

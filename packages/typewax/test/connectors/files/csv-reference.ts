/** Owns a plain state machine for CSV, one character after the other, with the states of Python's csv module: slow, and easy to see through. */

import { type CsvDialectOptions, csvDialect } from '../../../src/connectors/files/csv-dialect.ts'

type State = 'startRecord' | 'startField' | 'field' | 'quoted' | 'quoteInQuoted' | 'escaped' | 'escapedInQuoted'

/** All records of a text; a blank line is an empty record. */
export function referenceRecords(text: string, options: CsvDialectOptions = {}): string[][] {
  const dialect = csvDialect(options)
  const records: string[][] = []
  let state: State = 'startRecord'
  let record: string[] = []
  let field = ''
  const endField = (next: State): void => {
    record.push(field)
    field = ''
    state = next
  }
  const endRecord = (): void => {
    if (state !== 'startRecord') endField('startRecord')
    records.push(record)
    record = []
  }
  for (let index = 0; index < text.length; index++) {
    const c = text[index]!
    const isLineEnd = c === '\n' || c === '\r'
    const isPair = c === '\r' && text[index + 1] === '\n'
    switch (state) {
      case 'escaped':
      case 'escapedInQuoted':
        field += c
        state = state === 'escaped' ? 'field' : 'quoted'
        continue
      case 'quoted':
        if (c === dialect.escape) state = 'escapedInQuoted'
        else if (c === dialect.quote) state = dialect.doubleQuote ? 'quoteInQuoted' : 'field'
        else field += c
        continue
      case 'quoteInQuoted':
        if (c !== dialect.quote) break
        field += c
        state = 'quoted'
        continue
      case 'startRecord':
      case 'startField':
        if (isLineEnd) break
        state = 'startField'
        if (c === dialect.quote) state = 'quoted'
        if (c === dialect.quote || (c === ' ' && dialect.skipInitialSpace)) continue
    }
    if (isLineEnd) {
      endRecord()
      if (isPair) index++
    } else if (c === dialect.delimiter) endField('startField')
    else if (c === dialect.escape) state = 'escaped'
    else {
      field += c
      state = 'field'
    }
  }
  if (state !== 'startRecord') endRecord()
  return records
}

/** Rows as `CsvSource` makes them, with surplus fields under `rest`. */
export function referenceRows(text: string, options: CsvDialectOptions = {}): object[] {
  const [columns = [], ...records] = referenceRecords(text.replace(/^\uFEFF/, ''), options)
  return records.filter((record) => record.length > 0).map((record) => toRow(columns, record))
}

function toRow(columns: readonly string[], record: readonly string[]): object {
  const row = Object.fromEntries(columns.map((column, index) => [column, record[index] ?? null]))
  return record.length > columns.length ? { ...row, rest: record.slice(columns.length) } : row
}

/**
 * Owns splitting CSV text into records and fields. It knows neither files nor column names. Lenient as Python's csv module is, whose results are the
 * reference: a quote counts only at the beginning of a field, text behind a closing quote belongs to the field, an unclosed quote goes on to the end.
 */

import type { CsvDialect } from './csv-dialect.ts'

/** Returned for a record that the text ends within. */
export const INCOMPLETE = -1

const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const SPACE = 32

export class CsvRecords {
  /** The fields of the last record, from index 0 to `fieldCount`; what is behind is left over from others. */
  readonly fields: string[] = []
  /** The index in the text where each of them begins, quote included. */
  readonly starts: number[] = []
  /** 0 for a blank line. */
  fieldCount = 0
  /** The first breach of the rules in the last record, in strict mode. */
  problem: { readonly at: number; readonly message: string } | undefined
  readonly #dialect: CsvDialect
  readonly #delimiter: number
  readonly #quote: number
  readonly #escape: number
  #text = ''
  #isLast = false
  /** Where the next of each character stands, at or behind the last place that was asked for. */
  #feedAt = -1
  #returnAt = -1
  #delimiterAt = -1
  #quoteAt = -1
  #escapeAt = -1

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect
    this.#delimiter = dialect.delimiter.charCodeAt(0)
    this.#quote = dialect.quote.charCodeAt(0)
    this.#escape = dialect.escape.charCodeAt(0)
  }

  /** Sets the text, which ends at a line end unless it is the last one of its file. */
  load(text: string, isLast: boolean): void {
    this.#text = text
    this.#isLast = isLast
    this.#feedAt = -1
    this.#returnAt = -1
    this.#delimiterAt = -1
    this.#quoteAt = this.#dialect.quote === '' ? text.length : -1
    this.#escapeAt = this.#dialect.escape === '' ? text.length : -1
  }

  /** Parses the record at index `at`, which is below the text's length. Gives the index behind it, line end included, or `INCOMPLETE`. */
  next(at: number): number {
    this.problem = undefined
    if (this.#feedAt < at) this.#feedAt = this.#find('\n', at)
    if (this.#returnAt < at) this.#returnAt = this.#find('\r', at)
    if (this.#quoteAt < at) this.#quoteAt = this.#find(this.#dialect.quote, at)
    if (this.#escapeAt < at) this.#escapeAt = this.#find(this.#dialect.escape, at)
    const feedAt = this.#feedAt
    const isPlain = this.#quoteAt > feedAt && this.#escapeAt >= feedAt && this.#returnAt >= feedAt - 1 && !this.#dialect.skipInitialSpace
    if (!isPlain) return this.#parse(at)
    this.#split(at, this.#returnAt === feedAt - 1 ? feedAt - 1 : feedAt)
    return Math.min(feedAt + 1, this.#text.length)
  }
}

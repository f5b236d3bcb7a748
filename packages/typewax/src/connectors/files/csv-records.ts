/**
 * Owns splitting CSV text into records and fields. It knows neither files nor column names. Lenient as Python's csv module is, whose results are the
 * reference: a quote counts only at the beginning of a field, text behind a closing quote belongs to the field, an unclosed quote goes on to the end.
 */

import type { CsvDialect } from './csv-dialect.ts'

/** Returned for a record that the text ends within. */
export const INCOMPLETE = -1

/** A record that goes on for longer than that has a quote that was never closed. */
export const MAX_RECORD_BYTES: number = 16 * 1024 * 1024

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

  /** Parses the record at index `at`: where the last one ended, and below the text's length. Gives the index behind it, line end included, or `INCOMPLETE`. */
  next(at: number): number {
    this.problem = undefined
    if (this.#feedAt < at) this.#feedAt = this.#find('\n', at)
    if (this.#returnAt < at) this.#returnAt = this.#find('\r', at)
    if (this.#quoteAt < at) this.#quoteAt = this.#find(this.#dialect.quote, at)
    if (this.#escapeAt < at) this.#escapeAt = this.#find(this.#dialect.escape, at)
    const feedAt = this.#feedAt
    const isPlain = this.#quoteAt >= feedAt && this.#escapeAt >= feedAt && this.#returnAt >= feedAt - 1 && !this.#dialect.skipInitialSpace
    if (!isPlain) return this.#parse(at)
    this.#split(at, this.#returnAt === feedAt - 1 ? feedAt - 1 : feedAt)
    return Math.min(feedAt + 1, this.#text.length)
  }

  /** The usual case, without quotes, escapes and lone carriage returns: cuts at delimiters. */
  #split(at: number, end: number): void {
    const text = this.#text
    let count = 0
    for (let start = at; ; start = this.#delimiterAt + 1) {
      if (this.#delimiterAt < start) this.#delimiterAt = this.#find(this.#dialect.delimiter, start)
      const fieldEnd = this.#delimiterAt < end ? this.#delimiterAt : end
      this.fields[count] = text.slice(start, fieldEnd)
      this.starts[count] = start
      count++
      if (fieldEnd === end) break
    }
    this.fieldCount = at === end ? 0 : count
  }

  /** Every other case, character by character. */
  #parse(at: number): number {
    const text = this.#text
    let count = 0
    let index = at
    for (;;) {
      if (this.#dialect.skipInitialSpace) while (text.charCodeAt(index) === SPACE) index++
      this.starts[count] = index
      index = this.#field(count, index)
      count++
      if (index === INCOMPLETE) break
      if (text.charCodeAt(index) !== this.#delimiter) break
      index++
    }
    this.fieldCount = count === 1 && index === at ? 0 : count
    return this.#behindLineEnd(index)
  }

  #behindLineEnd(index: number): number {
    if (index === INCOMPLETE) return INCOMPLETE
    // A text that is not the last one ends at a line end: if none is left, it was a part of the record.
    if (index >= this.#text.length) return this.#isLast ? this.#text.length : INCOMPLETE
    const isPair = this.#text.charCodeAt(index) === CARRIAGE_RETURN && this.#text.charCodeAt(index + 1) === LINE_FEED
    return index + (isPair ? 2 : 1)
  }

  /** Parses a field and stores it. Gives the index of the delimiter or line end behind it. */
  #field(count: number, start: number): number {
    this.fields[count] = ''
    if (this.#text.charCodeAt(start) !== this.#quote) return this.#bare(count, start)
    const behind = this.#quoted(count, start)
    if (behind === INCOMPLETE || behind >= this.#text.length) return behind
    const end = this.#bare(count, behind)
    if (end > behind) this.#object(behind, 'there is text behind a closing quote')
    return end
  }

  /** Adds what stands between the quote at `start` and its partner. Gives the index behind that. */
  #quoted(count: number, start: number): number {
    const text = this.#text
    let index = start + 1
    for (;;) {
      if (this.#quoteAt < index) this.#quoteAt = this.#find(this.#dialect.quote, index)
      if (this.#escapeAt < index) this.#escapeAt = this.#find(this.#dialect.escape, index)
      const end = Math.min(this.#quoteAt, this.#escapeAt)
      this.fields[count] += text.slice(index, end)
      if (end === text.length) break
      const isDoubled = this.#dialect.doubleQuote && text.charCodeAt(end + 1) === this.#quote
      if (end === this.#quoteAt && !isDoubled) return end + 1
      // An escaped character, or the second of two quotes.
      this.fields[count] += text.charAt(end + 1)
      index = end + 2
    }
    if (!this.#isLast) return INCOMPLETE
    this.#object(start, 'a quote is never closed')
    return text.length
  }

  /** Adds everything up to the next delimiter or line end. Gives its index. */
  #bare(count: number, start: number): number {
    const text = this.#text
    let from = start
    let index = start
    for (; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code === this.#delimiter || code === LINE_FEED || code === CARRIAGE_RETURN) break
      if (code !== this.#escape) continue
      this.fields[count] += text.slice(from, index)
      index++
      from = index
    }
    this.fields[count] += text.slice(from, index)
    return Math.min(index, text.length)
  }

  #object(at: number, message: string): void {
    if (this.#dialect.strict) this.problem ??= { at, message }
  }

  /** Searches each text once for each character, however many records it has: no search is repeated before its find is passed. */
  #find(character: string, from: number): number {
    const index = this.#text.indexOf(character, from)
    return index < 0 ? this.#text.length : index
  }
}

/** Owns the options that say how a CSV file is written, and their checks. */

import { quote as quoted, TypewaxError } from '../../errors.ts'

export interface CsvDialectOptions {
  /** Stands between fields; default `','`. */
  readonly delimiter?: string
  /** Encloses fields that have delimiters, quotes or line ends in them; default `'"'`. `''`: nothing does. */
  readonly quote?: string
  /** Makes the next character an ordinary one, inside and outside of quotes; default `''`: none does. */
  readonly escape?: string
  /** Whether two quotes in a quoted field stand for one; default `true`. */
  readonly doubleQuote?: boolean
  /** Whether spaces behind a delimiter are dropped; default `false`. */
  readonly skipInitialSpace?: boolean
  /** Whether an unclosed quote, and text behind a closing quote, are errors; default `false`: they belong to the field. */
  readonly strict?: boolean
}

export interface CsvDialect {
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  readonly doubleQuote: boolean
  readonly skipInitialSpace: boolean
  readonly strict: boolean
}

/** Fills in defaults. Throws `INVALID_ARGUMENT`. */
export function csvDialect(options: CsvDialectOptions): CsvDialect {
  const delimiter = character('delimiter', options.delimiter ?? ',')
  const quote = optionalCharacter('quote', options.quote ?? '"')
  const escaping = optionalCharacter('escape', options.escape ?? '')
  if (delimiter === quote || delimiter === escaping) {
    throw new TypewaxError('INVALID_ARGUMENT', `\`delimiter\` must differ from \`quote\` and \`escape\`; got ${quoted(delimiter)}`)
  }
  const { doubleQuote = true, skipInitialSpace = false, strict = false } = options
  // A quote that is escaped by a quote is a doubled quote.
  if (escaping !== '' && escaping === quote) return { delimiter, quote, escape: '', doubleQuote: true, skipInitialSpace, strict }
  return { delimiter, quote, escape: escaping, doubleQuote, skipInitialSpace, strict }
}

function optionalCharacter(name: string, value: string): string {
  return value === '' ? '' : character(name, value)
}

function character(name: string, value: string): string {
  if (typeof value === 'string' && value.length === 1 && value !== '\n' && value !== '\r') return value
  throw new TypewaxError('INVALID_ARGUMENT', `\`${name}\` must be one character and no line end; got ${quoted(value)}`)
}

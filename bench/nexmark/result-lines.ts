/** Owns the form in which the result of a flow is compared: the lines that its naive counterpart gives. */

import type { Query } from './queries/query.ts'

/** Writes the final rows of a query as lines of fields separated by `|`, sorted by code units. */
export function resultLines(query: Query<unknown>, rows: readonly unknown[]): string[] {
  return finalRows(query, rows).map(lineOf).sort()
}

/** All rows, or the last one of each key if the query updates its rows. */
function finalRows(query: Query<unknown>, rows: readonly unknown[]): readonly unknown[] {
  if (query.name === 'q12') return countsOf(rows as readonly { readonly bidder: number; readonly count: number }[])
  if (query.keyOf === undefined) return rows
  return [...new Map(rows.map((row) => [query.keyOf?.(row), row])).values()]
}

/** The sums of all windows: which one a bid falls into depends on when the flow runs. */
function countsOf(rows: readonly { readonly bidder: number; readonly count: number }[]): string[] {
  const counts = new Map<number, number>()
  for (const { bidder, count } of rows) counts.set(bidder, (counts.get(bidder) ?? 0) + count)
  return Array.from(counts, ([bidder, count]) => `${bidder}|${count}`)
}

/** The fields of a row and of the records and lists in it, in their order, without the mark of the kind. */
function lineOf(row: unknown): string {
  if (typeof row !== 'object' || row === null) return String(row)
  const fields = Object.entries(row).filter(([name]) => name !== 'kind')
  return fields.map(([, value]) => lineOf(value)).join('|')
}

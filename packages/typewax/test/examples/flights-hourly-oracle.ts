/**
 * Owns what `flights-hourly.test.ts` compares with: flights by origin and hour, from a plain loop over the three million rows, and how far out of order the
 * rows come by actual departure. It shares nothing with the examples but the file.
 */

import assert from 'node:assert/strict'
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetRead } from 'hyparquet'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export interface Departure {
  readonly origin: string
  /** Scheduled, in milliseconds. */
  readonly dateMs: number
  readonly delayMinutes: number
}

/** All rows of the file, in its order. */
export async function readDepartures(path: string): Promise<Departure[]> {
  const columns: Record<string, unknown[]> = { date: [], delay: [], origin: [] }
  await parquetRead({
    file: await asyncBufferFromFile(path),
    columns: Object.keys(columns),
    compressors: { ZSTD: (input) => zstdDecompressSync(input) },
    onChunk({ columnName, columnData, rowStart }) {
      const column = columns[columnName]!
      for (let index = 0; index < columnData.length; index++) column[rowStart + index] = columnData[index]
    },
  })
  const { date, delay, origin } = columns
  return origin!.map((code, row) => ({ origin: String(code), dateMs: Number(date![row]), delayMinutes: Number(delay![row]) }))
}

/** The line of each origin and hour, by what it begins with: `ORD,2001-01-01T06:00:00.000Z`. */
export function hourlyLines(departures: readonly Departure[]): Map<string, string> {
  const delays = new Map<string, number[]>()
  for (const { origin, dateMs, delayMinutes } of departures) {
    const hour = keyOf(origin, dateMs - (dateMs % HOUR_MS))
    const list = delays.get(hour)
    if (list === undefined) delays.set(hour, [delayMinutes])
    else list.push(delayMinutes)
  }
  return new Map([...delays].map(([hour, list]) => [hour, `${hour},${statistics(list)}`]))
}

/** The lines that count, by what they begin with: of those of one origin and hour, the last. */
export function lastLines(lines: readonly string[]): Map<string, string> {
  return new Map(lines.map((line) => [line.split(',', 2).join(','), line]))
}

/** Fails with the first few differences; a diff of 424,259 lines would take minutes. */
export function assertSameLines(actual: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): void {
  const wrong = [...expected].filter(([hour, line]) => actual.get(hour) !== line).map(([hour, line]) => `${line}, but written ${actual.get(hour)}`)
  const surplus = [...actual.keys()].filter((hour) => !expected.has(hour))
  assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} of ${expected.size} lines are wrong or missing`)
  assert.deepEqual(surplus.slice(0, 5), [], `${surplus.length} hours that no flight belongs to`)
}

/**
 * How many departures come more than two hours after one that was scheduled later, and by how much the worst does, in order of actual departure. Equal ones
 * count in order of schedule, which is that of the parquet file.
 */
export function disorder(departures: readonly Departure[]): { readonly overTwoHours: number; readonly maxHours: number } {
  const actualMs = (departure: Departure): number => departure.dateMs + departure.delayMinutes * MINUTE_MS
  let [overTwoHours, maxMs, latestMs] = [0, 0, -Infinity]
  for (const { dateMs } of departures.toSorted((left, right) => actualMs(left) - actualMs(right) || left.dateMs - right.dateMs)) {
    if (latestMs - dateMs > 2 * HOUR_MS) overTwoHours++
    maxMs = Math.max(maxMs, latestMs - dateMs)
    latestMs = Math.max(latestMs, dateMs)
  }
  return { overTwoHours, maxHours: maxMs / HOUR_MS }
}

/** The origins and hours with the greatest mean delay among those of ten flights or more, by the same plain means. */
export function worstHours(lines: Iterable<string>): string[] {
  const rows = [...lines].map((line) => line.split(',')).filter((row) => Number(row[2]) >= 10)
  const order = (left: string[], right: string[]): number =>
    Number(right[3]) - Number(left[3]) || Number(right[2]) - Number(left[2]) || (left.join() < right.join() ? -1 : 1)
  return rows
    .sort(order)
    .slice(0, 10)
    .map(([origin, hour]) => `${origin},${hour}`)
}

function keyOf(origin: string, hourMs: number): string {
  return `${origin},${new Date(hourMs).toISOString()}`
}

/** `flights,meanDelay,p95Delay,lateShare` of the delays in minutes; sorts them. */
function statistics(delays: number[]): string {
  const count = delays.length
  delays.sort((left, right) => left - right)
  // Nearest rank: the least delay that at least 95 % of the flights do not exceed.
  const p95 = delays[Math.ceil((count * 95) / 100) - 1]!
  const sum = delays.reduce((left, right) => left + right)
  return [count, sum / count, p95, delays.filter((delay) => delay > 15).length / count].map(text).join(',')
}

function text(x: number): string {
  return Number.isInteger(x) ? String(x) : x.toFixed(3)
}

/**
 * Prepares what `flights-hourly.ts` reads: the three million flights as four regional feeds deliver them, each record at the moment of its actual departure,
 * not of the scheduled one. Writes four CSV files of together 100 MB, the same bytes on every machine; runs once, in a few seconds.
 *
 *     node examples/flights-feed.ts
 */

import { appendFileSync, closeSync, existsSync, fsyncSync, globSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet'

const source = fileURLToPath(new URL('../node_modules/vega-datasets/data/', import.meta.url))
const data = fileURLToPath(new URL('data/', import.meta.url))
const NAME = 'flights-feed'
const MINUTE_MS = 60_000

/** The feeds from west to east, and the longitude at which each ends. So cut, each has about a quarter of the flights. */
const FEEDS = Object.entries({ pacific: -107, central: -90, inland: -81, atlantic: 180 })

/** Column by column. `date` is the scheduled departure in milliseconds, `delay` that of the departure in minutes. */
type Flights = Awaited<ReturnType<typeof readFlights>>

/** Writes the feeds, if they are not there yet. Killed on the way, it leaves nothing that could be taken for them. */
export async function prepareFeed(): Promise<void> {
  if (existsSync(join(data, NAME))) return
  console.error('preparing the feeds of flights, this once')
  const part = mkdtempSync(join(data, `${NAME}.part-`))
  try {
    writeFeeds(part, await readFlights())
    renameSync(part, join(data, NAME))
  } catch (error) {
    rmSync(part, { recursive: true, force: true })
    // If they are there all the same, another process was faster.
    if (!existsSync(join(data, NAME))) throw error
  }
  // What killed preparations left; one that is still at work ends as a slower process does.
  for (const left of globSync(`${NAME}.part-*`, { cwd: data })) rmSync(join(data, left), { recursive: true, force: true })
}

async function readFlights() {
  const file = await asyncBufferFromFile(join(source, 'flights-3m.parquet'))
  const count = Number((await parquetMetadataAsync(file)).num_rows)
  const numbers = { date: new Float64Array(count), delay: new Int16Array(count), distance: new Int16Array(count) }
  const flights = { ...numbers, origin: new Array<string>(count), destination: new Array<string>(count) }
  await parquetRead({
    file,
    columns: Object.keys(flights),
    compressors: { ZSTD: (input) => zstdDecompressSync(input) },
    onChunk({ columnName, columnData, rowStart }) {
      const column: { [row: number]: unknown } = flights[columnName as keyof typeof flights]
      const isText = Array.isArray(column)
      // Of a date, a number is its milliseconds.
      for (let index = 0; index < columnData.length; index++) column[rowStart + index] = isText ? columnData[index] : Number(columnData[index])
    },
  })
  return flights
}

function writeFeeds(folder: string, flights: Flights): void {
  const rows = byDeparture(flights)
  const feeds = feedsByAirport()
  for (const [feed] of FEEDS) {
    const own = rows.filter((row) => feeds.get(flights.origin[row]!) === feed)
    console.error(`${feed}.csv: ${own.length.toLocaleString('en')} flights`)
    writeFeed(join(folder, `${feed}.csv`), flights, own)
  }
}

/** The rows in order of actual departure; those of the same minute stay in the order of the file. */
function byDeparture({ date, delay }: Flights): Uint32Array {
  const departure = date.map((dateMs, row) => dateMs + delay[row]! * MINUTE_MS)
  return Uint32Array.from(date.keys()).sort((left, right) => departure[left]! - departure[right]!)
}

function feedsByAirport(): ReadonlyMap<string, string> {
  const lines = readFileSync(join(source, 'airports.csv'), 'utf8').trim().split('\n').slice(1)
  const airports = lines.map((line) => line.split(','))
  return new Map(airports.map((fields) => [fields[0]!, FEEDS.find(([, end]) => Number(fields.at(-1)) < end)![0]]))
}

function writeFeed(path: string, { date, delay, distance, origin, destination }: Flights, rows: Uint32Array): void {
  const file = openSync(path, 'w')
  let text = 'date,delay,distance,origin,destination\n'
  for (const row of rows) {
    // 2001-01-01T06:00Z
    text += `${new Date(date[row]!).toISOString().slice(0, 16)}Z,${delay[row]},${distance[row]},${origin[row]},${destination[row]}\n`
    if (text.length < 1 << 20) continue
    appendFileSync(file, text)
    text = ''
  }
  appendFileSync(file, text)
  fsyncSync(file)
  closeSync(file)
}

if (process.argv[1]?.endsWith('flights-feed.ts')) await prepareFeed()

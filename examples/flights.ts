/**
 * Three million real flights of 2001 become statistics per airport of origin: flights, mean and greatest delay in minutes, share delayed by more than
 * 15 minutes. Run it with `npm start`; kill it half-way with `kill -9`, start it again, and the files are the same.
 */

import { Dataflow } from 'typewax'
import { DirSink, ParquetSource } from 'typewax/connectors/files'

interface Flight {
  readonly origin: string
  /** Minutes; negative if early. Parquet's 64-bit integers are bigints. */
  readonly delay: bigint
}

const LATE_MINUTES = 15
const file = new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url)

export const flow = new Dataflow('flights')

flow
  .input('flights', new ParquetSource<Flight>(file, { columns: ['origin', 'delay'], mustExist: true }))
  .keyOn('by-origin', (flight) => flight.origin)
  .foldFinal(
    'statistics',
    () => ({ flights: 0, totalDelay: 0, maxDelay: -Infinity, late: 0 }),
    (airport, flight) => {
      const delay = Number(flight.delay)
      airport.flights += 1
      airport.totalDelay += delay
      airport.maxDelay = Math.max(airport.maxDelay, delay)
      if (delay > LATE_MINUTES) airport.late += 1
      return airport
    },
  )
  .mapValue('line', ({ flights, totalDelay, maxDelay, late }, origin) => {
    return [origin, ...[flights, totalDelay / flights, maxDelay, late / flights].map(text)].join(',')
  })
  .output('airports', new DirSink('out', { fileCount: 4, fileName: (index) => `airports-${index}.csv` }))

function text(x: number): string {
  return Number.isInteger(x) ? String(x) : x.toFixed(3)
}

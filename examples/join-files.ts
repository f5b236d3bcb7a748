/**
 * Joins two files that share a key, without a window: airports, and the departures that a file of routes adds up to. The join remembers one side of an
 * airport until the other arrives, however far apart they are; its rows are typed tuples.
 *
 *     typewax run examples/join-files.ts
 */

import { Dataflow } from 'typewax'
import { CsvSource, DirSink } from 'typewax/connectors/files'

interface Airport {
  readonly iata: string
  readonly name: string
  readonly city: string
}

interface Route {
  readonly origin: string
  readonly destination: string
  /** Flights of a year, as text. */
  readonly count: string
}

const folder = new URL('../node_modules/vega-datasets/data/', import.meta.url)

export const flow = new Dataflow('join-files')

const departures = flow
  .input('routes', new CsvSource<Route>(new URL('flights-airport.csv', folder), { mustExist: true }))
  .keyOn('by-origin', (route) => route.origin)
  .mapValue('flights', (route) => Number(route.count))
  .reduceFinal('sum', (left, right) => left + right)

flow
  .input('airports', new CsvSource<Airport>(new URL('airports.csv', folder), { mustExist: true }))
  .keyOn('by-code', (airport) => airport.iata)
  .join('joined', [departures]) // KeyedStream<[Airport, number]>
  .mapValue('format', ([airport, flights], code) => [code, flights, airport.name, airport.city].join('\t'))
  .output('out', new DirSink('out', { fileCount: 1, fileName: () => 'departures.tsv' }))

/**
 * Adds the names of cities to the busiest air routes. Looking up takes time, so eight lookups are under way at once while the results keep the order of
 * the routes; a cache of promises asks for each airport once, and a lookup that fails is tried again.
 *
 *     typewax run examples/async-enrichment.ts
 */

import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Dataflow, seconds } from 'typewax'
import { CsvSource } from 'typewax/connectors/files'
import { StdOutSink } from 'typewax/connectors/stdio'

interface Route {
  readonly origin: string
  readonly destination: string
  readonly count: string
}

const BUSY_FLIGHTS = 10_000
const folder = new URL('../node_modules/vega-datasets/data/', import.meta.url)

let isBusy = true

/** Stands for the service: slow, and busy when it is asked for the first time. */
async function fetchCity(code: string): Promise<string> {
  await pause(5)
  if (isBusy) {
    isBusy = false
    throw new Error('503: try again')
  }
  const airports = await readFile(new URL('airports.csv', folder), 'utf8')
  const [, city = code] = new RegExp(`^${code},(?:".*"|[^,]*),([^,]*)`, 'm').exec(airports) ?? []
  return city
}

const cache = new Map<string, Promise<string>>()

function cityOf(code: string): Promise<string> {
  const cached = cache.get(code)
  if (cached !== undefined) return cached
  const fetched = fetchCity(code)
  cache.set(code, fetched)
  fetched.catch(() => cache.delete(code)) // The next try asks again.
  return fetched
}

export const flow = new Dataflow('routes')

flow
  .input('routes', new CsvSource<Route>(new URL('flights-airport.csv', folder), { mustExist: true }))
  .filter('busy', (route) => Number(route.count) >= BUSY_FLIGHTS)
  .mapAsync('cities', async ({ origin, destination, count }) => `${await cityOf(origin)} → ${await cityOf(destination)}: ${count}`, {
    maxInFlight: 8,
    timeoutMs: seconds(5),
    retry: { maxAttempts: 3, backoffMs: 10 },
  })
  .output('out', new StdOutSink())

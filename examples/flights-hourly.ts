/**
 * Flights per airport and hour, by scheduled departure, from feeds that report each flight when it has really left: up to 28 hours out of order. Results
 * come when an hour is over, and again, corrected, for every flight that was reported later. Run it with `npm start`; kill it, start it again.
 */

import { Dataflow, hours } from 'typewax'
import { CsvSource, DirSink } from 'typewax/connectors/files'
import { count, mean, quantile, StreamClock, share, TumblingWindower } from 'typewax/windowing'

interface Flight {
  readonly origin: string
  /** Scheduled departure, milliseconds since the epoch. */
  readonly scheduledMs: number
  /** Minutes; negative if early. */
  readonly delay: number
}

const LATE_MINUTES = 15
const feeds = new URL('data/flights-feed/*.csv', import.meta.url)

export const flow = new Dataflow('flights-hourly')

flow
  .input('feeds', new CsvSource<{ date: string; delay: string; origin: string }>(feeds, { mustExist: true }))
  .map('flight', ({ origin, date, delay }): Flight => ({ origin, scheduledMs: Date.parse(date), delay: Number(delay) }))
  .assignWatermarks('time', (flight) => flight.scheduledMs, { outOfOrdernessMs: hours(2) })
  .keyOn('by-origin', (flight) => flight.origin)
  .aggregateWindow(
    'hourly',
    new StreamClock((flight) => flight.scheduledMs),
    new TumblingWindower({ lengthMs: hours(1), alignTo: 0 }),
    {
      flights: count(),
      meanDelay: mean((flight) => flight.delay),
      p95Delay: quantile(0.95, (flight) => flight.delay),
      late: share((flight) => flight.delay > LATE_MINUTES),
    },
    { allowedLatenessMs: hours(48) },
  )
  .results.mapValue('line', ({ openTimeMs, result: { flights, meanDelay, p95Delay, late } }, origin) => {
    return [origin, new Date(openTimeMs).toISOString(), ...[flights, meanDelay, p95Delay, late].map(text)].join(',')
  })
  .output('lines', new DirSink('out', { fileCount: 4, fileName: (index) => `hourly-${index}.csv` }))

function text(x: number): string {
  return Number.isInteger(x) ? String(x) : x.toFixed(3)
}

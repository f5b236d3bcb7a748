/** Prints the ten busiest airports, read back from what `flights.ts` wrote. */

import { globSync, readFileSync } from 'node:fs'

const lines = globSync('out/airports-*.csv').flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'))
const airports = lines.filter((line) => line !== '').map((line) => line.split(',') as [string, string, string, string, string])
const busiest = airports.toSorted((a, b) => Number(b[1]) - Number(a[1])).slice(0, 10)

console.log(`\nThe ten busiest of ${airports.length} airports`)
console.table(
  busiest.map(([origin, flights, mean, max, late]) => ({
    origin,
    flights: Number(flights),
    'mean delay': Number(mean),
    'max delay': Number(max),
    late: `${(Number(late) * 100).toFixed(1)} %`,
  })),
)

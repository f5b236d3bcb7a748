/** Prints the ten busiest airports, read back from what `flights.ts` wrote. */

import { globSync, readFileSync } from 'node:fs'

const lines = globSync('out/airports-*.csv').flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean))
const airports = lines.map((line) => {
  const [origin, flights, mean, max, late] = line.split(',')
  return { origin, flights: Number(flights), 'mean delay': Number(mean), 'max delay': Number(max), late: `${(Number(late) * 100).toFixed(1)} %` }
})

console.log(`\nThe ten busiest of ${airports.length} airports, delays in minutes`)
console.table(airports.toSorted((a, b) => b.flights - a.flights).slice(0, 10))

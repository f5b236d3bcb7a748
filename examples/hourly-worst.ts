/** Prints the ten worst hours, read back from what `flights-hourly.ts` wrote: the greatest mean delays of ten flights or more. */

import { globSync, readFileSync } from 'node:fs'

const LEAST_FLIGHTS = 10

/** The line of each origin and hour. A correction follows the line that it corrects, so the last one stays. */
const lines = new Map<string, string>()
for (const file of globSync('out/hourly-*.csv')) {
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) lines.set(line.split(',', 2).join(), line)
}

const hours = [...lines.values()].map((line) => {
  const [origin, hour, flights, mean, p95, late] = line.split(',') as [string, string, string, string, string, string]
  const delays = { 'mean delay': Number(mean), 'p95 delay': Number(p95), late: `${(Number(late) * 100).toFixed(1)} %` }
  return { origin, hour: hour.slice(0, 16).replace('T', ' '), flights: Number(flights), ...delays }
})
const worst = hours
  .filter(({ flights }) => flights >= LEAST_FLIGHTS)
  .sort((a, b) => b['mean delay'] - a['mean delay'] || b.flights - a.flights || (a.origin + a.hour < b.origin + b.hour ? -1 : 1))

console.log(`\nThe ten worst of ${worst.length.toLocaleString('en')} airport hours with ${LEAST_FLIGHTS} flights or more, delays in minutes`)
console.table(worst.slice(0, 10))

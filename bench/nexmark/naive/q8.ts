/** Query 8, new users: `id|name|windowStart` of every person who opened an auction in the tumbling window of 10 s in which he or she registered. */

import { auctions, line, type NaiveQuery, people } from './lines.ts'

const LENGTH_MS = 10_000

export const q8: NaiveQuery = (events) => {
  const windowStart = (dateTime: number): number => dateTime - (dateTime % LENGTH_MS)
  const sellers = new Set(auctions(events).map(({ seller, dateTime }) => line(seller, windowStart(dateTime))))
  return people(events)
    .filter(({ id, dateTime }) => sellers.has(line(id, windowStart(dateTime))))
    .map(({ id, name, dateTime }) => line(id, name, windowStart(dateTime)))
    .sort()
}

/**
 * Query 11, user sessions: `bidder|count|start|end` of every session of a bidder. Bids that are 10 s apart or less belong to one session; it ends 10 s after
 * its last bid.
 */

import { bids, groupBy, line, type NaiveQuery } from './lines.ts'

const GAP_MS = 10_000

export const q11: NaiveQuery = (events) =>
  Array.from(
    groupBy(bids(events), ({ bidder }) => bidder),
    ([bidder, group]) => sessionsOf(group.map(({ dateTime }) => dateTime)).map(([start, end, count]) => line(bidder, count, start, end)),
  )
    .flat()
    .sort()

function sessionsOf(times: readonly number[]): [start: number, end: number, count: number][] {
  const sessions: [start: number, end: number, count: number][] = []
  for (const time of times.toSorted((one, other) => one - other)) {
    const last = sessions.at(-1)
    if (last === undefined || time > last[1]) sessions.push([time, time + GAP_MS, 1])
    else {
      last[1] = time + GAP_MS
      last[2]++
    }
  }
  return sessions
}

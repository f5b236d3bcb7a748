/**
 * Query 15, statistics of a day: `day|…` and the twelve numbers of `bidCounts` over the bids of each day (UTC). Updating: the last line of each day
 * counts.
 */

import { bidCounts } from './bid-counts.ts'
import { bids, dayOf, groupBy, line, type NaiveQuery } from './lines.ts'

export const q15: NaiveQuery = (events) =>
  Array.from(
    groupBy(bids(events), ({ dateTime }) => dayOf(dateTime)),
    ([day, group]) => line(day, ...bidCounts(group)),
  ).sort()

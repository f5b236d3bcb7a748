/**
 * Query 12, bids in windows of processing time: `bidder|count`. Which window a bid falls into depends on the clock, so results are compared as the sum of each
 * bidder's counts.
 */

import { bids, groupBy, line, type NaiveQuery } from './lines.ts'

export const q12: NaiveQuery = (events) =>
  Array.from(
    groupBy(bids(events), ({ bidder }) => bidder),
    ([bidder, group]) => line(bidder, group.length),
  ).sort()

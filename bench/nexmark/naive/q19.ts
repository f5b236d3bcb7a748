/**
 * Query 19, the ten highest bids: all fields of the up to 10 highest bids on each auction, then the rank, from 1; ties by `byRank`. Updating: the last line of each
 * auction and rank counts.
 */

import { bidFields, bids, byRank, groupBy, line, type NaiveQuery } from './lines.ts'

export const q19: NaiveQuery = (events) =>
  Array.from(groupBy(bids(events), ({ auction }) => auction).values(), (group) =>
    group
      .sort(byRank)
      .slice(0, 10)
      .map((bid, index) => line(bidFields(bid), index + 1)),
  )
    .flat()
    .sort()

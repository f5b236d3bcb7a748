/**
 * Query 18, the last bid: all fields of the latest bid of each bidder on each auction; of those of one millisecond the one with the highest price, then the
 * greatest `extra`. Updating: the last line of each bidder and auction counts.
 */

import { bidFields, bids, compareText, groupBy, line, type NaiveQuery } from './lines.ts'

export const q18: NaiveQuery = (events) =>
  Array.from(groupBy(bids(events), ({ bidder, auction }) => line(bidder, auction)).values(), (group) => {
    group.sort((one, other) => one.dateTime - other.dateTime || one.price - other.price || compareText(one.extra, other.extra))
    return group.slice(-1).map(bidFields)
  })
    .flat()
    .sort()

/**
 * Query 9, winning bids: all fields of every auction that has a valid bid, then all fields of the winning one: the highest price, of equal ones the earliest,
 * of those of one millisecond the least bidder, then the least `extra`. Updating: the last line of each auction counts.
 */

import { auctionFields, bidFields, line, type NaiveQuery } from './lines.ts'
import { auctionsWithBids } from './valid-bids.ts'

export const q9: NaiveQuery = (events) =>
  auctionsWithBids(events)
    .map(({ auction, ranked: [winner] }) => line(auctionFields(auction), bidFields(winner)))
    .sort()

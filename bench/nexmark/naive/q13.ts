/**
 * Query 13, join with a side table: `auction|bidder|price|dateTime|value` of every bid, the value found in the table at the auction's id modulo 10,000. The table
 * has the rows i, i.
 */

import { bids, line, type NaiveQuery } from './lines.ts'

export const q13: NaiveQuery = (events) =>
  bids(events)
    .map(({ auction, bidder, price, dateTime }) => line(auction, bidder, price, dateTime, auction % 10_000))
    .sort()

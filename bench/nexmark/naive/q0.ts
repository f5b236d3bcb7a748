/** Query 0, pass through: `auction|bidder|price|dateTime|extra` of every bid. */

import { bids, line, type NaiveQuery } from './lines.ts'

export const q0: NaiveQuery = (events) =>
  bids(events)
    .map(({ auction, bidder, price, dateTime, extra }) => line(auction, bidder, price, dateTime, extra))
    .sort()

/** Query 1, currency conversion: `auction|bidder|price|dateTime|extra` of every bid, the price times 0.908 in thousandths of a cent. */

import { bids, line, type NaiveQuery, thousandths } from './lines.ts'

export const q1: NaiveQuery = (events) =>
  bids(events)
    .map(({ auction, bidder, price, dateTime, extra }) => line(auction, bidder, thousandths(price), dateTime, extra))
    .sort()

/**
 * Query 7, highest bid: `auction|price|bidder|dateTime|extra` of every bid whose price is the highest of its tumbling window of 10 s. Of equal prices every
 * bid is given. As in the Java program, and not in the SQL, a bid at the very end of a window belongs to the next one only.
 */

import { bids, greatest, groupBy, line, type NaiveQuery } from './lines.ts'

const LENGTH_MS = 10_000

export const q7: NaiveQuery = (events) =>
  Array.from(groupBy(bids(events), ({ dateTime }) => Math.floor(dateTime / LENGTH_MS)).values(), (window) => {
    const highest = greatest(window.map(({ price }) => price))
    return window
      .filter(({ price }) => price === highest)
      .map(({ auction, price, bidder, dateTime, extra }) => line(auction, price, bidder, dateTime, extra))
  })
    .flat()
    .sort()

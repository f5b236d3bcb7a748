/**
 * Query 6, average selling price by seller: `seller|average`, the integer mean of the prices of the seller's last 11 winning bids (the SQL says 10 preceding
 * and the current row), in order of their time, those of one millisecond in order of the auction's id. Updating: the last line of each seller counts.
 */

import { groupBy, integerMean, line, type NaiveQuery } from './lines.ts'
import { auctionsWithBids } from './valid-bids.ts'

const LAST_COUNT = 11

export const q6: NaiveQuery = (events) => {
  const bySeller = groupBy(auctionsWithBids(events), ({ auction }) => auction.seller)
  return Array.from(bySeller, ([seller, group]) => {
    const sales = group.map(({ auction, ranked: [{ dateTime, price }] }) => ({ auctionId: auction.id, dateTime, price }))
    sales.sort((one, other) => one.dateTime - other.dateTime || one.auctionId - other.auctionId)
    return line(seller, integerMean(sales.slice(-LAST_COUNT).map(({ price }) => price)))
  }).sort()
}

/**
 * Query 17, statistics of an auction: `auction|day|total|low|middle|high|least|greatest|mean|sum` over the bids on each auction of each day (UTC): how many,
 * how many with a price below 10,000, below 1,000,000 and above, and numbers of the price; the mean is without its fraction. Updating: the last line of
 * each auction and day counts.
 */

import { bids, dayOf, greatest, groupBy, integerMean, least, line, type NaiveQuery, sum } from './lines.ts'

export const q17: NaiveQuery = (events) =>
  Array.from(
    groupBy(bids(events), ({ auction, dateTime }) => line(auction, dayOf(dateTime))),
    ([auctionAndDay, group]) => {
      const prices = group.map(({ price }) => price)
      const low = prices.filter((price) => price < 10_000).length
      const high = prices.filter((price) => price >= 1_000_000).length
      const counts = [prices.length, low, prices.length - low - high, high]
      return line(auctionAndDay, ...counts, least(prices), greatest(prices), integerMean(prices), sum(prices))
    },
  ).sort()

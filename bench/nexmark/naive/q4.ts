/**
 * Query 4, average price for a category: `category|average`, the integer mean of the highest valid bid of each auction of the category that has one.
 * Updating: the last line of each category counts.
 */

import { groupBy, integerMean, line, type NaiveQuery } from './lines.ts'
import { auctionsWithBids } from './valid-bids.ts'

export const q4: NaiveQuery = (events) => {
  const byCategory = groupBy(auctionsWithBids(events), ({ auction }) => auction.category)
  return Array.from(byCategory, ([category, group]) => line(category, integerMean(group.map(({ ranked: [winner] }) => winner.price)))).sort()
}

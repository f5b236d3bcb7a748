/** Query 4, average price for a category: a join, then two levels of an aggregation that is updated. A row for every bid that takes the lead. */

import type { Query } from './query.ts'
import { winningBids } from './winning-bids.ts'

interface CategoryAverage {
  readonly category: number
  readonly average: number
}

export const q4: Query<CategoryAverage> = {
  name: 'q4',
  build: (events) =>
    winningBids(events, 'running')
      .keyOn('category', ({ auction }) => String(auction.category))
      .statefulMap(
        'average',
        () => ({ sum: 0, count: 0 }),
        (total, { auction, bid, beaten }) => {
          total.sum += bid.price - (beaten?.price ?? 0)
          if (beaten === undefined) total.count++
          return [total, { category: auction.category, average: Math.trunc(total.sum / total.count) }]
        },
      )
      .keyRm('row'),
  keyOf: ({ category }) => String(category),
}

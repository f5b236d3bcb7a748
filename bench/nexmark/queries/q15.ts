/** Query 15, statistics of a day: many distinct counts on one hot key. A row for every bid. */

import { addBid, type BidCounts, countsOf, noBids } from './bid-statistics.ts'
import { bids, dayOf, type Query } from './query.ts'

export const q15: Query<BidCounts & { readonly day: string }> = {
  name: 'q15',
  build: (events) =>
    bids(events)
      .keyOn('day', ({ dateTime }) => dayOf(dateTime))
      .statefulMap('count', noBids, (statistics, bid) => {
        addBid(statistics, bid)
        return [statistics, { day: dayOf(bid.dateTime), ...countsOf(statistics) }]
      })
      .keyRm('row'),
  keyOf: ({ day }) => day,
}

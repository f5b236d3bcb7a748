/** Query 18, the last bid of each bidder on each auction: keep the last. A row for every bid that is later than the one before. */

import type { Bid } from '../events.ts'
import { bids, type Query } from './query.ts'

export const q18: Query<Bid> = {
  name: 'q18',
  build: (events) =>
    bids(events)
      .keyOn('bidder-and-auction', keyOf)
      .statefulFlatMap('last', (last: Bid | undefined, bid) =>
        last === undefined || isLater(bid, last) ? ([bid, [bid]] as const) : ([last, []] as const),
      )
      .keyRm('row'),
  keyOf,
}

function keyOf({ bidder, auction }: Bid): string {
  return `${bidder}|${auction}`
}

/** Bids of the same millisecond are decided by price, then by `extra`, so that the result depends on no order of arrival. */
function isLater(bid: Bid, last: Bid): boolean {
  if (bid.dateTime !== last.dateTime) return bid.dateTime > last.dateTime
  return bid.price === last.price ? bid.extra > last.extra : bid.price > last.price
}

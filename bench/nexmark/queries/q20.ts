/** Query 20, bids with their auction: a join without bounds. Both sides are kept for ever, as in SQL. */

import type { Auction, Bid, Event } from '../events.ts'
import type { Query } from './query.ts'

interface BidOnAuction {
  readonly bid: Bid
  readonly auction: Auction
}

interface Sides {
  readonly auctions: Auction[]
  readonly bids: Bid[]
}

export const q20: Query<BidOnAuction> = {
  name: 'q20',
  build: (events) =>
    events
      .filter('relevant', isRelevant)
      .keyOn('auction', (event) => String(event.kind === 'bid' ? event.auction : event.id))
      .statefulFlatMap('join', (): Sides => ({ auctions: [], bids: [] }), joined)
      .keyRm('row'),
}

function isRelevant(event: Event): event is Auction | Bid {
  return event.kind === 'bid' || (event.kind === 'auction' && event.category === 10)
}

function joined(sides: Sides, event: Auction | Bid): [Sides, BidOnAuction[]] {
  if (event.kind === 'bid') {
    sides.bids.push(event)
    return [sides, sides.auctions.map((auction) => ({ bid: event, auction }))]
  }
  sides.auctions.push(event)
  return [sides, sides.bids.map((bid) => ({ bid, auction: event }))]
}

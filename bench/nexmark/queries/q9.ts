/** Query 9, winning bids: a join of which the first row by rank is kept. A row for every bid that takes the lead. */

import type { Auction, Bid } from '../events.ts'
import type { Query } from './query.ts'
import { winningBids } from './winning-bids.ts'

interface WinningBid {
  readonly auction: Auction
  readonly bid: Bid
}

export const q9: Query<WinningBid> = {
  name: 'q9',
  build: (events) => winningBids(events, 'running').map('row', ({ auction, bid }) => ({ auction, bid })),
  keyOf: ({ auction }) => String(auction.id),
}

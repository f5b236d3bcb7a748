/** Query 0, pass through: what source and sink cost. */

import type { Bid } from '../events.ts'
import { bids, type Query } from './query.ts'

export const q0: Query<Pick<Bid, 'auction' | 'bidder' | 'price' | 'dateTime' | 'extra'>> = {
  name: 'q0',
  build: (events) => bids(events).map('row', ({ auction, bidder, price, dateTime, extra }) => ({ auction, bidder, price, dateTime, extra })),
}

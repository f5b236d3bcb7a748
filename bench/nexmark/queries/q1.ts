/** Query 1, currency conversion: `map`. Prices become thousandths of a cent. */

import type { Bid } from '../events.ts'
import { bids, type Query, thousandths } from './query.ts'

export const q1: Query<Pick<Bid, 'auction' | 'bidder' | 'price' | 'dateTime' | 'extra'>> = {
  name: 'q1',
  build: (events) =>
    bids(events).map('row', ({ auction, bidder, price, dateTime, extra }) => ({ auction, bidder, price: thousandths(price), dateTime, extra })),
}

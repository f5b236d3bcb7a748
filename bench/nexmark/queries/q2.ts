/** Query 2, selection: `filter`. */

import type { Bid } from '../events.ts'
import { bids, type Query } from './query.ts'

export const q2: Query<Pick<Bid, 'auction' | 'price'>> = {
  name: 'q2',
  build: (events) =>
    bids(events)
      .filter('selected', ({ auction }) => auction % 123 === 0)
      .map('row', ({ auction, price }) => ({ auction, price })),
}

/** Query 13, join with a side table that is in memory: `map`. */

import type { Bid } from '../events.ts'
import { bids, type Query } from './query.ts'

const TABLE_SIZE = 10_000
const table: ReadonlyMap<number, number> = new Map(Array.from({ length: TABLE_SIZE }, (_, index) => [index, index]))

export const q13: Query<Pick<Bid, 'auction' | 'bidder' | 'price' | 'dateTime'> & { readonly value: number }> = {
  name: 'q13',
  build: (events) =>
    bids(events).filterMap('row', ({ auction, bidder, price, dateTime }) => {
      const value = table.get(auction % TABLE_SIZE)
      return value === undefined ? undefined : { auction, bidder, price, dateTime, value }
    }),
}

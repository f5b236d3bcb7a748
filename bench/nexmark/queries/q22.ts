/** Query 22, directories of the URL: splitting strings. */

import type { Bid } from '../events.ts'
import { bids, type Query } from './query.ts'

interface Directories extends Pick<Bid, 'auction' | 'bidder' | 'price' | 'channel'> {
  readonly directory1: string | undefined
  readonly directory2: string | undefined
  readonly directory3: string | undefined
}

export const q22: Query<Directories> = {
  name: 'q22',
  build: (events) =>
    bids(events).map('row', ({ auction, bidder, price, channel, url }) => {
      const [, , , directory1, directory2, directory3] = url.split('/')
      return { auction, bidder, price, channel, directory1, directory2, directory3 }
    }),
}

/** Query 21, channel id: a table and a regular expression. */

import type { Bid } from '../events.ts'
import { bids, type Query } from './query.ts'

const KNOWN: ReadonlyMap<string, string> = new Map([
  ['apple', '0'],
  ['google', '1'],
  ['facebook', '2'],
  ['baidu', '3'],
])

export const q21: Query<Pick<Bid, 'auction' | 'bidder' | 'price' | 'channel'> & { readonly channelId: string }> = {
  name: 'q21',
  build: (events) =>
    bids(events).filterMap('row', ({ auction, bidder, price, channel, url }) => {
      const channelId = KNOWN.get(channel.toLowerCase()) ?? /(?:^|&)channel_id=([^&]*)/.exec(url)?.[1]
      return channelId === undefined ? undefined : { auction, bidder, price, channel, channelId }
    }),
}

/**
 * Query 21, channel id: `auction|bidder|price|channel|channelId` of every bid that has one: 0 for Apple, 1 Google, 2 Facebook, 3 Baidu, in any case of letters, else
 * what follows `channel_id=` in the URL.
 */

import { bids, line, type NaiveQuery } from './lines.ts'

export const q21: NaiveQuery = (events) =>
  bids(events)
    .flatMap(({ auction, bidder, price, channel, url }) => {
      const known = ['apple', 'google', 'facebook', 'baidu'].indexOf(channel.toLowerCase())
      const id = known === -1 ? /(?:^|&)channel_id=([^&]*)/.exec(url)?.[1] : known
      return id === undefined ? [] : [line(auction, bidder, price, channel, id)]
    })
    .sort()

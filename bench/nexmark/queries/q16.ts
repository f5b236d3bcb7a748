/** Query 16, statistics of a channel: many distinct counts on many keys. A row for every bid. */

import { addBid, type BidCounts, countsOf, noBids } from './bid-statistics.ts'
import { bids, dayOf, minuteOf, type Query } from './query.ts'

interface ChannelCounts extends BidCounts {
  readonly channel: string
  readonly day: string
  readonly minute: string
}

export const q16: Query<ChannelCounts> = {
  name: 'q16',
  build: (events) =>
    bids(events)
      .keyOn('channel-and-day', ({ channel, dateTime }) => `${channel}|${dayOf(dateTime)}`)
      .statefulMap('count', noBids, (statistics, bid) => {
        addBid(statistics, bid)
        const { channel, dateTime } = bid
        return [statistics, { channel, day: dayOf(dateTime), minute: minuteOf(statistics.latest), ...countsOf(statistics) }]
      })
      .keyRm('row'),
  keyOf: ({ channel, day }) => `${channel}|${day}`,
}

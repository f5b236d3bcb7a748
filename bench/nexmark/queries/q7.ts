/**
 * Query 7, highest bid: the greatest of each window over all keys. In two steps, so that the first can be spread over workers: of some groups of bids, then
 * of these. The highest of a group come before the watermark that closed the window, so that the second step gets all of them.
 */

import { StreamClock, TumblingWindower } from 'typewax/windowing'
import type { Bid } from '../events.ts'
import { highest } from './highest.ts'
import { bids, inTime, type Query } from './query.ts'

const GROUP_COUNT = 16

const clock = new StreamClock(({ dateTime }: Bid) => dateTime)
const windower = new TumblingWindower({ lengthMs: 10_000, alignTo: 0 })

export const q7: Query<Pick<Bid, 'auction' | 'price' | 'bidder' | 'dateTime' | 'extra'>> = {
  name: 'q7',
  build: (events) =>
    inTime(bids(events))
      .keyOn('group', ({ auction }) => String(auction % GROUP_COUNT))
      .aggregateWindow('of-group', clock, windower, { bids: highest(({ price }) => price) })
      .down.flatMap('candidate', ([, [window, { bids }]]) => bids.map((bid) => ({ window, bid })))
      .keyOn('window', ({ window }) => String(window))
      .mapValue('bid', ({ bid }) => bid)
      .aggregateWindow('of-all', clock, windower, { bids: highest(({ price }) => price) })
      .down.flatMap('highest', ([, [, { bids }]]) => bids)
      .map('row', ({ auction, price, bidder, dateTime, extra }) => ({ auction, price, bidder, dateTime, extra })),
}

/** Query 12, bids in windows of processing time: timers of the system's clock on many keys. */

import { SystemClock, TumblingWindower } from 'typewax/windowing'
import { bids, type Query } from './query.ts'

interface BidderCount {
  readonly bidder: number
  readonly count: number
}

const clock = new SystemClock()
const windower = new TumblingWindower({ lengthMs: 10_000, alignTo: 0 })

export const q12: Query<BidderCount> = {
  name: 'q12',
  build: (events) =>
    bids(events)
      .countWindow('count', clock, windower, ({ bidder }) => String(bidder))
      .down.map('row', ([bidder, [, count]]) => ({ bidder: Number(bidder), count })),
}

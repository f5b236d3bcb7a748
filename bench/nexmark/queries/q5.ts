/**
 * Query 5, hot items: sliding windows on many keys, then the greatest of each window over all keys. The counts of a window come before the watermark that
 * closed it, so that the second window, which begins where the next one slides in, gets all of them.
 */

import { SlidingWindower, StreamClock, TumblingWindower } from 'typewax/windowing'
import type { Bid } from '../events.ts'
import { highest } from './highest.ts'
import { bids, inTime, type Query } from './query.ts'

interface HotItem {
  readonly auction: number
  readonly count: number
  readonly windowEnd: number
}

const LENGTH_MS = 10_000
const SLIDE_MS = 2_000

const clock = new StreamClock(({ dateTime }: Bid) => dateTime)
const windower = new SlidingWindower({ lengthMs: LENGTH_MS, offsetMs: SLIDE_MS, alignTo: 0 })
/** A window's counts are of its last millisecond. */
const countClock = new StreamClock(({ windowEnd }: HotItem) => windowEnd - 1)
const countWindower = new TumblingWindower({ lengthMs: SLIDE_MS, alignTo: 0 })

export const q5: Query<HotItem> = {
  name: 'q5',
  build: (events) =>
    inTime(bids(events))
      .countWindow('count', clock, windower, ({ auction }) => String(auction))
      .down.map('item', ([auction, [window, count]]) => ({ auction: Number(auction), count, windowEnd: window * SLIDE_MS + LENGTH_MS }))
      .keyOn('window', ({ windowEnd }) => String(windowEnd))
      .aggregateWindow('hottest', countClock, countWindower, { items: highest(({ count }) => count) })
      .down.flatMap('row', ([, [, { items }]]) => items),
}

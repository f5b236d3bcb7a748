/** Query 11, user sessions: session windows on many keys. */

import { count, max, min, SessionWindower, StreamClock } from 'typewax/windowing'
import type { Bid } from '../events.ts'
import { bids, inTime, type Query } from './query.ts'

interface UserSession {
  readonly bidder: number
  readonly count: number
  readonly start: number
  readonly end: number
}

const GAP_MS = 10_000

const clock = new StreamClock(({ dateTime }: Bid) => dateTime)
const windower = new SessionWindower({ gapMs: GAP_MS })

export const q11: Query<UserSession> = {
  name: 'q11',
  build: (events) =>
    inTime(bids(events))
      .keyOn('bidder', ({ bidder }) => String(bidder))
      .aggregateWindow('sessions', clock, windower, {
        count: count(),
        first: min(({ dateTime }) => dateTime),
        last: max(({ dateTime }) => dateTime),
      })
      .down.map('row', ([bidder, [, { count, first, last }]]) => ({ bidder: Number(bidder), count, start: first, end: last + GAP_MS })),
}

/** Query 19, the ten highest bids on each auction. A row for every rank that another bid takes. */

import type { Bid } from '../events.ts'
import { bids, byRank, type Query } from './query.ts'

interface RankedBid {
  readonly bid: Bid
  readonly rank: number
}

const TOP_COUNT = 10

export const q19: Query<RankedBid> = {
  name: 'q19',
  build: (events) =>
    bids(events)
      .keyOn('auction', ({ auction }) => String(auction))
      .statefulFlatMap('top', (): Bid[] => [], ranked)
      .keyRm('row'),
  keyOf: ({ bid, rank }) => `${bid.auction}|${rank}`,
}

function ranked(top: Bid[], bid: Bid): [Bid[], RankedBid[]] {
  let place = top.length
  while (place > 0 && byRank(bid, top[place - 1] as Bid) < 0) place--
  if (place === TOP_COUNT) return [top, []]
  top.splice(place, 0, bid)
  if (top.length > TOP_COUNT) top.pop()
  return [top, top.slice(place).map((moved, index) => ({ bid: moved, rank: place + index + 1 }))]
}

/** Owns the join of queries 4, 6 and 9: auctions with the bids made while they were open, both ends included. */

import type { Auction, Bid, Event } from '../events.ts'
import { auctions, bids, byRank, groupBy } from './lines.ts'

/** Every auction that has a valid bid, with its valid bids in the order of `byRank`: the winning bid first. */
export function auctionsWithBids(events: readonly Event[]): { readonly auction: Auction; readonly ranked: readonly [Bid, ...Bid[]] }[] {
  const byAuction = groupBy(bids(events), (bid) => bid.auction)
  return auctions(events).flatMap((auction) => {
    const valid = (byAuction.get(auction.id) ?? []).filter(({ dateTime }) => auction.dateTime <= dateTime && dateTime <= auction.expires)
    const [winner, ...others] = valid.sort(byRank)
    return winner === undefined ? [] : [{ auction, ranked: [winner, ...others] as const }]
  })
}

/**
 * Query 23, bids of people who sell: all fields of every bid, then of its bidder, then of an auction of this bidder; a line for each such auction. None of the
 * three needs to come first.
 */

import { auctionFields, auctions, bidFields, bids, groupBy, line, type NaiveQuery, people, personFields } from './lines.ts'

export const q23: NaiveQuery = (events) => {
  const byId = new Map(people(events).map((person) => [person.id, personFields(person)]))
  const bySeller = groupBy(auctions(events), ({ seller }) => seller)
  return bids(events)
    .flatMap((bid) => {
      const bidder = byId.get(bid.bidder)
      if (bidder === undefined) return []
      return (bySeller.get(bid.bidder) ?? []).map((auction) => line(bidFields(bid), bidder, auctionFields(auction)))
    })
    .sort()
}

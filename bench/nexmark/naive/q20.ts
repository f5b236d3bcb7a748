/** Query 20, bids with their auction: all fields of every bid, then all of its auction, if that is of category 10. Neither needs to come first. */

import { auctionFields, auctions, bidFields, bids, line, type NaiveQuery } from './lines.ts'

export const q20: NaiveQuery = (events) => {
  const ofCategory = auctions(events).filter(({ category }) => category === 10)
  const byId = new Map(ofCategory.map((auction) => [auction.id, auctionFields(auction)]))
  return bids(events)
    .filter(({ auction }) => byId.has(auction))
    .map((bid) => line(bidFields(bid), byId.get(bid.auction) as string))
    .sort()
}

/** Query 23, bids of people who sell: a join of three sides without bounds. All sides are kept for ever, as in SQL. */

import type { Auction, Bid, Event, Person } from '../events.ts'
import type { Query } from './query.ts'

interface SellersBid {
  readonly bid: Bid
  readonly person: Person
  readonly auction: Auction
}

interface Sides {
  readonly people: Person[]
  readonly bids: Bid[]
  readonly auctions: Auction[]
}

export const q23: Query<SellersBid> = {
  name: 'q23',
  build: (events) =>
    events
      .keyOn('person', (event) => String(personOf(event)))
      .statefulFlatMap('join', (): Sides => ({ people: [], bids: [], auctions: [] }), joined)
      .keyRm('row'),
}

function personOf(event: Event): number {
  return event.kind === 'bid' ? event.bidder : event.kind === 'person' ? event.id : event.seller
}

function joined(sides: Sides, event: Event): [Sides, SellersBid[]] {
  const { people, bids, auctions } = sides
  switch (event.kind) {
    case 'bid':
      bids.push(event)
      return [sides, product(people, [event], auctions)]
    case 'person':
      people.push(event)
      return [sides, product([event], bids, auctions)]
    case 'auction':
      auctions.push(event)
      return [sides, product(people, bids, [event])]
  }
}

function product(people: readonly Person[], bids: readonly Bid[], auctions: readonly Auction[]): SellersBid[] {
  const rows: SellersBid[] = []
  for (const person of people) for (const bid of bids) for (const auction of auctions) rows.push({ bid, person, auction })
  return rows
}

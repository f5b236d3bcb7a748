/** Query 6, average selling price by seller: a join, then the last values of each key. A row for every auction that ends with a bid. */

import type { Query } from './query.ts'
import { winningBids } from './winning-bids.ts'

interface SellerAverage {
  readonly seller: number
  readonly average: number
}

interface Sale {
  readonly auctionId: number
  readonly dateTime: number
  readonly price: number
}

const LAST_COUNT = 11

export const q6: Query<SellerAverage> = {
  name: 'q6',
  build: (events) =>
    winningBids(events, 'final')
      .keyOn('seller', ({ auction }) => String(auction.seller))
      .statefulMap(
        'last',
        (): Sale[] => [],
        (sales, { auction, bid }) => {
          addSale(sales, { auctionId: auction.id, dateTime: bid.dateTime, price: bid.price })
          const sum = sales.reduce((total, { price }) => total + price, 0)
          return [sales, { seller: auction.seller, average: Math.trunc(sum / sales.length) }]
        },
      )
      .keyRm('row'),
  keyOf: ({ seller }) => String(seller),
}

/** Puts a sale among the last ones by its time: auctions end in another order than their winning bids were made. */
function addSale(sales: Sale[], sale: Sale): void {
  let place = sales.length
  while (place > 0 && isLater(sales[place - 1] as Sale, sale)) place--
  sales.splice(place, 0, sale)
  if (sales.length > LAST_COUNT) sales.shift()
}

function isLater(one: Sale, other: Sale): boolean {
  return one.dateTime === other.dateTime ? one.auctionId > other.auctionId : one.dateTime > other.dateTime
}

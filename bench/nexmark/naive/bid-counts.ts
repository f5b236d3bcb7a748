/** Owns the twelve numbers of queries 15 and 16. */

import type { Bid } from '../events.ts'

const BANDS: readonly ((price: number) => boolean)[] = [
  () => true,
  (price) => price < 10_000,
  (price) => price >= 10_000 && price < 1_000_000,
  (price) => price >= 1_000_000,
]

/** Counts bids, then distinct bidders, then distinct auctions: each in all, then by the band of the price, below 10,000, below 1,000,000, above. */
export function bidCounts(group: readonly Bid[]): number[] {
  const bands = BANDS.map((isIn) => group.filter(({ price }) => isIn(price)))
  return [
    ...bands.map((band) => band.length),
    ...bands.map((band) => new Set(band.map(({ bidder }) => bidder)).size),
    ...bands.map((band) => new Set(band.map(({ auction }) => auction)).size),
  ]
}

/**
 * Owns the state of queries 15 and 16: bids, distinct bidders and distinct auctions, in all and by band of price. Plain data, changed in place.
 */

import type { Bid } from '../events.ts'

/** In all, then by band: prices below 10,000, below 1,000,000, above. */
export type ByBand = [all: number, low: number, middle: number, high: number]

interface Distinct {
  /** The bands that each value was seen in, a bit for each: one map in place of four sets. */
  readonly bandsOf: Map<number, number>
  readonly counts: ByBand
}

export interface BidStatistics {
  readonly bids: ByBand
  readonly bidders: Distinct
  readonly auctions: Distinct
  latest: number
}

/** What rows show of the statistics. */
export interface BidCounts {
  readonly bids: Readonly<ByBand>
  readonly bidders: Readonly<ByBand>
  readonly auctions: Readonly<ByBand>
}

export function noBids(): BidStatistics {
  const nothing = (): ByBand => [0, 0, 0, 0]
  return {
    bids: nothing(),
    bidders: { bandsOf: new Map(), counts: nothing() },
    auctions: { bandsOf: new Map(), counts: nothing() },
    latest: 0,
  }
}

export function addBid(statistics: BidStatistics, { auction, bidder, price, dateTime }: Bid): void {
  const band = price < 10_000 ? 1 : price < 1_000_000 ? 2 : 3
  statistics.bids[0]++
  statistics.bids[band]++
  addDistinct(statistics.bidders, bidder, band)
  addDistinct(statistics.auctions, auction, band)
  if (dateTime > statistics.latest) statistics.latest = dateTime
}

/** Copies the counts, which go on changing. */
export function countsOf({ bids, bidders, auctions }: BidStatistics): BidCounts {
  return { bids: [...bids], bidders: [...bidders.counts], auctions: [...auctions.counts] }
}

function addDistinct({ bandsOf, counts }: Distinct, value: number, band: 1 | 2 | 3): void {
  const bands = bandsOf.get(value) ?? 0
  if ((bands & (1 << band)) !== 0) return
  if (bands === 0) counts[0]++
  counts[band]++
  bandsOf.set(value, bands | (1 << band))
}

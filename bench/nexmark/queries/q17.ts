/** Query 17, statistics of an auction: a group-by without bounds. A row for every bid. */

import type { Bid } from '../events.ts'
import { bids, dayOf, type Query } from './query.ts'

interface PriceState {
  total: number
  low: number
  middle: number
  high: number
  least: number
  greatest: number
  sum: number
}

interface PriceStatistics extends Readonly<PriceState> {
  readonly auction: number
  readonly day: string
  readonly mean: number
}

export const q17: Query<PriceStatistics> = {
  name: 'q17',
  build: (events) =>
    bids(events)
      .keyOn('auction-and-day', ({ auction, dateTime }) => `${auction}|${dayOf(dateTime)}`)
      .statefulMap('prices', noPrices, (state, bid) => {
        addPrice(state, bid.price)
        return [state, statisticsOf(state, bid)]
      })
      .keyRm('row'),
  keyOf: ({ auction, day }) => `${auction}|${day}`,
}

function noPrices(): PriceState {
  // Not infinities: small integers keep the object compact.
  return { total: 0, low: 0, middle: 0, high: 0, least: 0, greatest: 0, sum: 0 }
}

function addPrice(state: PriceState, price: number): void {
  if (state.total === 0 || price < state.least) state.least = price
  if (price > state.greatest) state.greatest = price
  if (price < 10_000) state.low++
  else if (price < 1_000_000) state.middle++
  else state.high++
  state.total++
  state.sum += price
}

function statisticsOf({ total, low, middle, high, least, greatest, sum }: PriceState, { auction, dateTime }: Bid): PriceStatistics {
  return { auction, day: dayOf(dateTime), total, low, middle, high, least, greatest, mean: Math.trunc(sum / total), sum }
}

/**
 * Query 14, calculation: `auction|bidder|price|bidTimeType|dateTime|extra|count` of every bid whose price times 0.908 is between 1,000,000 and 50,000,000, both
 * excluded. The price is in thousandths of a cent; `bidTimeType` is `dayTime` in the hours 8 to 18 (UTC), `nightTime` up to 6 and from 20, else
 * `otherTime`; `count` is how often the letter c is in `extra`.
 */

import { bids, line, type NaiveQuery, thousandths } from './lines.ts'

export const q14: NaiveQuery = (events) =>
  bids(events)
    .filter(({ price }) => thousandths(price) > 1_000_000_000 && thousandths(price) < 50_000_000_000)
    .map(({ auction, bidder, price, dateTime, extra }) =>
      line(auction, bidder, thousandths(price), timeType(dateTime), dateTime, extra, extra.split('c').length - 1),
    )
    .sort()

function timeType(dateTime: number): string {
  const hour = new Date(dateTime).getUTCHours()
  if (hour >= 8 && hour <= 18) return 'dayTime'
  return hour <= 6 || hour >= 20 ? 'nightTime' : 'otherTime'
}

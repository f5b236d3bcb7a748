/** Query 14, calculation: functions of one's own in a `filter` and a `map`. */

import type { Bid } from '../events.ts'
import { bids, type Query, thousandths } from './query.ts'

interface Calculated extends Pick<Bid, 'auction' | 'bidder' | 'price' | 'dateTime' | 'extra'> {
  readonly bidTimeType: 'dayTime' | 'nightTime' | 'otherTime'
  readonly letterCount: number
}

const LETTER_C = 99
const HOUR_MS = 3_600_000

export const q14: Query<Calculated> = {
  name: 'q14',
  build: (events) =>
    bids(events)
      .filter('selected', ({ price }) => thousandths(price) > 1_000_000_000 && thousandths(price) < 50_000_000_000)
      .map('row', calculated),
}

function calculated({ auction, bidder, price, dateTime, extra }: Bid): Calculated {
  const bidTimeType = timeType(Math.floor(dateTime / HOUR_MS) % 24)
  return { auction, bidder, price: thousandths(price), bidTimeType, dateTime, extra, letterCount: countLetter(extra, LETTER_C) }
}

function timeType(hour: number): Calculated['bidTimeType'] {
  if (hour >= 8 && hour <= 18) return 'dayTime'
  return hour === 7 || hour === 19 ? 'otherTime' : 'nightTime'
}

function countLetter(text: string, code: number): number {
  let count = 0
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) === code) count++
  return count
}

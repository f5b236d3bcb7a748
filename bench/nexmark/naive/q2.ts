/** Query 2, selection: `auction|price` of every bid on an auction whose id is a multiple of 123. */

import { bids, line, type NaiveQuery } from './lines.ts'

export const q2: NaiveQuery = (events) =>
  bids(events)
    .filter(({ auction }) => auction % 123 === 0)
    .map(({ auction, price }) => line(auction, price))
    .sort()

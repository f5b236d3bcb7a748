/** Query 22, directories of the URL: `auction|bidder|price|channel|directory1|directory2|directory3` of every bid. */

import { bids, line, type NaiveQuery } from './lines.ts'

export const q22: NaiveQuery = (events) =>
  bids(events)
    .map(({ auction, bidder, price, channel, url }) => line(auction, bidder, price, channel, ...url.split('/').slice(3, 6)))
    .sort()

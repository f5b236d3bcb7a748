/**
 * Query 16, statistics of a channel: `channel|day|minute|…` and the twelve numbers of `bidCounts` over the bids of each channel and day (UTC); `minute` is the
 * latest `HH:mm` of a bid. Updating: the last line of each channel and day counts.
 */

import { bidCounts } from './bid-counts.ts'
import { bids, dayOf, greatest, groupBy, line, type NaiveQuery } from './lines.ts'

export const q16: NaiveQuery = (events) =>
  Array.from(
    groupBy(bids(events), ({ channel, dateTime }) => line(channel, dayOf(dateTime))),
    ([channelAndDay, group]) => {
      const latest = new Date(greatest(group.map(({ dateTime }) => dateTime)))
      return line(channelAndDay, latest.toISOString().slice(11, 16), ...bidCounts(group))
    },
  ).sort()

/**
 * Query 5, hot items: `auction|count|windowEnd` of the auctions with the most bids in each window of 10 s, which slides by 2 s and is aligned to the epoch
 * of time. Of equal counts every auction is given. Windows that are open at the end count too.
 */

import { bids, greatest, groupBy, line, type NaiveQuery } from './lines.ts'

const LENGTH_MS = 10_000
const SLIDE_MS = 2_000

export const q5: NaiveQuery = (events) => {
  const bySlide = groupBy(bids(events), ({ dateTime }) => Math.floor(dateTime / SLIDE_MS) * SLIDE_MS)
  const firstEnds = Array.from(bySlide.keys(), (start) => start + SLIDE_MS)
  const ends = new Set(firstEnds.flatMap((end) => Array.from({ length: LENGTH_MS / SLIDE_MS }, (_, slide) => end + slide * SLIDE_MS)))
  return Array.from(ends, (end) => hottest(bySlide, end))
    .flat()
    .sort()
}

function hottest(bySlide: ReadonlyMap<number, readonly { readonly auction: number }[]>, windowEnd: number): string[] {
  const counts = new Map<number, number>()
  for (let slide = windowEnd - LENGTH_MS; slide < windowEnd; slide += SLIDE_MS)
    for (const { auction } of bySlide.get(slide) ?? []) counts.set(auction, (counts.get(auction) ?? 0) + 1)
  const most = greatest([...counts.values()])
  return [...counts].filter(([, count]) => count === most).map(([auction, count]) => line(auction, count, windowEnd))
}

/** Owns what a Nexmark query is as a flow, and the few steps and functions that several of them share. */

import type { Stream } from 'typewax'
import type { Bid, Event } from '../events.ts'

/** A query: its part of a flow between the source and the sink. */
export interface Query<out R> {
  readonly name: string
  /** Adds the steps of the query to a stream of events and gives the stream of its rows. */
  build(events: Stream<Event>): Stream<R>
  /** What an updating query updates: of rows with the same key the last one counts. Absent where every row counts. */
  keyOf?(row: R): string
}

export function bids(events: Stream<Event>): Stream<Bid> {
  return events.filter('bids', (event) => event.kind === 'bid')
}

/** Makes the time of the stream that of its records. They may be four seconds late, as in the suite of the Flink project. */
export function inTime<E extends Event>(events: Stream<E>): Stream<E> {
  return events.assignWatermarks('time', ({ dateTime }) => dateTime, { outOfOrdernessMs: 4_000 })
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

let lastDay = Number.NaN
let lastDayText = ''

/** Writes the calendar day in UTC, `yyyy-MM-dd`. The last one is kept: events come in order of time, more or less. */
export function dayOf(dateTime: number): string {
  const day = Math.floor(dateTime / DAY_MS)
  if (day !== lastDay) {
    lastDay = day
    lastDayText = new Date(day * DAY_MS).toISOString().slice(0, 10)
  }
  return lastDayText
}

/** Writes the minute of the day in UTC, `HH:mm`. */
export function minuteOf(dateTime: number): string {
  const minute = Math.floor((dateTime % DAY_MS) / MINUTE_MS)
  return `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

/** A price times 0.908 as an exact integer, in thousandths of a cent. */
export function thousandths(price: number): number {
  return price * 908
}

/** Orders bids on one auction: the highest price first, then the earliest, the least bidder, the least `extra`. */
export function byRank(one: Bid, other: Bid): number {
  if (one.price !== other.price) return other.price - one.price
  if (one.dateTime !== other.dateTime) return one.dateTime - other.dateTime
  return one.bidder - other.bidder || (one.extra < other.extra ? -1 : 1)
}

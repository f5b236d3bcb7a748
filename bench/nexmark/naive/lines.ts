/**
 * Owns what the naive queries share: the form of their lines, grouping, and the order that decides ties. Nothing here is shared with the flows, which
 * are compared with these results.
 */

import type { Auction, Bid, Event, Person } from '../events.ts'

/** A query computed from all events at once: its final result as lines of fields separated by `|`, sorted by code units. */
export type NaiveQuery = (events: readonly Event[]) => string[]

export function line(...fields: readonly (string | number)[]): string {
  return fields.join('|')
}

export function bids(events: readonly Event[]): Bid[] {
  return events.filter((event) => event.kind === 'bid')
}

export function auctions(events: readonly Event[]): Auction[] {
  return events.filter((event) => event.kind === 'auction')
}

export function people(events: readonly Event[]): Person[] {
  return events.filter((event) => event.kind === 'person')
}

/** All fields of a bid, in the order of the schema. */
export function bidFields(bid: Bid): string {
  return line(bid.auction, bid.bidder, bid.price, bid.channel, bid.url, bid.dateTime, bid.extra)
}

/** All fields of an auction, in the order of the schema. */
export function auctionFields(auction: Auction): string {
  const { id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra } = auction
  return line(id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra)
}

/** All fields of a person, in the order of the schema. */
export function personFields({ id, name, emailAddress, creditCard, city, state, dateTime, extra }: Person): string {
  return line(id, name, emailAddress, creditCard, city, state, dateTime, extra)
}

export function groupBy<K, V>(values: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group === undefined) groups.set(keyOf(value), [value])
    else group.push(value)
  }
  return groups
}

/**
 * Orders bids on one auction by price, the highest first; equal prices by time, the earliest first; those of one millisecond by bidder, then by `extra`.
 * The order depends on the records alone, so that it is the same for any number of readers.
 */
export function byRank(one: Bid, other: Bid): number {
  return other.price - one.price || one.dateTime - other.dateTime || one.bidder - other.bidder || compareText(one.extra, other.extra)
}

export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** The calendar day in UTC, `yyyy-MM-dd`. */
export function dayOf(dateTime: number): string {
  return new Date(dateTime).toISOString().slice(0, 10)
}

/** A price times 0.908 as an exact integer, in thousandths of a cent. */
export function thousandths(price: number): number {
  return price * 908
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

export function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
}

export function least(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
}

/** The mean of integers, without its fraction. */
export function integerMean(values: readonly number[]): number {
  return Math.trunc(sum(values) / values.length)
}

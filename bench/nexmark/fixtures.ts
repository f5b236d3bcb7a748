/** Owns the reading of the fixtures: records of the Java generator as lines, and checksums of blocks of such lines. README.md says how they were made. */

import { readFileSync } from 'node:fs'
import type { Event } from './events.ts'

export interface RecordRange {
  readonly firstEvent: number
  readonly eventsPerSecond: number
  readonly lines: readonly string[]
}

export interface ChecksumBlock {
  readonly firstEvent: number
  readonly eventsPerSecond: number
  readonly eventCount: number
  readonly checksum: string
}

/** Reads `fixtures/records.txt`: a line `# firstEvent eventsPerSecond eventCount`, then a line for each event, and so on. */
export function recordRanges(): RecordRange[] {
  const [, ...ranges] = read('records.txt').split('# ')
  return ranges.map((range) => {
    const [header, ...lines] = range.trimEnd().split('\n')
    const [firstEvent, eventsPerSecond] = (header as string).split(' ').map(Number) as [number, number]
    return { firstEvent, eventsPerSecond, lines }
  })
}

/** Reads `fixtures/checksums.txt`: a line `firstEvent eventsPerSecond eventCount checksum` for each block. */
export function checksumBlocks(): ChecksumBlock[] {
  const rows = read('checksums.txt').trimEnd().split('\n')
  return rows.map((row) => {
    const [firstEvent, eventsPerSecond, eventCount, checksum] = row.split(' ') as [string, string, string, string]
    return { firstEvent: Number(firstEvent), eventsPerSecond: Number(eventsPerSecond), eventCount: Number(eventCount), checksum }
  })
}

/** Writes an event as a line: its fields in the order of the schema. */
export function fullLine(event: Event): string {
  return `${fieldsWithoutExtra(event)}|${event.extra}`
}

/** As `fullLine`, with length and hash in place of the padding. */
export function shortLine(event: Event): string {
  return `${fieldsWithoutExtra(event)}|${event.extra.length}:${hex(hash(HASH_START, event.extra))}`
}

function fieldsWithoutExtra(event: Event): string {
  switch (event.kind) {
    case 'person':
      return ['P', event.id, event.name, event.emailAddress, event.creditCard, event.city, event.state, event.dateTime].join('|')
    case 'auction': {
      const { id, itemName, description, initialBid, reserve, dateTime, expires, seller, category } = event
      return ['A', id, itemName, description, initialBid, reserve, dateTime, expires, seller, category].join('|')
    }
    case 'bid':
      return ['B', event.auction, event.bidder, event.price, event.channel, event.url, event.dateTime].join('|')
  }
}

export const HASH_START = 0x811c9dc5

/** FNV-1a of 32 bits over the characters of `text`, going on from `start`. */
export function hash(start: number, text: string): number {
  let value = start
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value
}

export function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}

function read(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'latin1')
}

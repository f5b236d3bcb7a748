/**
 * Owns the generator of Nexmark's events. Event `e` depends on `e` and the rate alone, so a reader can begin at any number and events can be dealt to
 * any number of readers. The records are those of the Java generator described in README.md, bit for bit.
 */

import type { Auction, Bid, Event, Person } from './events.ts'
import { SplitMix64 } from './random.ts'
import { CITIES, COLD_CHANNEL_COUNT, drawSharedTexts, drawString, FIRST_NAMES, HOT_CHANNELS, LAST_NAMES, type SharedTexts, STATES } from './texts.ts'

/** Time of event 0. */
const BASE_TIME = 1_700_000_000_000
/** Of every 50 events the first is a person, the next 3 are auctions, the rest bids. */
const EVENTS_PER_EPOCH = 50
const AUCTIONS_PER_EPOCH = 3
const FIRST_ID = 1_000
const FIRST_CATEGORY = 10
const CATEGORY_COUNT = 5
/** Hot auctions, sellers and bidders are the first of each so many. */
const HOT_GROUP_SIZE = 100
const ACTIVE_PEOPLE = 1_000
const AUCTIONS_IN_FLIGHT = 100
/** How many ids beyond the newest may be referred to. */
const ID_LEAD = 10
/** Events until `AUCTIONS_IN_FLIGHT` more auctions are open. */
const FLIGHT_EVENTS = Math.floor((AUCTIONS_IN_FLIGHT * EVENTS_PER_EPOCH) / AUCTIONS_PER_EPOCH)

// How many numbers are drawn at once: the most that a bid takes, and about the mean of the others.
const BID_DRAWS = 9
const PERSON_DRAWS = 28
const AUCTION_DRAWS = 140

/** Drawn once, at the first generator, 15 ms. */
let shared: SharedTexts | undefined

/** Makes events by their number. */
export class EventGenerator {
  readonly #random = new SplitMix64()
  readonly #shared: SharedTexts
  readonly #delayUs: number

  /** `eventsPerSecond` is the rate of event time, not of the clock. */
  constructor(eventsPerSecond: number) {
    shared ??= drawSharedTexts(new SplitMix64())
    this.#shared = shared
    this.#delayUs = 1_000_000 / eventsPerSecond
  }

  /** Makes event `number`, an integer from 0 on. */
  make(number: number): Event {
    const epoch = Math.floor(number / EVENTS_PER_EPOCH)
    const offset = number - epoch * EVENTS_PER_EPOCH
    this.#random.seed(number, offset > AUCTIONS_PER_EPOCH ? BID_DRAWS : offset === 0 ? PERSON_DRAWS : AUCTION_DRAWS)
    if (offset > AUCTIONS_PER_EPOCH) return this.#bid(number, epoch, epoch * AUCTIONS_PER_EPOCH + AUCTIONS_PER_EPOCH - 1)
    return offset === 0 ? this.#person(number, epoch) : this.#auction(number, epoch, epoch * AUCTIONS_PER_EPOCH + offset - 1)
  }

  #time(number: number): number {
    return BASE_TIME + Math.floor(Math.floor(number * this.#delayUs) / 1_000)
  }

  #person(number: number, lastPerson: number): Person {
    const random = this.#random
    const name = `${pick(random, FIRST_NAMES)} ${pick(random, LAST_NAMES)}`
    const emailAddress = `${drawString(random, 7, ' ')}@${drawString(random, 5, ' ')}.com`
    const creditCard = `${fourDigits(random)} ${fourDigits(random)} ${fourDigits(random)} ${fourDigits(random)}`
    const city = pick(random, CITIES)
    const state = pick(random, STATES)
    const size = 16 + name.length + emailAddress.length + creditCard.length + city.length + state.length
    const extra = this.#extra(size, 200)
    return { kind: 'person', id: FIRST_ID + lastPerson, name, emailAddress, creditCard, city, state, dateTime: this.#time(number), extra }
  }

  #auction(number: number, lastPerson: number, lastAuction: number): Auction {
    const random = this.#random
    const dateTime = this.#time(number)
    const seller = FIRST_ID + (random.below(4) > 0 ? firstOfGroup(lastPerson) : this.#somePerson(lastPerson))
    const category = FIRST_CATEGORY + random.below(CATEGORY_COUNT)
    const initialBid = this.#price()
    const reserve = initialBid + this.#price()
    const itemName = drawString(random, 20, ' ')
    const description = drawString(random, 100, ' ')
    const flightMs = this.#time(number + FLIGHT_EVENTS) - dateTime
    const expires = dateTime + 1 + random.below(Math.max(2 * flightMs, 1))
    const extra = this.#extra(56 + itemName.length + description.length, 500)
    const id = FIRST_ID + lastAuction
    return { kind: 'auction', id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra }
  }

  #bid(number: number, lastPerson: number, lastAuction: number): Bid {
    const random = this.#random
    const auction = FIRST_ID + (random.below(2) > 0 ? firstOfGroup(lastAuction) : this.#someAuction(lastAuction))
    const bidder = FIRST_ID + (random.below(4) > 0 ? firstOfGroup(lastPerson) + 1 : this.#somePerson(lastPerson))
    const price = this.#price()
    const isHot = random.below(2) > 0
    const index = random.below(isHot ? HOT_CHANNELS.length : COLD_CHANNEL_COUNT)
    const { hotUrls, coldChannels, coldUrls } = this.#shared
    const channel = (isHot ? HOT_CHANNELS : coldChannels)[index] as string
    const url = (isHot ? hotUrls : coldUrls)[index] as string
    return { kind: 'bid', auction, bidder, price, channel, url, dateTime: this.#time(number), extra: this.#extra(32, 100) }
  }

  /** Log-uniform from 100 to 10^8 cents. */
  #price(): number {
    return Math.round(10 ** (this.#random.unit() * 6) * 100)
  }

  #somePerson(lastPerson: number): number {
    const people = lastPerson + 1
    const active = Math.min(people, ACTIVE_PEOPLE)
    return people - active + this.#random.below(active + ID_LEAD)
  }

  #someAuction(lastAuction: number): number {
    const oldest = Math.max(lastAuction - AUCTIONS_IN_FLIGHT, 0)
    return oldest + this.#random.below(lastAuction - oldest + 1 + ID_LEAD)
  }

  /** Letters that bring a record of `sizeBytes` to the target, give or take a fifth; a slice, which copies nothing. */
  #extra(sizeBytes: number, targetBytes: number): string {
    if (sizeBytes > targetBytes) return ''
    const average = targetBytes - sizeBytes
    const spread = Math.round(average * 0.2)
    const length = average - spread + (spread === 0 ? 0 : this.#random.below(2 * spread))
    const start = this.#random.below(this.#shared.padding.length - length)
    return this.#shared.padding.slice(start, start + length)
  }
}

function firstOfGroup(last: number): number {
  return last - (last % HOT_GROUP_SIZE)
}

function pick(random: SplitMix64, words: readonly string[]): string {
  return words[random.below(words.length)] as string
}

function fourDigits(random: SplitMix64): string {
  return String(random.below(10_000)).padStart(4, '0')
}

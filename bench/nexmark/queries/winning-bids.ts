/**
 * Owns the join of queries 4, 6 and 9: auctions with the highest bid that was made while they were open. An auction is forgotten when the watermark has passed
 * its end, so that the state is bounded by the time that auctions last.
 */

import { DISCARD, type Emit, type StatefulLogic, type Stream } from 'typewax'
import type { Auction, Bid, Event } from '../events.ts'
import { byRank, inTime } from './query.ts'

export interface Lead {
  readonly auction: Auction
  readonly bid: Bid
  /** The bid that led before. */
  readonly beaten: Bid | undefined
}

/** Gives every bid that takes the lead (`'running'`), or of each auction the last one, when nothing can beat it any more (`'final'`). */
export function winningBids(events: Stream<Event>, emit: 'running' | 'final'): Stream<Lead> {
  return inTime(events)
    .filter('auctions-and-bids', (event) => event.kind !== 'person')
    .keyOn('auction', (event) => String(event.kind === 'bid' ? event.auction : event.id))
    .stateful('lead', (state: AuctionState | undefined) => new AuctionLogic(emit === 'final', state))
    .keyRm('leads')
}

interface AuctionState {
  readonly auction: Auction | undefined
  readonly best: Bid | undefined
  readonly early: readonly Bid[]
}

const NOTHING: Emit<never> = [[]]

class AuctionLogic implements StatefulLogic<Auction | Bid, Lead, AuctionState> {
  readonly #isFinal: boolean
  #auction: Auction | undefined
  #best: Bid | undefined
  /** Bids that came before their auction. */
  #early: readonly Bid[]

  constructor(isFinal: boolean, state: AuctionState | undefined) {
    this.#isFinal = isFinal
    this.#auction = state?.auction
    this.#best = state?.best
    this.#early = state?.early ?? []
  }

  onItem(event: Auction | Bid): Emit<Lead> {
    if (event.kind === 'auction') return this.#open(event)
    if (this.#auction !== undefined) return this.#offer(this.#auction, event)
    this.#early = [...this.#early, event]
    return NOTHING
  }

  /** When no bid can come that counts; as long as there is no auction, when none can come for which the bids count. */
  notifyAtWatermark(): number {
    const last = this.#auction?.expires ?? this.#early.reduce((latest, { dateTime }) => Math.max(latest, dateTime), 0)
    return last + 1
  }

  onWatermark(): Emit<Lead> {
    return this.onEof()
  }

  onEof(): Emit<Lead> {
    const [auction, bid] = [this.#auction, this.#best]
    return this.#isFinal && auction !== undefined && bid !== undefined ? [[{ auction, bid, beaten: undefined }], DISCARD] : [[], DISCARD]
  }

  snapshot(): AuctionState {
    return { auction: this.#auction, best: this.#best, early: this.#early }
  }

  #open(auction: Auction): Emit<Lead> {
    this.#auction = auction
    const leads = this.#early.flatMap((bid) => [...this.#offer(auction, bid)[0]] as Lead[])
    this.#early = []
    return [leads]
  }

  #offer(auction: Auction, bid: Bid): Emit<Lead> {
    const beaten = this.#best
    if (bid.dateTime < auction.dateTime || bid.dateTime > auction.expires) return NOTHING
    if (beaten !== undefined && byRank(bid, beaten) > 0) return NOTHING
    this.#best = bid
    return this.#isFinal ? NOTHING : [[{ auction, bid, beaten }]]
  }
}

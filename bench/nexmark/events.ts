/** Owns the records of Nexmark: people who register, auctions that open, bids. Money is in cents, times are milliseconds since the epoch. */

export interface Person {
  readonly kind: 'person'
  readonly id: number
  readonly name: string
  readonly emailAddress: string
  readonly creditCard: string
  readonly city: string
  readonly state: string
  readonly dateTime: number
  readonly extra: string
}

export interface Auction {
  readonly kind: 'auction'
  readonly id: number
  readonly itemName: string
  readonly description: string
  readonly initialBid: number
  readonly reserve: number
  readonly dateTime: number
  /** The last millisecond in which bids count. */
  readonly expires: number
  /** A person's id. */
  readonly seller: number
  readonly category: number
  readonly extra: string
}

export interface Bid {
  readonly kind: 'bid'
  /** An auction's id; the auction may come later. */
  readonly auction: number
  /** A person's id; the person may come later. */
  readonly bidder: number
  readonly price: number
  readonly channel: string
  readonly url: string
  readonly dateTime: number
  readonly extra: string
}

export type Event = Person | Auction | Bid

/** Query 3, local items: a join of people and auctions without windows. Both sides are kept for ever, as in SQL. */

import type { Auction, Event, Person } from '../events.ts'
import type { Query } from './query.ts'

interface LocalItem {
  readonly name: string
  readonly city: string
  readonly state: string
  readonly auction: number
}

interface Sides {
  readonly people: Person[]
  readonly auctions: number[]
}

const STATES: ReadonlySet<string> = new Set(['OR', 'ID', 'CA'])

export const q3: Query<LocalItem> = {
  name: 'q3',
  build: (events) =>
    events
      .filter('relevant', isRelevant)
      .keyOn('person', (event) => String(event.kind === 'person' ? event.id : event.seller))
      .statefulFlatMap('join', (): Sides => ({ people: [], auctions: [] }), joined)
      .keyRm('row'),
}

function isRelevant(event: Event): event is Person | Auction {
  return event.kind === 'person' ? STATES.has(event.state) : event.kind === 'auction' && event.category === 10
}

function joined(sides: Sides, event: Person | Auction): [Sides, LocalItem[]] {
  if (event.kind === 'person') {
    sides.people.push(event)
    return [sides, sides.auctions.map((auction) => localItem(event, auction))]
  }
  sides.auctions.push(event.id)
  return [sides, sides.people.map((person) => localItem(person, event.id))]
}

function localItem({ name, city, state }: Person, auction: number): LocalItem {
  return { name, city, state, auction }
}

/**
 * Query 3, local items: `name|city|state|auction` of every auction of category 10 with its seller, if that is a person of Oregon, Idaho or California.
 * Without windows: it does not matter which of the two comes first.
 */

import { auctions, line, type NaiveQuery, people } from './lines.ts'

export const q3: NaiveQuery = (events) => {
  const locals = people(events).filter(({ state }) => ['OR', 'ID', 'CA'].includes(state))
  const byId = new Map(locals.map((person) => [person.id, person]))
  return auctions(events)
    .filter(({ category }) => category === 10)
    .flatMap(({ seller, id }) => {
      const person = byId.get(seller)
      return person === undefined ? [] : [line(person.name, person.city, person.state, id)]
    })
    .sort()
}

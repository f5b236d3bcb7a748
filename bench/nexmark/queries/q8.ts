/** Query 8, new users: a join of people and auctions in windows. */

import { StreamClock, TumblingWindower } from 'typewax/windowing'
import { inTime, type Query } from './query.ts'

interface NewUser {
  readonly id: number
  readonly name: string
  readonly windowStart: number
}

const LENGTH_MS = 10_000

const clock = new StreamClock(({ dateTime }: { readonly dateTime: number }) => dateTime)
const windower = new TumblingWindower({ lengthMs: LENGTH_MS, alignTo: 0 })

export const q8: Query<NewUser> = {
  name: 'q8',
  build: (events) => {
    const timed = inTime(events)
    const people = timed.filter('people', (event) => event.kind === 'person').keyOn('person', ({ id }) => String(id))
    const auctions = timed.filter('auctions', (event) => event.kind === 'auction').keyOn('seller', ({ seller }) => String(seller))
    return people
      .joinWindow('join', [auctions], clock, windower, { insert: 'first', kind: 'inner', ordered: false })
      .down.map('row', ([, [window, [{ id, name }]]]) => ({ id, name, windowStart: window * LENGTH_MS }))
  },
}

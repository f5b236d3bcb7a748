/** Tests of the naive queries that are about time or ties, by hand: what their flows are compared with should be right itself. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Auction, Bid, Person } from './events.ts'
import { NAIVE } from './naive/index.ts'

function bid(auction: number, price: number, dateTime: number, bidder: number = 1): Bid {
  return { kind: 'bid', auction, bidder, price, channel: 'c', url: 'u', dateTime, extra: `x${bidder}` }
}

function auction(id: number, dateTime: number, expires: number, seller: number = 5, category: number = 10): Auction {
  return { kind: 'auction', id, itemName: 'i', description: 'd', initialBid: 1, reserve: 2, dateTime, expires, seller, category, extra: '' }
}

function person(id: number, dateTime: number): Person {
  return { kind: 'person', id, name: `p${id}`, emailAddress: '', creditCard: '', city: '', state: 'OR', dateTime, extra: '' }
}

test('q4: averages the highest valid bids of a category, both ends of an auction included', () => {
  const events = [bid(1, 7, 10), bid(1, 9, 9), auction(1, 10, 20), bid(1, 8, 20), bid(1, 99, 21), auction(2, 0, 50), bid(2, 11, 3), auction(3, 0, 9)]
  assert.deepEqual(NAIVE.q4(events), ['10|9'])
})

test('q5: gives all auctions with the most bids of each sliding window', () => {
  const events = [bid(1, 1, 0), bid(2, 1, 1_999), bid(1, 1, 2_000)]
  assert.deepEqual(NAIVE.q5(events), ['1|1|12000', '1|1|2000', '1|2|10000', '1|2|4000', '1|2|6000', '1|2|8000', '2|1|2000'])
})

test('q6: averages the last eleven sales of a seller', () => {
  const sales = Array.from({ length: 12 }, (_, index) => [auction(index, index, 100), bid(index, index === 0 ? 1_000 : index, index)]).flat()
  assert.deepEqual(NAIVE.q6(sales), ['5|6'])
})

test('q7: gives all bids with the highest price, a bid at the end of a window to the next one', () => {
  assert.deepEqual(NAIVE.q7([bid(1, 5, 0), bid(2, 5, 9_999), bid(3, 6, 10_000)]), ['1|5|1|0|x1', '2|5|1|9999|x1', '3|6|1|10000|x1'])
})

test('q8: gives people who open an auction in the window in which they register', () => {
  const events = [person(5, 9_000), auction(1, 9_500, 9_999, 5), auction(2, 9_600, 9_999, 5), person(6, 9_000), auction(3, 10_000, 10_001, 6)]
  assert.deepEqual(NAIVE.q8(events), ['5|p5|0'])
})

test('q9: decides equal prices by time, then by bidder', () => {
  const events = [auction(1, 0, 9), bid(1, 5, 3, 7), bid(1, 5, 2, 9), bid(1, 5, 2, 8), bid(1, 4, 0, 1)]
  assert.deepEqual(NAIVE.q9(events), ['1|i|d|1|2|0|9|5|10||1|8|5|c|u|2|x8'])
})

test('q11: joins bids that are ten seconds apart, and not those that are more', () => {
  const events = [bid(1, 1, 20_001), bid(1, 1, 0), bid(1, 1, 10_000), bid(1, 1, 0, 2)]
  assert.deepEqual(NAIVE.q11(events), ['1|1|20001|30001', '1|2|0|20000', '2|1|0|10000'])
})

test('q12: counts the bids of each bidder', () => {
  assert.deepEqual(NAIVE.q12([bid(1, 1, 0), bid(2, 1, 99_999), bid(1, 1, 0, 2)]), ['1|2', '2|1'])
})

test('q18: decides bids of one millisecond by price', () => {
  assert.deepEqual(NAIVE.q18([bid(1, 5, 3), bid(1, 4, 3), bid(1, 9, 2)]), ['1|1|5|c|u|3|x1'])
})

test('q19: ranks the ten highest bids', () => {
  const lines = NAIVE.q19(Array.from({ length: 12 }, (_, index) => bid(1, index, index)))
  assert.equal(lines.length, 10)
  assert.ok(lines.includes('1|1|11|c|u|11|x1|1'))
  assert.ok(lines.includes('1|1|2|c|u|2|x1|10'))
})

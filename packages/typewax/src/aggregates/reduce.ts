/** Owns the aggregates that keep one value: `first` and `last` in order of arrival, and `reduce`, which makes one of two. */

import { settled } from '../operators/checks.ts'
import type { Selection } from './aggregate.ts'
import { checkFunction } from './checks.ts'

/** A value, once there is one. It may itself be `undefined`. */
export interface Held<V> {
  isEmpty: boolean
  value: V | undefined
}

/** Gives the first value to arrive. In windows that put their values in order, that is the earliest. */
export function first<V>(): Selection<V, Held<V>, V> {
  return held((left) => left)
}

/** Gives the last value to arrive. In windows that put their values in order, that is the latest. */
export function last<V>(): Selection<V, Held<V>, V> {
  return held((_left, right) => right)
}

/** Makes one value of two, until one is left. `reducer` must be associative; `left` came before `right`. A promise ends the run with `WRONG_RETURN`. */
export function reduce<V>(reducer: (left: V, right: V) => V): Selection<V, Held<V>, V> {
  checkFunction('reduce', 'reducer', reducer)
  return held(settled('reducer', reducer))
}

function held<V>(reducer: (left: V, right: V) => V): Selection<V, Held<V>, V> {
  const take = (accumulator: Held<V>, value: V): Held<V> => {
    accumulator.value = accumulator.isEmpty ? value : reducer(accumulator.value as V, value)
    accumulator.isEmpty = false
    return accumulator
  }
  return {
    create: () => ({ isEmpty: true, value: undefined }),
    add: take,
    merge: (into, from) => (from.isEmpty ? into : take(into, from.value as V)),
    result: ({ value }) => value as V,
    ofNone: undefined,
    isOrdered: true,
  }
}

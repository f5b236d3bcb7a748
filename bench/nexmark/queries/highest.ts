/** Owns the aggregate of queries 5 and 7: the values with the greatest number, all of them where several are equal. */

import { type Aggregate, fold } from 'typewax/windowing'

export function highest<V>(by: (value: V) => number): Aggregate<V, V[], V[]> {
  const add = (held: V[], value: V): V[] => {
    const [first] = held
    const lead = first === undefined ? 1 : by(value) - by(first)
    if (lead > 0) return [value]
    if (lead === 0) held.push(value)
    return held
  }
  return fold({
    create: () => [],
    add,
    merge: (into, from) => from.reduce(add, into),
    result: (held) => held.slice(),
  })
}

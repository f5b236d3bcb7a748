/** Owns the type tests of keyed operators: values without state, state, joins. */

import { DISCARD, type Emit, type Failure, type KeyedStream, type StatefulBatchLogic, type Stream } from '../../src/index.ts'
import { type Customer as C, counts, customers, is, lines, type Order as O, orders, texts } from './expect.ts'

// keys
is<KeyedStream<string>>()(lines.keyOn('a', (line) => line))
is<KeyedStream<Date>>()(lines.map('a', (line) => [line, new Date()]).keyed('b'))
declare const literalPairs: Stream<readonly [string, 1] | [string, 2]>
is<KeyedStream<1 | 2>>()(literalPairs.keyed('a'))
is<Stream<number>>()(counts.keyRm('a'))
is<KeyedStream<number>>()(lines.countFinal('a', (line) => line))

// values
is<KeyedStream<string>>()(counts.mapValue('a', (n) => n.toFixed()).filterValue('b', (text) => text !== ''))
is<KeyedStream<[string, number]>>()(counts.mapValue('a', (n, key) => [key, n]))
declare const maybeTexts: KeyedStream<string | undefined>
is<KeyedStream<string>>()(maybeTexts.filterValue('a', (text) => text !== undefined))
is<KeyedStream<[number, string]>>()(
  counts
    .mapValue('a', (n) => [n, 'x'])
    .flatMapValue('b', (pair) => [pair, pair])
    .filterMapValue('c', (pair) => (pair[0] ? pair : undefined)),
)

// variance
export const upcast: Stream<[string, number]> = counts
export const wider: KeyedStream<number | string> = counts
export const widest: Stream<unknown> = counts

// statefulMap and statefulFlatMap, both forms
is<KeyedStream<string>>()(counts.statefulMap('a', (sum: number | undefined, n) => [(sum ?? 0) + n, `${n}`]))
is<KeyedStream<[string, number]>>()(
  counts.statefulMap('a', (sum: number | undefined, n) => (n > 3 ? [undefined, ['done', n]] : [(sum ?? 0) + n, ['more', n]])),
)
is<KeyedStream<string>>()(
  counts.statefulMap(
    'a',
    () => ({ sum: 0 }),
    (state, n, key) => [{ sum: state.sum + n }, key],
  ),
)
is<KeyedStream<[string, number]>>()(
  counts.statefulFlatMap('a', (seen: Set<number> | undefined, n) => [
    seen,
    [
      ['a', n],
      ['b', n],
    ],
  ]),
)
is<KeyedStream<[string, number]>>()(
  counts.statefulFlatMap(
    'a',
    () => new Set<number>(),
    (seen, n) => [seen.add(n), [['a', n]]],
  ),
)
const tried = counts.tryStatefulMap(
  'a',
  () => 0,
  (sum, n) => [sum + n, `${sum}`],
)
is<KeyedStream<string>>()(tried.oks)
is<Stream<Failure<[key: string, value: number]>>>()(tried.errs)

// logics: classes and literals
class Summing implements StatefulBatchLogic<number, string, { sum: number }> {
  #sum: number

  constructor(resumeState: { sum: number } | undefined) {
    this.#sum = resumeState?.sum ?? 0
  }

  onBatch(values: readonly number[]): Emit<string> {
    for (const value of values) this.#sum += value
    return [[`${this.#sum}`], DISCARD]
  }

  notifyAt(): number | undefined {
    return undefined
  }

  snapshot(): { sum: number } {
    return { sum: this.#sum }
  }
}
is<KeyedStream<string>>()(counts.statefulBatch('a', (resumeState: { sum: number } | undefined) => new Summing(resumeState)))
is<KeyedStream<[string, number]>>()(
  counts.stateful('a', (resumeState: number | undefined) => {
    let sum = resumeState ?? 0
    return {
      onItem: (n) => {
        sum += n
        return [[['sum', sum]]]
      },
      onEof: () => [[], DISCARD],
      snapshot: () => sum,
    }
  }),
)
// All that a builder may ask for, and a logic with its state in parts.
is<KeyedStream<string>>()(
  counts.stateful('a', (resumeState: number | undefined, key, parts: ReadonlyMap<string, Date>, { now }) => {
    const since = resumeState ?? now()
    return {
      onItem: (n) => [[`${key} ${n} ${parts.get(key)?.getTime()}`]],
      notifyAt: () => since + 1,
      onNotify: () => [['late'], DISCARD],
      snapshot: () => since,
      subKeyChanges: () => ({ changed: [key], removed: [] }),
      snapshotSubKey: () => new Date(since),
    }
  }),
)

// final results
is<KeyedStream<Map<string, number>>>()(
  texts.foldFinal(
    'a',
    () => new Map<string, number>(),
    (all, text) => all.set(text, 1),
  ),
)
is<KeyedStream<number>>()(
  counts
    .reduceFinal('a', (left, right) => left + right)
    .maxFinal('b')
    .minFinal('c', (n) => -n),
)
is<KeyedStream<O>>()(orders.maxFinal('a', (order) => order.amount).minFinal('b', ({ customer }) => customer))
is<KeyedStream<number[]>>()(counts.collect('a', { maxSize: 3, timeoutMs: 10 }))

// joins: only complete rows have every side
is<KeyedStream<[O, C, number]>>()(orders.join('a', [customers, counts]))
is<KeyedStream<[O]>>()(orders.join('a', []))
is<KeyedStream<[O, C]>>()(orders.join('a', [customers], { insert: 'product' }))
is<KeyedStream<[O, C]>>()(orders.join('a', [customers], { emit: 'complete' }))
is<KeyedStream<[O | undefined, C | undefined]>>()(orders.join('a', [customers], { emit: 'final' }))
is<KeyedStream<[O | undefined, C | undefined]>>()(orders.join('a', [customers], { emit: 'running', insert: 'first' }))

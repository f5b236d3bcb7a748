/** Owns the type tests of operators of the user's, and of running a flow. */

import { type KeyedStream, type RunReport, run, type Stream } from '../../src/index.ts'
import { map } from '../../src/operators/index.ts'
import { counts, flow, is, lines, texts } from './expect.ts'

function pairwise<V>(stepId: string, up: KeyedStream<V>): KeyedStream<[V, V]> {
  return up
    .statefulMap(stepId, (last: V | undefined, value) => [value, last === undefined ? undefined : ([last, value] as [V, V])])
    .filterMapValue('some', (pair) => pair)
}

function words(stepId: string, up: Stream<string>, separator: string): Stream<string> {
  return up.flatMap(stepId, (line) => line.split(separator))
}

function both(stepId: string, up: KeyedStream<number>, other: KeyedStream<string>): { oks: KeyedStream<[number, string]>; rest: Stream<string> } {
  return { oks: up.join(stepId, [other]), rest: other.keyRm('rest') }
}

is<KeyedStream<[number, number]>>()(counts.through(pairwise, 'a'))
is<Stream<string>>()(lines.through(words, 'a', ' '))
is<Stream<number>>()(lines.through((stepId, up) => map(stepId, up, (line) => line.length), 'a'))
is<KeyedStream<[number, string]>>()(counts.through(both, 'a', texts).oks)

// An operator for every type of item that has what it needs.
export function stamped<X extends { at: number }>(stepId: string, up: Stream<X>, key: string): KeyedStream<[X, number]> {
  return up
    .filter(stepId, (item) => item.at > 1)
    .keyOn('key', () => key)
    .mapValue('stamp', (item): [X, number] => [item, item.at])
}

// A function form keeps the kind of stream that it is given.
export function quiet<S extends Stream<unknown>>(stepId: string, up: S): S {
  return up.inspect(stepId, () => {})
}
is<KeyedStream<number>>()(quiet('a', counts))

is<Promise<RunReport>>()(run(flow, { workers: 2, recovery: 'state', signal: new AbortController().signal }))
void run(new URL('file:///flow.ts'))

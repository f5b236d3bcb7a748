/** Owns the type tests of the operators without state: what a call without annotations infers. */

import type { Failure, KeyedStream, Stream } from '../../src/index.ts'
// The first page of the documentation, with a source and a sink of the user's.
import { NumberSource, TextSink } from './connectors.types.ts'
import { counts, flow, is, lines, mixed, texts } from './expect.ts'

flow
  .input('numbers', new NumberSource())
  .flatMap('digits', (n) => String(n).match(/\d/g) ?? [])
  .countFinal('count', (digit) => digit)
  .mapValue('format', (n, digit) => `${digit}\t${n}`)
  .output('out', new TextSink())

// map
is<Stream<[string, number]>>()(lines.map('a', (line) => [line, 1]))
is<Stream<number>>()(lines.map('a', (line) => line.length))
is<Stream<'a' | 'b'>>()(lines.map('a', (line) => (line ? 'a' : 'b')))
is<Stream<{ line: string; tags: string[] }>>()(lines.map('a', (line) => ({ line, tags: [line] })))
is<Stream<string[]>>()(lines.map('a', (line) => line.split(',')))
is<Stream<number>>()(lines.map('a', Number.parseFloat))

// filter: guards narrow, inferred ones too; predicates do not
is<Stream<string>>()(mixed.filter('a', (item) => typeof item === 'string'))
is<Stream<string | number>>()(mixed.filter('a', (item) => item !== undefined))
is<Stream<string>>()(lines.filter('a', (line) => line.length > 2))

// filterMap: undefined is dropped, null is not
is<Stream<number>>()(lines.filterMap('a', (line) => (line ? line.length : undefined)))
is<Stream<[string, number]>>()(lines.filterMap('a', (line) => (line ? [line, 1] : undefined)))
is<Stream<number | null>>()(lines.filterMap('a', (line) => (line ? line.length : null)))

// flatMap, flatMapBatch, flatten
is<Stream<[string, number]>>()(lines.flatMap('a', (line) => [[line, 1]]))
is<Stream<string>>()(lines.flatMap('a', (line) => line))
is<Stream<string>>()(lines.flatMap('a', (line) => new Set([line])))
is<Stream<string>>()(
  lines.flatMap('a', function* (line) {
    yield line
    yield line
  }),
)
// A limit: the tuple is lost inside of `Array.prototype.map`.
is<Stream<(string | number)[]>>()(lines.flatMap('a', (line) => line.split(' ').map((word) => [word, 1])))
is<Stream<number>>()(lines.flatMapBatch('a', (batch) => [batch.length]))
is<Stream<[string, number]>>()(lines.flatMapBatch('a', (batch) => [[batch.join(), batch.length]]))
is<Stream<string>>()(lines.flatten('a'))
is<Stream<string>>()(lines.map('a', (line) => line.split('')).flatten('b'))
is<Stream<string | number>>()(lines.map('a', (line): string[] | Set<number> => [line]).flatten('b'))

// mapAsync, enrichCached
is<Stream<number>>()(lines.mapAsync('a', async (line, { signal }) => (signal.aborted ? 0 : line.length), { maxInFlight: 4, ordered: false }))
is<Stream<[string, number]>>()(lines.mapAsync('a', async (line) => [line, 1], { timeoutMs: 5, retry: { maxAttempts: 3 } }))
is<Stream<string>>()(
  lines.enrichCached(
    'a',
    (key: string) => new Date(key),
    (cache, line) => cache.get(line).toISOString(),
    { ttlMs: 5 },
  ),
)

// branch: a guard types both sides
const guarded = mixed.branch('a', (item) => typeof item === 'string')
is<Stream<string>>()(guarded.trues)
is<Stream<number | undefined>>()(guarded.falses)
const halves = lines.branch('a', (line) => line > 'm')
is<Stream<string>>()(halves.trues)
is<Stream<string>>()(halves.falses)

// merge, redistribute, inspect, raises
is<Stream<string | number | boolean>>()(
  lines.merge(
    'a',
    lines.map('n', () => 1),
    lines.map('b', () => true as boolean),
  ),
)
is<Stream<string>>()(lines.merge('a'))
is<Stream<string>>()(
  lines
    .redistribute('a')
    .inspect('b')
    .inspect('c', (stepId, line) => void line.trim().concat(stepId))
    .inspectDebug('d', (_stepId, line, epoch, workerIndex) => void line.repeat(epoch + workerIndex)),
)
is<void>()(lines.raises('a'))

// what stays keyed, and what does not
is<KeyedStream<number>>()(counts.filter('a', ([key, n]) => key !== '' && n > 1))
is<KeyedStream<number>>()(
  counts
    .redistribute('a')
    .inspect('b', (_stepId, [key, n]) => void key.repeat(n))
    .inspectDebug('c'),
)
is<KeyedStream<number>>()(counts.branch('a', ([, n]) => n > 2).trues)
is<KeyedStream<number | string>>()(counts.merge('a', texts))
is<Stream<string | [key: string, value: number]>>()(counts.merge('a', lines))
is<Stream<string | [key: string, value: number]>>()(lines.merge('a', counts))
is<Stream<[string, number]>>()(counts.map('a', ([key, n]) => [key, n]))
is<Stream<number>>()(counts.mapAsync('a', async ([key, n]) => key.length + n))

// failures
const parsed = lines.tryMap('a', (line) => JSON.parse(line) as { price: number })
is<Stream<{ price: number }>>()(parsed.oks)
is<Stream<Failure<string>>>()(parsed.errs)
is<Stream<[string, number]>>()(lines.tryMap('a', (line) => [line, 1]).oks)
is<Stream<string>>()(lines.tryFlatMap('a', (line) => line.split(' ')).oks)
is<Stream<number>>()(lines.tryMapAsync('a', async (line, { attempt }) => line.length + attempt, { timeoutMs: 1 }).oks)
is<Stream<Failure<string>>>()(lines.tryMapAsync('a', async (line) => line.length).errs)

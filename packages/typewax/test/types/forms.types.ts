/** Owns the check that the two forms of every operator agree: the same arguments give the same type, and there is no form without the other. */

import type { KeyedStream, Stream } from '../../src/index.ts'
import type * as joins from '../../src/joins/index.ts'
import * as op from '../../src/operators/index.ts'
import type * as windowing from '../../src/windowing/index.ts'
import { agree, anySink, counts, customers, type Equal, lines, mixed, orders, pairs, texts } from './expect.ts'

type Methods = Exclude<keyof Stream<unknown> | keyof KeyedStream<unknown>, '~item' | 'flowId' | 'scope' | 'streamId' | 'through'>
type WindowFunctions = Extract<keyof typeof windowing, `${string}Window` | `${string}ByCount` | 'window'>
type Functions = Exclude<keyof typeof op, 'TtlCache'> | WindowFunctions | keyof typeof joins
export const sameNames: Equal<Methods, Functions> = true

const toLength = (text: string) => text.length
const isLong = (text: string) => text.length > 9
const isText = (item: unknown): item is string => typeof item === 'string'
const twice = (text: string) => [text, text]
const itself = (text: string) => text

agree(
  lines.map('a', (line) => [line, 1]),
  op.map('a', lines, (line) => [line, 1]),
)
agree(lines.map('a', toLength), op.map('a', lines, toLength))
agree(lines.filter('a', isLong), op.filter('a', lines, isLong))
agree(mixed.filter('a', isText), op.filter('a', mixed, isText))
agree(
  counts.filter('a', ([, n]) => n > 2),
  op.filter('a', counts, ([, n]) => n > 2),
)
agree(
  lines.filterMap('a', (line) => (line ? line : undefined)),
  op.filterMap('a', lines, (line) => (line ? line : undefined)),
)
agree(lines.flatMap('a', twice), op.flatMap('a', lines, twice))
agree(
  lines.flatMap('a', (line) => [[line, 1]]),
  op.flatMap('a', lines, (line) => [[line, 1]]),
)
agree(
  lines.flatMapBatch('a', (batch) => [batch.length]),
  op.flatMapBatch('a', lines, (batch) => [batch.length]),
)
agree(lines.flatten('a'), op.flatten('a', lines))
agree(lines.map('m', twice).flatten('a'), op.flatten('a', lines.map('m', twice)))
agree(
  lines.mapAsync('a', async (line) => [line, 1]),
  op.mapAsync('a', lines, async (line) => [line, 1]),
)
agree(
  lines.enrichCached('a', toLength, (cache, line) => cache.get(line)),
  op.enrichCached('a', lines, toLength, (cache, line) => cache.get(line)),
)
agree(lines.branch('a', isLong), op.branch('a', lines, isLong))
agree(mixed.branch('a', isText), op.branch('a', mixed, isText))
agree(lines.merge('a', counts), op.merge('a', lines, counts))
agree(counts.merge('a', texts), op.merge('a', counts, texts))
agree(lines.redistribute('a'), op.redistribute('a', lines))
agree(counts.redistribute('a'), op.redistribute('a', counts))
agree(counts.inspect('a'), op.inspect('a', counts))
agree(
  lines.inspect('a', (_stepId, line) => void line.trim()),
  op.inspect('a', lines, (_stepId, line) => void line.trim()),
)
agree(counts.inspectDebug('a'), op.inspectDebug('a', counts))
agree(lines.raises('a'), op.raises('a', lines))
agree(lines.output('a', anySink), op.output('a', lines, anySink))

agree(lines.keyOn('a', itself), op.keyOn('a', lines, itself))
agree(pairs.keyed('a'), op.keyed('a', pairs))
agree(counts.keyRm('a'), op.keyRm('a', counts))
agree(
  texts.mapValue('a', (text, key) => [key, text]),
  op.mapValue('a', texts, (text, key) => [key, text]),
)
agree(texts.filterValue('a', isLong), op.filterValue('a', texts, isLong))
agree(texts.filterValue('a', isText), op.filterValue('a', texts, isText))
agree(texts.filterMapValue('a', toLength), op.filterMapValue('a', texts, toLength))
agree(texts.flatMapValue('a', twice), op.flatMapValue('a', texts, twice))

agree(lines.tryMap('a', toLength), op.tryMap('a', lines, toLength))
agree(lines.tryFlatMap('a', twice), op.tryFlatMap('a', lines, twice))
agree(
  lines.tryMapAsync('a', async (line) => line),
  op.tryMapAsync('a', lines, async (line) => line),
)

const sum = (state: number | undefined, n: number) => [(state ?? 0) + n, n] as const
const sums = (state: number | undefined, n: number) => [(state ?? 0) + n, [n, n]] as const
const zero = () => 0
agree(counts.statefulMap('a', sum), op.statefulMap('a', counts, sum))
agree(
  counts.statefulMap('a', (state: Date | undefined, n) => [state, n]),
  op.statefulMap('a', counts, (state: Date | undefined, n) => [state, n]),
)
agree(
  counts.statefulMap('a', zero, (state, n) => [state + n, [n, 'x']]),
  op.statefulMap('a', counts, zero, (state, n) => [state + n, [n, 'x']]),
)
agree(counts.statefulFlatMap('a', sums), op.statefulFlatMap('a', counts, sums))
agree(
  counts.statefulFlatMap('a', zero, (state, n) => [state, [n]]),
  op.statefulFlatMap('a', counts, zero, (state, n) => [state, [n]]),
)
agree(
  counts.tryStatefulMap('a', zero, (state, n) => [state, n]),
  op.tryStatefulMap('a', counts, zero, (state, n) => [state, n]),
)
const literal = (resumeState: number | undefined) => ({ onItem: (n: number) => [[`${n}`]] as const, snapshot: () => resumeState ?? 0 })
const batchLiteral = (resumeState: number | undefined) => ({
  onBatch: (batch: readonly number[]) => [batch] as const,
  snapshot: () => resumeState ?? 0,
})
agree(counts.stateful('a', literal), op.stateful('a', counts, literal))
agree(counts.statefulBatch('a', batchLiteral), op.statefulBatch('a', counts, batchLiteral))

agree(lines.countFinal('a', itself), op.countFinal('a', lines, itself))
agree(
  texts.foldFinal('a', zero, (n, text) => n + text.length),
  op.foldFinal('a', texts, zero, (n, text) => n + text.length),
)
agree(
  texts.reduceFinal('a', (left, right) => left + right),
  op.reduceFinal('a', texts, (left, right) => left + right),
)
agree(texts.maxFinal('a', toLength), op.maxFinal('a', texts, toLength))
agree(texts.minFinal('a'), op.minFinal('a', texts))
agree(texts.collect('a', { maxSize: 1, timeoutMs: 1 }), op.collect('a', texts, { maxSize: 1, timeoutMs: 1 }))
agree(orders.join('a', [customers, counts]), op.join('a', orders, [customers, counts]))
agree(orders.join('a', [customers], { emit: 'final' }), op.join('a', orders, [customers], { emit: 'final' }))

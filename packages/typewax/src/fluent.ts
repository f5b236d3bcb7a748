/**
 * Owns the fluent face: attaches every operator as a method to `Stream` or `KeyedStream`, and `through`, which applies operators of the user's.
 * The signatures are in the operators' files. A method that is declared there and not attached here does not compile.
 */

import { checkFunction, compose, type Operator, type Ups } from './dataflow/operator.ts'
import { KeyedStream, Stream } from './dataflow/stream.ts'
import { quote, TypewaxError } from './errors.ts'
import * as joins from './joins/index.ts'
import * as operators from './operators/index.ts'
import * as windowing from './windowing/index.ts'

declare module './dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * Applies an operator in its function form: one of your own, `(stepId, up, ...args) => …`. The steps that it adds are nested: `stepId` is theirs
     * within a step of the same name. Streams among `args`, and lists of streams, become inputs of the step.
     *
     * ```ts
     * const words = (stepId: string, up: Stream<string>, separator: string) => up.flatMap(stepId, (line) => line.split(separator))
     * lines.through(words, 'words', ' ')
     * ```
     *
     * A generic operator passed bare loses its type parameters: wrap it in a lambda.
     */
    through<A extends unknown[], R>(operator: Operator<this, A, R>, stepId: string, ...args: A): R
  }
}

type AnyOperator = (stepId: string, up: never, ...args: never[]) => unknown

/** What the bare classes have of their own. */
type Bare = '~item' | 'flowId' | 'scope' | 'streamId' | 'through'

const onStreams: Readonly<Record<Exclude<keyof Stream<unknown>, Bare>, AnyOperator>> = {
  assignWatermarks: operators.assignWatermarks,
  branch: operators.branch,
  countFinal: operators.countFinal,
  countWindow: windowing.countWindow,
  enrichCached: operators.enrichCached,
  filter: operators.filter,
  filterMap: operators.filterMap,
  flatMap: operators.flatMap,
  flatMapBatch: operators.flatMapBatch,
  flatten: operators.flatten,
  inspect: operators.inspect,
  inspectDebug: operators.inspectDebug,
  keyed: operators.keyed,
  keyOn: operators.keyOn,
  map: operators.map,
  mapAsync: operators.mapAsync,
  merge: operators.merge,
  output: operators.output,
  raises: operators.raises,
  redistribute: operators.redistribute,
  tryFlatMap: operators.tryFlatMap,
  tryMap: operators.tryMap,
  tryMapAsync: operators.tryMapAsync,
}

const onKeyedStreams: Readonly<Record<Exclude<keyof KeyedStream<unknown>, keyof Stream<unknown>>, AnyOperator>> = {
  aggregateByCount: windowing.aggregateByCount,
  aggregateWindow: windowing.aggregateWindow,
  asOfJoin: joins.asOfJoin,
  collect: operators.collect,
  collectByCount: windowing.collectByCount,
  collectWindow: windowing.collectWindow,
  debounce: operators.debounce,
  dedupe: operators.dedupe,
  distinct: operators.distinct,
  filterMapValue: operators.filterMapValue,
  filterValue: operators.filterValue,
  flatMapValue: operators.flatMapValue,
  foldFinal: operators.foldFinal,
  foldWindow: windowing.foldWindow,
  intervalJoin: joins.intervalJoin,
  join: operators.join,
  joinWindow: windowing.joinWindow,
  keyRm: operators.keyRm,
  lookupJoin: joins.lookupJoin,
  mapValue: operators.mapValue,
  maxFinal: operators.maxFinal,
  maxWindow: windowing.maxWindow,
  minFinal: operators.minFinal,
  minWindow: windowing.minWindow,
  reduceFinal: operators.reduceFinal,
  reduceWindow: windowing.reduceWindow,
  sessionize: operators.sessionize,
  stateful: operators.stateful,
  statefulBatch: operators.statefulBatch,
  statefulFlatMap: operators.statefulFlatMap,
  statefulMap: operators.statefulMap,
  throttle: operators.throttle,
  topK: operators.topK,
  tryStatefulMap: operators.tryStatefulMap,
  window: windowing.window,
}

for (const [name, operator] of Object.entries(onStreams)) attach(Stream.prototype, name, operator)
for (const [name, operator] of Object.entries(onKeyedStreams)) {
  attach(KeyedStream.prototype, name, operator)
  if (!(name in Stream.prototype)) refuse(name)
}

define(Stream.prototype, 'through', function through(this: Stream<unknown>, operator: LooseOperator, stepId: string, ...args: unknown[]): unknown {
  const streams = Object.fromEntries(args.map((arg, index) => [`arg${index}`, arg] as const).filter(([, arg]) => holdsStreams(arg))) as Ups
  const name = typeof operator === 'function' && operator.name !== '' ? operator.name : 'through'
  return compose<Ups, unknown>(name, stepId, { up: this, ...streams }, (inner) => {
    checkFunction('through', stepId, 'operator', operator)
    return operator(stepId, inner.up, ...args.map((arg, index) => inner[`arg${index}`] ?? arg))
  })
})

type LooseOperator = (stepId: string, up: unknown, ...args: unknown[]) => unknown

/** Makes a method of an operator's function form. */
function attach(prototype: Stream<unknown>, name: string, operator: AnyOperator): void {
  const call = operator as LooseOperator
  define(prototype, name, function method(this: unknown, stepId: string, ...args: unknown[]): unknown {
    return call(stepId, this, ...args)
  })
}

/** Without a type check, a keyed operator on a stream without keys would be no more than "not a function". */
function refuse(name: string): void {
  define(Stream.prototype, name, function method(this: Stream<unknown>, stepId: unknown): never {
    throw new TypewaxError(
      'NOT_A_STREAM',
      `${name} ${quote(stepId)} needs a KeyedStream; key the stream first, with keyOn, or keyed if its items are [key, value] pairs`,
    )
  })
}

function define(prototype: Stream<unknown>, name: string, method: (...args: never[]) => unknown): void {
  Object.defineProperty(prototype, name, { value: method, writable: true, configurable: true })
}

function holdsStreams(arg: unknown): boolean {
  return arg instanceof Stream || (Array.isArray(arg) && arg.length > 0 && arg.every((each) => each instanceof Stream))
}

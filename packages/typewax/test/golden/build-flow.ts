/** Owns the way from the steps of a case to a dataflow: one builder for each operator of the corpus. */

import { Dataflow, KeyedStream, Stream } from '../../src/index.ts'
import * as op from '../../src/operators/index.ts'
import type { DurationMs, GoldenCase, StepSpec } from './cases.ts'
import { batchLogic, flatMapper, fold, logic, mapper } from './logics.ts'
import type { Observation } from './observation.ts'
import { toSink } from './sinks.ts'
import { toSource } from './sources.ts'
import { batchFn, boom, cachedFn, getter, itemFn, reducer, UnknownName } from './vocabulary.ts'
import { type CaseClock, countWindow, streamsOf, windowOperators } from './windows.ts'

type AnyStream = Stream<unknown>
type Keyed = KeyedStream<unknown>

/** The dataflow in the making. */
interface Building {
  readonly golden: GoldenCase
  readonly observation: Observation
  /** Where the files of the case are. */
  readonly folder: string
  readonly flow: Dataflow
  /** Streams by the names that later steps call them. */
  readonly streams: Map<string, AnyStream>
  readonly time: CaseClock
}

/** Adds a step. Gives its stream, or its streams by the part of the name behind the step id. */
type Builder = (step: StepSpec, ups: Ups, building: Building) => Made | undefined

/** The same on keyed streams; `sides` are the upstreams after the first. */
type KeyedBuilder = (id: string, up: Keyed, step: StepSpec, sides: readonly Keyed[], building: Building) => Made

type Made = AnyStream | Readonly<Record<string, AnyStream>>

/** The upstreams of a step; `first` is the only one for most. */
interface Ups {
  readonly first: AnyStream
  readonly all: readonly AnyStream[]
}

const builders: Readonly<Record<string, Builder>> = {
  input: ({ id, source, flow }, _ups, { golden, observation, folder, flow: main }) => {
    const owner = flow === undefined ? main : new Dataflow(flow)
    return owner.input(
      id,
      toSource(source, golden.inputs, folder, () => observation.sourceEnded()),
    )
  },
  output: (step, { first }, { observation, folder }) => {
    op.output(step.id, first as Stream<never>, toSink(step, observation, folder))
    return undefined
  },

  map: ({ id, fn }, { first }) => op.map(id, first, itemFn(fn)),
  filter: ({ id, fn }, { first }) => op.filter(id, first, itemFn(fn) as Predicate),
  filter_map: ({ id, fn }, { first }) => op.filterMap(id, first, itemFn(fn)),
  flat_map: ({ id, fn }, { first }) => op.flatMap(id, first, itemFn(fn) as Expander),
  flat_map_batch: ({ id, fn }, { first }) => op.flatMapBatch(id, first, batchFn(fn) as Expander),
  flatten: ({ id }, { first }) => op.flatten(id, first as Stream<Iterable<unknown>>),
  enrich_cached: ({ id, getter: name, fn, ttlMs }, { first }) => {
    return op.enrichCached(id, first, getter(name), cachedFn(fn), ttlMs === undefined ? {} : { ttlMs: duration(ttlMs) })
  },
  branch: ({ id, fn }, { first }) => {
    const { trues, falses } = op.branch(id, first, itemFn(fn) as Predicate)
    return { trues, falses }
  },
  merge: ({ id }, { all }) => op.merge(id, ...all),
  redistribute: ({ id }, { first }) => op.redistribute(id, first),
  inspect: ({ id, fn }, { first }, { observation }) => op.inspect(id, first, inspector(id, fn, observation)),
  inspect_debug: ({ id, fn }, { first }, { observation }) => op.inspectDebug(id, first, inspector(id, fn, observation)),
  raises: ({ id }, { first }) => {
    op.raises(id, first)
    return undefined
  },
  raw: ({ id, what }, { first }) => malformed(id, what, first),

  key_on: ({ id, fn }, { first }) => op.keyOn(id, first, itemFn(fn) as (item: unknown) => string),
  count_final: ({ id, fn }, { first }) => op.countFinal(id, first, itemFn(fn) as (item: unknown) => string),
  key_rm: onKeyed((id, up) => op.keyRm(id, up)),
  map_value: onKeyed((id, up, { fn }) => op.mapValue(id, up, itemFn(fn))),
  filter_value: onKeyed((id, up, { fn }) => op.filterValue(id, up, itemFn(fn) as Predicate)),
  filter_map_value: onKeyed((id, up, { fn }) => op.filterMapValue(id, up, itemFn(fn))),
  flat_map_value: onKeyed((id, up, { fn }) => op.flatMapValue(id, up, itemFn(fn) as Expander)),
  stateful_map: onKeyed((id, up, { fn }) => op.statefulMap(id, up, mapper(fn) as never)),
  stateful_flat_map: onKeyed((id, up, { fn }) => op.statefulFlatMap(id, up, flatMapper(fn) as never)),
  stateful: onKeyed((id, up, step) => op.stateful(id, up, logic(step.logic) as never)),
  stateful_batch: onKeyed((id, up, step) => op.statefulBatch(id, up, batchLogic(step.logic) as never)),
  reduce_final: onKeyed((id, up, { fn }) => op.reduceFinal(id, up, reducer(fn))),
  fold_final: onKeyed((id, up, { fn }) => op.foldFinal(id, up, fold(fn).builder, fold(fn).folder as never)),
  max_final: onKeyed((id, up, { by }) => op.maxFinal(id, up, rank(by))),
  min_final: onKeyed((id, up, { by }) => op.minFinal(id, up, rank(by))),
  collect: onKeyed((id, up, { timeoutMs, maxSize }) => op.collect(id, up, { timeoutMs: duration(timeoutMs), maxSize: maxSize as number })),
  join: onKeyed((id, up, { insertMode, emitMode }, sides) => {
    const modes = { ...(insertMode !== undefined && { insert: insertMode }), ...(emitMode !== undefined && { emit: emitMode }) }
    return op.join(id, up, [...sides], modes as never)
  }),

  set_clock: ({ id }, { first }, { time }) => {
    return op.map(id, first, (item) => {
      const [, value] = item as [string, [number, number, number]]
      time.nowMs = value[2]
      return item
    })
  },
  count_window: (step, { first }, { time }) => streamsOf(step.id, countWindow(first, step, time)),
  ...Object.fromEntries(
    Object.entries(windowOperators).map(([name, add]) => {
      return [name, onKeyed((id, up, step, sides, { time }) => streamsOf(id, add(up, { ...step, id }, sides, time)))]
    }),
  ),
}

type Predicate = (item: unknown) => boolean
type Expander = (item: unknown) => Iterable<unknown>

/** Builds the dataflow of a case. What sinks and inspectors get goes to `observation`. */
export function buildFlow(golden: GoldenCase, observation: Observation, folder: string): Dataflow {
  const building: Building = { golden, observation, folder, flow: new Dataflow(golden.flow.id), streams: new Map(), time: { nowMs: 0 } }
  for (const step of golden.flow.steps) {
    const builder = builders[step.op]
    if (builder === undefined) throw new UnknownName('operator', step.op)
    name(step.id, builder(step, upsOf(step, building), building), building.streams)
  }
  return building.flow
}

function upsOf({ up, ups }: StepSpec, { streams }: Building): Ups {
  const names = ups ?? (up === undefined ? [] : [up])
  // What a step made besides streams, such as both sides of a branch, is passed on as it is: some cases misuse it.
  const all = names.map((each) => streams.get(each) as AnyStream)
  return { first: all[0] as AnyStream, all }
}

function name(id: string, made: ReturnType<Builder>, streams: Map<string, AnyStream>): void {
  if (made === undefined) return
  streams.set(id, made as AnyStream)
  if ('streamId' in made) return
  for (const [port, stream] of Object.entries(made)) streams.set(`${id}.${port}`, stream)
}

/**
 * Makes the builder of an operator on keyed streams. Where the case gives it a stream that is not keyed, that becomes keyed inside of the step, so
 * that a complaint about its items names the step.
 */
function onKeyed(add: KeyedBuilder): Builder {
  return (step, { all }, building) => {
    if (all.every((each) => each instanceof KeyedStream || !(each instanceof Stream)))
      return add(step.id, all[0] as Keyed, step, all.slice(1) as Keyed[], building)
    const inside = (_id: string, first: AnyStream, others: readonly AnyStream[]): Made => {
      const [up, ...sides] = [first, ...others].map((each, index) => toKeyed(each, index))
      return add('step', up as Keyed, step, sides, building)
    }
    return (all[0] as AnyStream).through(inside, step.id, all.slice(1))
  }
}

function toKeyed(stream: AnyStream, index: number): Keyed {
  return stream instanceof KeyedStream ? stream : (stream as Stream<[string, unknown]>).keyed(`pairs_${index}`)
}

function inspector(id: string, fn: string | undefined, observation: Observation): (stepId: string, item: unknown, ...more: number[]) => void {
  const calls: unknown[] = []
  observation.inspected[id] = calls
  return (stepId, item, ...more) => {
    if (fn === 'throw') boom(item)
    calls.push([stepId, item, ...more])
  }
}

function rank(by: string | undefined): ((value: unknown) => number) | undefined {
  return by === undefined ? undefined : (itemFn(by) as (value: unknown) => number)
}

/** Calls that no compiler would let pass. */
function malformed(id: string, what: string | undefined, up: AnyStream): AnyStream {
  const identity = itemFn('identity')
  switch (what) {
    case 'step_id_not_string':
      return up.map(1 as never, identity)
    case 'missing_argument':
      return up.map(id, undefined as never)
    case 'extra_argument':
      return (up.map as (...args: unknown[]) => AnyStream).call(up, id, identity, 'extra')
    case 'up_not_a_stream':
      return op.map(id, [1, 2] as never, identity)
    default:
      throw new UnknownName('malformed call', what)
  }
}

function duration(ms: DurationMs | undefined): number {
  return ms === 'max' ? Number.POSITIVE_INFINITY : (ms as number)
}

/** Owns `tryMap`, `tryFlatMap` and `tryMapAsync`: items that the mapper fails on go to a stream of their own. */

import { checkFunction, compose, core } from '../dataflow/operator.ts'
import type { AsyncContext, AsyncMapper, MapAsyncSettings, Tuple } from '../dataflow/step.ts'
import type { Stream } from '../dataflow/stream.ts'
import { type Attempt, attempt, failed, split, succeeded, type Tried } from './attempt.ts'
import { flatten } from './flatten.ts'
import { map } from './map.ts'
import { type MapAsyncOptions, settingsOf } from './map-async.ts'

declare module '../dataflow/stream.ts' {
  interface Stream<out X> {
    /**
     * As `map`, but an item on which `mapper` throws becomes a `Failure` on `errs`, and the run goes on.
     *
     * ```ts
     * const { oks, errs } = lines.tryMap('json', (line) => JSON.parse(line) as Trade)
     * errs.output('dead-letters', deadLetterSink)
     * ```
     */
    tryMap<Y>(stepId: string, mapper: (item: X) => Tuple<Y>): Tried<Stream<Y>, X>

    /** As `flatMap`, but an item on which `mapper` or its iteration throws becomes a `Failure`. An item gives all of its results or none. */
    tryFlatMap<Y>(stepId: string, mapper: (item: X) => Iterable<Tuple<Y>>): Tried<Stream<Y>, X>

    /** As `mapAsync`, but an item whose last try fails or times out becomes a `Failure`. */
    tryMapAsync<Y>(stepId: string, mapper: (item: X, context: AsyncContext) => Promise<Tuple<Y>>, options?: MapAsyncOptions): Tried<Stream<Y>, X>
  }
}

/** The function form of `stream.tryMap`. */
export function tryMap<X, Y>(stepId: string, up: Stream<X>, mapper: (item: X) => Tuple<Y>): Tried<Stream<Y>, X> {
  return compose('tryMap', stepId, { up }, (inner, fullId) => {
    checkFunction('tryMap', stepId, 'mapper', mapper)
    const attempts = map<X, Attempt<Y, X>>('try', inner.up, (item) => attempt(mapper as (item: X) => Y, item, fullId))
    return split(attempts)
  })
}

/** The function form of `stream.tryFlatMap`. */
export function tryFlatMap<X, Y>(stepId: string, up: Stream<X>, mapper: (item: X) => Iterable<Tuple<Y>>): Tried<Stream<Y>, X> {
  return compose('tryFlatMap', stepId, { up }, (inner, fullId) => {
    checkFunction('tryFlatMap', stepId, 'mapper', mapper)
    const allOf = (item: X): Y[] => [...(mapper(item) as Iterable<Y>)]
    const { oks, errs } = split(map<X, Attempt<Y[], X>>('try', inner.up, (item) => attempt(allOf, item, fullId)))
    return { oks: flatten('flatten', oks), errs }
  })
}

/** The function form of `stream.tryMapAsync`. */
export function tryMapAsync<X, Y>(
  stepId: string,
  up: Stream<X>,
  mapper: (item: X, context: AsyncContext) => Promise<Tuple<Y>>,
  options: MapAsyncOptions = {},
): Tried<Stream<Y>, X> {
  return compose('tryMapAsync', stepId, { up }, (inner, fullId) => {
    checkFunction('tryMapAsync', stepId, 'mapper', mapper)
    const settings: MapAsyncSettings = {
      ...settingsOf('tryMapAsync', stepId, options),
      recover: (item, error) => failed(item as X, error, fullId),
    }
    const tried = async (item: X, context: AsyncContext): Promise<Attempt<Y, X>> => succeeded((await mapper(item, context)) as Y)
    const toOperation = () => ({ kind: 'mapAsync', mapper: tried as AsyncMapper, options: settings }) as const
    return split<Y, X>(core('mapAsync', 'mapAsync', { up: inner.up }, toOperation, { down: false }).down)
  })
}

/**
 * Owns the flow of a world. Each of its streams is known to be in order by key, or not, and to have times, or not; steps whose results depend on
 * either are made so that the results are the same for every interleaving.
 */

import { Dataflow, type Emit, type KeyedStream, type StatefulLogic, type Stream } from '../../src/index.ts'
import { merge } from '../../src/operators/index.ts'
import { SessionWindower, StreamClock, TumblingWindower } from '../../src/windowing/index.ts'
import { LogSink } from '../contract/log-sinks.ts'
import { turns } from '../runtime/flows.ts'
import { Abort, Partitions, type Script, type Step } from '../runtime/partitions.ts'
import { BOUND_MS, type Item, itemsOf, type PartPlan, type StepPlan, TUMBLING_MS, type World } from './worlds.ts'

/** A stream, and what holds for it. */
interface Way {
  readonly stream: Stream<Item>
  /** Whether the items of a key come in the order of their partition. */
  readonly isOrdered: boolean
  /** Whether items have times that keep the bound. */
  readonly isTimed: boolean
}

export interface Made {
  readonly flow: Dataflow
  readonly outputs: readonly Output[]
}

export interface Output {
  readonly isOrdered: boolean
  readonly sink: LogSink
}

/** What is called as things happen. */
export interface Watch {
  onPoll?(): void
  /** At each item, in some places. */
  onItem?(stepId: string, item: unknown, epoch: number, worker: number): void
}

/** Builds the flow of a world, with an output behind every stream. */
export function flowOf(world: World, watch: Watch = {}, isFaulty = world.isKept): Made {
  const flow = new Dataflow('world')
  const scripts = Object.fromEntries(world.parts.map((part, index) => [`p${index}`, scriptOf(part, `p${index}`, isFaulty)]))
  const source = new Partitions<Item>(scripts, { isAsync: world.isAsync, onPoll: () => watch.onPoll?.() })
  const first = flow.input('in', source).assignWatermarks('time', ({ at }) => at, { outOfOrdernessMs: BOUND_MS })
  const ways: Way[] = [{ stream: first, isOrdered: true, isTimed: true }]
  world.steps.forEach((step, number) => {
    ways.push(...addStep(step, `s${number}`, ways))
  })
  const outputs = ways.map((way, number) => addOutput(way, number, world, watch))
  return { flow, outputs }
}

function scriptOf(plan: PartPlan, name: string, isFaulty: boolean): Script<Item> {
  const items = itemsOf(plan, name)
  const script: Step<Item>[] = []
  for (let index = 0, turn = 0; index < items.length; turn++) {
    const size = plan.batchSizes[turn % plan.batchSizes.length] as number
    script.push(items.slice(index, index + size))
    index += size
  }
  if (isFaulty) for (const abort of plan.aborts) script.splice(abort % (script.length + 1), 0, new Abort())
  return script
}

function addOutput({ stream, isOrdered }: Way, number: number, { sinkParts, isTwoPhase }: World, watch: Watch): Output {
  const parts = Array.from({ length: sinkParts }, (_, part) => `out ${part}`)
  const before = (call: string): void | Promise<void> => (number % 2 === 0 && call.length % 3 === 0 ? turns(1) : undefined)
  const sink = new LogSink({ parts, isTwoPhase, before })
  stream
    .inspectDebug(`watch_${number}`, (stepId, item, epoch, worker) => watch.onItem?.(stepId, item, epoch, worker))
    .map(`pair_${number}`, ({ key, ...rest }): [string, string] => [key, `${key} ${JSON.stringify(rest)}`])
    .output(`out_${number}`, sink)
  return { isOrdered, sink }
}

function addStep({ kind, ups }: StepPlan, id: string, ways: readonly Way[]): Way[] {
  const [up, other] = ups.map((number) => ways[number % ways.length]) as [Way, Way]
  const { stream } = up
  const same = (made: Stream<Item>): Way[] => [{ ...up, stream: made }]
  const mixed = (made: Stream<Item>): Way[] => [{ ...up, stream: made, isOrdered: false }]
  const result = (made: Stream<Item>): Way[] => [{ stream: made, isOrdered: false, isTimed: false }]
  switch (kind) {
    case 'map':
      return same(stream.map(id, (item) => onWay(item, 'map')))
    case 'drop':
      return same(stream.filter(id, isKept))
    case 'twice':
      return same(stream.flatMap(id, (item) => [item, onWay(item, 'again')]))
    case 'async':
      return same(stream.mapAsync(id, later, { maxInFlight: 3, timeoutMs: 1e9 }))
    case 'unordered':
      return mixed(stream.mapAsync(id, later, { maxInFlight: 3, ordered: false, timeoutMs: 1e9 }))
    case 'redistribute':
      return mixed(stream.redistribute(id))
    case 'branch': {
      const { trues, falses } = stream.branch(id, isKept)
      return [...same(trues), ...same(falses)]
    }
    case 'merge':
      return [
        {
          stream: merge(
            id,
            stream,
            other.stream.map(`${id}_right`, (item) => onWay(item, 'right')),
          ),
          isOrdered: false,
          isTimed: up.isTimed && other.isTimed,
        },
      ]
    case 'count':
      return same(counted(id, up))
    case 'thirds':
      return result(thirds(id, up))
    case 'total':
      return result(total(id, stream))
    case 'product':
      // Of products of products there is no end.
      return up.isTimed && other.isTimed ? result(product(id, stream, other.stream)) : same(stream)
    case 'tumbling':
    case 'session':
      return up.isTimed ? result(windowed(id, stream, kind)) : same(stream)
    case 'interval':
      return up.isTimed && other.isTimed ? result(near(id, stream, other.stream)) : same(stream)
  }
}

/** Counts the items of a key. The count shows where the order is known. */
function counted(id: string, { stream, isOrdered }: Way): Stream<Item> {
  return stream
    .keyOn(`${id}_key`, ({ key }) => key)
    .statefulMap(id, (count: number | undefined, item: Item) => {
      const now = (count ?? 0) + 1
      return [now, isOrdered ? onWay(item, `count ${now}`) : item]
    })
    .keyRm(`${id}_rm`)
}

/** Tells of every third item of a key, and forgets the key. */
function thirds(id: string, { stream }: Way): Stream<Item> {
  const logic = (seen = 0): StatefulLogic<Item, Item, number> => {
    let count = seen
    return {
      onItem: ({ key, group }): Emit<Item> => {
        count += 1
        return count < 3 ? [[]] : [[{ part: '', index: 3, key, group, at: 0, way: id }], true]
      },
      snapshot: () => count,
    }
  }
  return stream
    .keyOn(`${id}_key`, ({ key }) => key)
    .stateful(id, logic)
    .keyRm(`${id}_rm`)
}

function total(id: string, stream: Stream<Item>): Stream<Item> {
  return stream
    .keyOn(`${id}_key`, ({ group }) => group)
    .foldFinal(
      id,
      () => ({ count: 0, sum: 0 }),
      ({ count, sum }, { index }) => ({ count: count + 1, sum: sum + index }),
    )
    .map(`${id}_item`, ([group, { count, sum }]) => resultOf(group, sum, `${id}: ${count}`))
}

/** All pairs of a key, at the end. */
function product(id: string, left: Stream<Item>, right: Stream<Item>): Stream<Item> {
  const side = (name: string, stream: Stream<Item>): KeyedStream<number> => {
    return stream.keyOn(`${id}_${name}`, ({ key }) => key).mapValue(`${id}_${name}_index`, ({ index }) => index)
  }
  return side('left', left)
    .join(id, [side('right', right)], { insert: 'product', emit: 'final' })
    .map(`${id}_item`, ([key, [a, b]]) => resultOf(key, a ?? -1, `${id}: ${b}`))
}

function windowed(id: string, stream: Stream<Item>, kind: 'tumbling' | 'session'): Stream<Item> {
  const windower = kind === 'tumbling' ? new TumblingWindower({ lengthMs: TUMBLING_MS, alignTo: 0 }) : new SessionWindower({ gapMs: 5 })
  const { results, late } = stream
    .keyOn(`${id}_key`, ({ group }) => group)
    .foldWindow(
      id,
      new StreamClock(({ at }: Item) => at),
      windower,
      () => ({ count: 0, sum: 0 }),
      (sum, { index }) => ({ count: sum.count + 1, sum: sum.sum + index }),
      (one, two) => ({ count: one.count + two.count, sum: one.sum + two.sum }),
    )
  // Where all items keep the bound, none is late.
  const lates = late.map(`${id}_late`, ([group, [, item]]) => resultOf(group, item.index, `${id} late at ${item.at}`))
  const closed = results.map(`${id}_item`, ([group, { result, openTimeMs, closeTimeMs }]) => {
    return resultOf(group, result.sum, `${id}: ${result.count} in ${openTimeMs} to ${closeTimeMs}`)
  })
  return merge(`${id}_all`, closed, lates)
}

function near(id: string, left: Stream<Item>, right: Stream<Item>): Stream<Item> {
  const { down, late } = left
    .keyOn(`${id}_left`, ({ key }) => key)
    .intervalJoin(
      id,
      right.keyOn(`${id}_right`, ({ key }) => key),
      new StreamClock(({ at }: Item) => at),
      { lowerMs: -3, upperMs: 4, kind: 'outer' },
    )
  const lates = late.map(`${id}_late`, ([key, item]) => resultOf(key, item.index, `${id} late`))
  return merge(
    `${id}_all`,
    down.map(`${id}_item`, ([key, [a, b]]) => resultOf(key, a?.index ?? -1, `${id}: ${b?.index} ${a?.way} ${b?.way}`)),
    lates,
  )
}

function resultOf(key: string, index: number, way: string): Item {
  return { part: '', index, key, group: key.slice(-1), at: 0, way }
}

function onWay(item: Item, mark: string): Item {
  return { ...item, way: `${item.way} ${mark}` }
}

function isKept({ index }: Item): boolean {
  return index % 3 !== 1
}

async function later(item: Item): Promise<Item> {
  await turns(Math.abs(item.index) % 3)
  return item
}

/**
 * Owns the law of stream time: with items that keep the bound of their partition, windows and timers give what a naive look at all items gives, each once,
 * whatever the batches, the pace of the partitions and the crashes. Items beyond the bound are counted or late, never both and never lost.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Dataflow, type Emit, type LogicContext, run, type StatefulLogic, type Stream } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { keyHash } from '../../src/runtime/key-groups.ts'
import { StreamClock, TumblingWindower } from '../../src/windowing/index.ts'
import { restlessHost, turns } from './flows.ts'
import { Abort, ExactSink, Partitions, type Script, type Step } from './partitions.ts'

const BOUND_MS = 10
const LENGTH_MS = 7

interface Item {
  readonly key: string
  readonly at: number
}

/** One partition: its items, cut into batches, with crashes among them. */
interface PartPlan {
  readonly items: readonly Item[]
  readonly batchSizes: readonly number[]
  readonly aborts: readonly number[]
}

interface Plan {
  readonly parts: readonly PartPlan[]
  readonly isAsync: boolean
  readonly epochIntervalMs: number
  /** What lies between the watermarks and the step that goes by them. */
  readonly way: 'direct' | 'merge' | 'mapAsync' | 'flatMap' | 'branch' | 'redistribute' | 'stateful'
}

/** Items that come at most `lateMs` behind the latest of their partition. */
function itemsWith(lateMs: number): fc.Arbitrary<Item[]> {
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c'), stepMs: fc.nat(6), behindMs: fc.nat(lateMs) })
  return fc.array(step, { maxLength: 40, size: 'max' }).map((steps) => {
    let latestMs = -20
    return steps.map(({ key, stepMs, behindMs }) => {
      latestMs += stepMs
      return { key, at: latestMs - behindMs }
    })
  })
}

function plans(lateMs: number): fc.Arbitrary<Plan> {
  const part = fc.record({
    items: itemsWith(lateMs),
    batchSizes: fc.array(fc.nat(6), { minLength: 1, maxLength: 5 }).filter((sizes) => sizes.some((size) => size > 0)),
    aborts: fc.array(fc.nat(40), { maxLength: 3 }),
  })
  return fc.record({
    parts: fc.array(part, { minLength: 1, maxLength: 3 }),
    isAsync: fc.boolean(),
    epochIntervalMs: fc.constantFrom(0, 3, 20),
    way: fc.constantFrom('direct', 'merge', 'mapAsync', 'flatMap', 'branch', 'redistribute', 'stateful'),
  })
}

function scriptOf({ items, batchSizes, aborts }: PartPlan): Script<Item> {
  const script: Step<Item>[] = []
  for (let index = 0, turn = 0; index < items.length; turn++) {
    const size = batchSizes[turn % batchSizes.length] as number
    script.push(items.slice(index, index + size))
    index += size
  }
  for (const abort of aborts) script.splice(abort % (script.length + 1), 0, new Abort())
  return script
}

/** The stream with watermarks, by one of the ways. */
function timed(flow: Dataflow, { parts, isAsync, way }: Plan): Stream<Item> {
  const names = parts.map((part, index) => [`p${index}`, scriptOf(part)] as const)
  const mark = (id: string, scripts: readonly (readonly [string, Script<Item>])[]): Stream<Item> =>
    flow
      .input(`in_${id}`, new Partitions<Item>(Object.fromEntries(scripts), { isAsync }))
      .assignWatermarks(`time_${id}`, ({ at }) => at, { outOfOrdernessMs: BOUND_MS })
  if (way === 'merge') return mark('a', names.slice(0, 1)).merge('merge', mark('b', names.slice(1)))
  const up = mark('all', names)
  switch (way) {
    case 'mapAsync':
      return up.mapAsync('async', later, { maxInFlight: 3, ordered: parts.length > 1, timeoutMs: 1_000_000 })
    case 'flatMap':
      return up.flatMap('flatMap', (item) => [item].values())
    case 'branch': {
      const { trues, falses } = up.branch('branch', ({ key }) => key === 'a')
      return falses.merge('together', trues)
    }
    case 'redistribute':
      return up.redistribute('redistribute')
    case 'stateful':
      return up
        .keyOn('by_key', ({ key }) => key)
        .statefulMap('keep', (count: number | undefined, item: Item) => [(count ?? 0) + 1, item])
        .keyRm('rm')
    default:
      return up
  }
}

async function later(item: Item): Promise<Item> {
  await turns(Math.abs(item.at) % 3)
  return item
}

/** Runs a flow until it has finished, over all crashes. */
async function finish(build: () => Dataflow, { epochIntervalMs }: Plan): Promise<void> {
  const recovery = new MemoryRecoveryStore()
  for (let executions = 0; executions < 20; executions++) {
    const { outcome } = await run(build(), { recovery, epochIntervalMs, host: restlessHost([1, 0, 2]) })
    if (outcome === 'finished') return
  }
  assert.fail('does not come to an end')
}

function windowOf(at: number): number {
  return Math.floor(at / LENGTH_MS)
}

/** `key window: number of items`, of all windows. */
function counted(items: readonly Item[]): string[] {
  const counts = new Map<string, number>()
  for (const { key, at } of items) counts.set(`${key} ${windowOf(at)}`, (counts.get(`${key} ${windowOf(at)}`) ?? 0) + 1)
  return [...counts].map(([window, count]) => `${window}: ${count}`).sort()
}

/** Counts per window; `fold` by `foldWindow`, with which values wait for the watermark. */
async function countWindows(plan: Plan, operator: 'count' | 'fold'): Promise<{ counts: string[]; late: Item[] }> {
  const [counts, late] = [new ExactSink<string>(), new ExactSink<Item>()]
  // Made once: what has crashed is spent.
  const flow = new Dataflow('flow')
  const up = timed(flow, plan)
  const [clock, windower] = [new StreamClock(({ at }: Item) => at), new TumblingWindower({ lengthMs: LENGTH_MS, alignTo: 0 })]
  const made =
    operator === 'count'
      ? up.countWindow('window', clock, windower, ({ key }) => key)
      : up
          .keyOn('key', ({ key }) => key)
          .foldWindow(
            'window',
            clock,
            windower,
            () => 0,
            (count) => count + 1,
            (left, right) => left + right,
          )
  made.down.map('text', ([key, [window, count]]) => [key, `${key} ${window}: ${count}`] as const).output('counts', counts as never)
  made.late.map('value', ([key, [, item]]) => [key, item] as const).output('late', late as never)
  await finish(() => flow, plan)
  return { counts: counts.values.sort(), late: late.values }
}

for (const operator of ['count', 'fold'] as const) {
  test(`windows under StreamClock: ${operator}Window gives each window once and whole, and nothing is late`, async () => {
    await fc.assert(
      fc.asyncProperty(plans(BOUND_MS), async (plan) => {
        const { counts, late } = await countWindows(plan, operator)
        assert.deepEqual(late, [])
        assert.deepEqual(counts, counted(plan.parts.flatMap(({ items }) => items)))
      }),
      { numRuns: 150 },
    )
  })

  test(`windows under StreamClock: with ${operator}Window an item beyond the bound is counted or late`, async () => {
    await fc.assert(
      fc.asyncProperty(plans(4 * BOUND_MS), async (plan) => {
        const { counts, late } = await countWindows(plan, operator)
        const windows = counts.map((count) => count.split(':')[0])
        assert.equal(new Set(windows).size, windows.length, 'a window is given once')
        const all = plan.parts.flatMap(({ items }) => items)
        const left = [...all]
        for (const item of late) {
          const index = left.findIndex(({ key, at }) => key === item.key && at === item.at)
          assert.notEqual(index, -1, 'what is late was there')
          left.splice(index, 1)
        }
        assert.deepEqual(counts, counted(left))
      }),
      { numRuns: 100 },
    )
  })
}

/** Answers each item when the watermark has come `DELAY_MS` beyond it. */
const DELAY_MS = 5

class Echo implements StatefulLogic<Item, string, readonly number[]> {
  readonly #key: string
  readonly #context: LogicContext
  #waiting: readonly number[]

  constructor(waiting: readonly number[] | undefined, key: string, context: LogicContext) {
    this.#key = key
    this.#context = context
    this.#waiting = waiting ?? []
  }

  onItem({ at }: Item): Emit<string> {
    this.#waiting = [...this.#waiting, at + DELAY_MS].sort((left, right) => left - right)
    return [[]]
  }

  onWatermark(timeMs: number): Emit<string> {
    assert.equal(timeMs, this.#waiting[0])
    assert.ok(timeMs <= this.#context.watermark())
    this.#waiting = this.#waiting.slice(1)
    return [[`${timeMs} ${this.#key}`], this.#waiting.length === 0]
  }

  notifyAtWatermark(): number | undefined {
    return this.#waiting[0]
  }

  onEof(): Emit<string> {
    return [this.#waiting.map((timeMs) => `${timeMs} ${this.#key} at the end`)]
  }

  snapshot(): readonly number[] {
    return this.#waiting
  }
}

test('timers under watermarks: each comes once, in order of time and of the hashes of keys, or is left at the end', async () => {
  await fc.assert(
    fc.asyncProperty(plans(BOUND_MS), async (plan) => {
      const sink = new ExactSink<string>()
      const flow = new Dataflow('flow')
      timed(flow, plan)
        .keyOn('key', ({ key }) => key)
        .stateful('echo', (waiting: readonly number[] | undefined, key, _parts, context) => new Echo(waiting, key, context))
        .output('out', sink as never)
      await finish(() => flow, plan)
      const calls = sink.values.filter((text) => !text.endsWith('the end')).map((text) => text.split(' ') as [string, string])
      const ordered = [...calls].sort(([left, leftKey], [right, rightKey]) => Number(left) - Number(right) || keyHash(leftKey) - keyHash(rightKey))
      assert.deepEqual(calls, ordered)
      const expected = plan.parts.flatMap(({ items }) => items.map(({ key, at }) => `${at + DELAY_MS} ${key}`)).sort()
      assert.deepEqual(sink.values.map((text) => text.replace(' at the end', '')).sort(), expected)
    }),
    { numRuns: 150 },
  )
})

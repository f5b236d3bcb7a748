/**
 * Owns the proof that a partitioned sink that rewinds has each value exactly once, whatever crashed. The executions of a flow are cut off at every
 * call that the engine makes to sink and store, one after the other, and the flow is run again until it finishes.
 */

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Dataflow, type RunReport, run } from '../../src/index.ts'
import { TestClock, TestingSource } from '../../src/testing/index.ts'
import { turn } from '../../src/testing/test-clock.ts'
import { flowOf, LogSink, leftRight, type Pair } from './log-sinks.ts'
import { MemoryStore } from './memory-store.ts'

const PAIRS: readonly Pair[] = Array.from({ length: 9 }, (_, index): Pair => [index % 3 === 0 ? 'left' : 'right', String(index)])
const VALUES = new Map(['left', 'right'].map((part) => [part, PAIRS.filter(([key]) => key === part).map(([, value]) => value)]))
/** How often each key was seen until then: wrong as soon as state and position do not fit together. */
const COUNTED = new Map(['left', 'right'].map((part) => [part, (VALUES.get(part) as string[]).map((value, index) => `${value}#${index + 1}`)]))

/** Lets a run crash at the call number `at`, once. */
class Crash {
  readonly #at: number
  readonly #isSlow: boolean
  #calls = 0

  constructor(at: number, isSlow: boolean) {
    this.#at = at
    this.#isSlow = isSlow
  }

  get hasHappened(): boolean {
    return this.#calls >= this.#at
  }

  /** To be called before each call. */
  readonly pass = (): void | Promise<void> => {
    this.#calls += 1
    const isHere = this.#calls === this.#at
    if (this.#isSlow) return this.#later(isHere)
    if (isHere) throw new Error(`crash at call ${this.#at}`)
  }

  async #later(isHere: boolean): Promise<void> {
    await turn()
    if (isHere) throw new Error(`crash at call ${this.#at}`)
  }
}

interface Settings {
  readonly batchSize: number
  readonly epochIntervalMs: number
  readonly isSlow: boolean
  readonly isTwoPhase: boolean
}

/** Runs to the end, through a crash at call number `at`. Gives what is in the output, or `undefined` if there were fewer calls. */
async function runThrough(at: number, settings: Settings): Promise<ReadonlyMap<string, string[]> | undefined> {
  const { batchSize, epochIntervalMs, isSlow, isTwoPhase } = settings
  const crash = new Crash(at, isSlow)
  const store = new MemoryStore({ before: crash.pass, after: crash.pass })
  const before = (line: string): void | Promise<void> => {
    // `snapshot` is synchronous and cannot wait; it may well throw.
    if (!line.startsWith('snapshot')) return crash.pass()
    if (!isSlow) void crash.pass()
  }
  const sink = new LogSink({ before, isTwoPhase, partFn: leftRight })
  const flow = new Dataflow('flow')
  flow
    .input('in', new TestingSource(PAIRS, { batchSize }))
    .keyed('keyed')
    .statefulMap('count', (count: number | undefined, value: string) => [(count ?? 0) + 1, `${value}#${(count ?? 0) + 1}`])
    .output('out', sink)
  const attempt = async (): Promise<RunReport | undefined> =>
    await run(flow, { recovery: store, epochIntervalMs, host: new TestClock({ autoAdvance: true }) })
  await attempt().then(undefined, (error: unknown) => {
    if (!/crash at call/.test(String(error))) throw error
  })
  if (!crash.hasHappened) return undefined
  strictEqual((await attempt())?.outcome, 'finished')
  return sink.output
}

for (const isTwoPhase of [false, true]) {
  for (const isSlow of [false, true]) {
    const kind = isTwoPhase ? 'a two-phase sink' : 'a sink that rewinds'
    const how = isSlow ? 'answers by promises' : 'answers at once'
    test(`FixedPartitionedSink: has each value exactly once after a crash at any call, for ${kind} that ${how}`, async () => {
      for (const [batchSize, epochIntervalMs] of [
        [1, 0],
        [2, 0],
        [2, 10_000],
        [100, 0],
      ] as const) {
        let crashes = 0
        for (let at = 1; ; at++, crashes++) {
          const output = await runThrough(at, { batchSize, epochIntervalMs, isSlow, isTwoPhase })
          if (output === undefined) break
          deepStrictEqual(output, COUNTED, `after a crash at call ${at}, with batches of ${batchSize} and epochs of ${epochIntervalMs} ms`)
        }
        ok(crashes > 8, `only ${crashes} crashes`)
      }
    })
  }
}

test('FixedPartitionedSink: has each value exactly once after an abort at any item', async () => {
  for (const epochIntervalMs of [0, 10_000]) {
    for (let abortAt = 0; abortAt <= PAIRS.length; abortAt++) {
      const items = [...PAIRS.slice(0, abortAt), TestingSource.ABORT(), ...PAIRS.slice(abortAt)]
      const sink = new LogSink({ partFn: leftRight })
      const flow = flowOf(new TestingSource<Pair>(items, { batchSize: 2 }), sink)
      const store = new MemoryStore()
      strictEqual((await run(flow, { recovery: store, epochIntervalMs })).outcome, 'aborted')
      strictEqual((await run(flow, { recovery: store, epochIntervalMs })).outcome, 'finished')
      deepStrictEqual(sink.output, VALUES, `abort before item ${abortAt}`)
    }
  }
})

test('FixedPartitionedSink: has each value exactly once after any number of crashes at random calls', async () => {
  const settings = fc.record({
    batchSize: fc.integer({ min: 1, max: 5 }),
    epochIntervalMs: fc.constantFrom(0, 10_000),
    isSlow: fc.boolean(),
    isTwoPhase: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }),
      settings,
      async (crashes, { batchSize, epochIntervalMs, isSlow, isTwoPhase }) => {
        const store = new MemoryStore()
        const output = new Map<string, string[]>()
        let crash = new Crash(Number.POSITIVE_INFINITY, isSlow)
        const before = (line: string): void | Promise<void> => (line.startsWith('snapshot') ? undefined : crash.pass())
        const sink = new LogSink({ output, isTwoPhase, partFn: leftRight, before })
        store.hooks = { before: () => crash.pass(), after: () => crash.pass() }
        const flow = flowOf(new TestingSource(PAIRS, { batchSize }), sink)
        for (const at of crashes) {
          crash = new Crash(at, isSlow)
          await run(flow, { recovery: store, epochIntervalMs }).catch(() => {})
        }
        crash = new Crash(Number.POSITIVE_INFINITY, isSlow)
        await run(flow, { recovery: store, epochIntervalMs })
        deepStrictEqual(output, VALUES)
      },
    ),
    { numRuns: 100 },
  )
})

test('FixedPartitionedSink: would not have each value once if the engine or the sink forgot to rewind', async () => {
  // The control: the same campaign finds a sink that keeps what was not committed.
  class Forgetful extends LogSink {
    override async buildPart(part: string, _resumeState: number | undefined, context: never) {
      return await super.buildPart(part, this.output.get(part)?.length, context)
    }
  }
  const sink = new Forgetful({ partFn: leftRight })
  const items = [...PAIRS.slice(0, 4), TestingSource.ABORT(), ...PAIRS.slice(4)]
  const flow = flowOf(new TestingSource<Pair>(items), sink)
  const store = new MemoryStore()
  await run(flow, { recovery: store })
  await run(flow, { recovery: store })
  ok((sink.output.get('right') as string[]).length > (VALUES.get('right') as string[]).length)
})

/** Owns the tests that nobody starves: partitions and merged streams under backpressure, merge order over epochs, aborts, the end of patience. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AbortExecution, Dataflow, run } from '../../src/index.ts'
import {
  type Batch,
  DynamicSource,
  EOF,
  FixedPartitionedSource,
  StatefulSourcePartition,
  type StatelessSourcePartition,
} from '../../src/inputs/index.ts'
import { DynamicSink, StatelessSinkPartition } from '../../src/outputs/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { makeBatch } from '../../src/runtime/batch.ts'
import { Channel, Inbox } from '../../src/runtime/channel.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'

const BATCH = 1_000

/** Partitions that never end, each emitting its name. */
class Endless extends FixedPartitionedSource<string, number> {
  readonly names: readonly string[]

  constructor(names: readonly string[]) {
    super()
    this.names = names
  }

  override listParts(): string[] {
    return [...this.names]
  }

  override buildPart(name: string): StatefulSourcePartition<string, number> {
    return new EndlessPartition(name)
  }
}

class EndlessPartition extends StatefulSourcePartition<string, number> {
  readonly #batch: string[]
  #count = 0

  constructor(name: string) {
    super()
    this.#batch = new Array(BATCH).fill(name)
  }

  override nextBatch(): string[] {
    this.#count += 1
    return this.#batch
  }

  override snapshot(): number {
    return this.#count
  }
}

/** Counts items by their text, a promise for each batch; stops the run after a number of batches. */
class SlowCounter extends DynamicSink<string> {
  readonly counts = new Map<string, number>()
  readonly stop = new AbortController()
  readonly #batches: number

  constructor(batches: number) {
    super()
    this.#batches = batches
  }

  override build(): StatelessSinkPartition<string> {
    const { counts, stop } = this
    let left = this.#batches
    return new (class extends StatelessSinkPartition<string> {
      override async writeBatch(items: readonly string[]): Promise<void> {
        for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
        left -= 1
        if (left === 0) stop.abort()
      }
    })()
  }
}

function assertFair(counts: ReadonlyMap<string, number>, names: readonly string[]): void {
  const read = names.map((name) => counts.get(name) ?? 0)
  assert.ok(Math.min(...read) * 2 >= Math.max(...read), `from ${Math.min(...read)} to ${Math.max(...read)} items`)
}

test('fairness: more partitions than fit into a queue all get their turn', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `p${index}`)
  const sink = new SlowCounter(800)
  const flow = new Dataflow('flow')
  flow.input('in', new Endless(names)).output('out', sink)
  await run(flow, { signal: sink.stop.signal })
  assertFair(sink.counts, names)
})

test('fairness: streams that are merged before a slow sink all get their turn', async () => {
  const names = ['a', 'b', 'c']
  const sink = new SlowCounter(300)
  const flow = new Dataflow('flow')
  const [first, ...others] = names.map((name) => flow.input(name, new Endless([name])))
  first?.merge('merged', ...others).output('out', sink)
  await run(flow, { signal: sink.stop.signal })
  assertFair(sink.counts, names)
})

test('merge: keeps the order of its arguments over the ends of epochs', async () => {
  const out: string[] = []
  const flow = new Dataflow('flow')
  const inputs = ['a', 'b'].map((name) => flow.input(name, new TestingSource(Array.from({ length: 40 }, (_, n) => `${name}${n}`))))
  inputs[0]?.merge('merged', inputs[1] as (typeof inputs)[number]).output('out', new TestingSink(out))
  await run(flow, { epochIntervalMs: 0 })
  assert.deepEqual(out, Array.from({ length: 40 }, (_, n) => [`a${n}`, `b${n}`]).flat())
})

test('Channel: what was taken goes, even if it never runs empty', () => {
  const channel = new Channel()
  const inbox = new Inbox([channel])
  const push = (n: number): void => channel.push(makeBatch(undefined, [n]))
  push(-1)
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < 2_000_000; n++) {
    push(n)
    inbox.next()
  }
  assert.equal(channel.size, 1)
  assert.ok(process.memoryUsage().heapUsed - before < 30 * 2 ** 20)
})

test('abort: with several inputs and an epoch a round, the round commits and the run ends', async () => {
  const out: number[] = []
  const flow = new Dataflow('flow')
  const a = flow.input('a', new TestingSource([1, 2, TestingSource.ABORT(), 3]))
  const b = flow.input('b', new TestingSource([10, 20, 30, 40]))
  const c = flow.input('c', new TestingSource([100, 200, 300, 400]))
  a.merge('merged', b, c).output('out', new TestingSink(out))
  const recovery = new MemoryRecoveryStore()
  assert.equal((await run(flow, { recovery, epochIntervalMs: 0 })).outcome, 'aborted')
  assert.equal((await run(flow, { recovery, epochIntervalMs: 0 })).outcome, 'finished')
  assert.deepEqual(
    out.sort((x, y) => x - y),
    [1, 2, 3, 10, 20, 30, 40, 100, 200, 300, 400],
  )
})

test('isSynchronous: a partition that answers with a promise all the same is an error', async () => {
  class Liar extends StatefulSourcePartition<number, number> {
    override readonly isSynchronous = true
    override async nextBatch(): Promise<Batch<number>> {
      return [1]
    }
    override snapshot(): number {
      return 1
    }
  }
  class Lying extends FixedPartitionedSource<number, number> {
    override listParts(): string[] {
      return ['liar']
    }
    override buildPart(): Liar {
      return new Liar()
    }
  }
  const flow = new Dataflow('flow')
  flow.input('in', new Lying()).output('out', new TestingSink<number>([]))
  await assert.rejects(run(flow), { code: 'WRONG_RETURN', stepId: 'flow.in', partKey: 'liar' })
})

test('positions: one that moves without an item is stored, too', async () => {
  const positions: (number | undefined)[] = []
  class Skipping extends FixedPartitionedSource<number, number> {
    override listParts(): string[] {
      return ['part']
    }
    override buildPart(_name: string, resumeState: number | undefined): StatefulSourcePartition<number, number> {
      positions.push(resumeState)
      let at = resumeState ?? 0
      return new (class extends StatefulSourcePartition<number, number> {
        override nextBatch(): Batch<number> {
          if (at === 5 && positions.length === 1) throw new AbortExecution()
          at += 1
          return at > 8 ? EOF : []
        }
        override snapshot(): number {
          return at
        }
      })()
    }
  }
  const flow = new Dataflow('flow')
  flow.input('in', new Skipping()).output('out', new TestingSink<number>([]))
  const recovery = new MemoryRecoveryStore()
  await run(flow, { recovery, epochIntervalMs: 0 })
  await run(flow, { recovery, epochIntervalMs: 0 })
  assert.deepEqual(positions, [undefined, 5])
})

const never = new Promise<never>(() => {})

class HangingSource extends DynamicSource<number> {
  override build(): Promise<StatelessSourcePartition<number>> {
    return never
  }
}

class HangingSink extends DynamicSink<number> {
  override build(): StatelessSinkPartition<number> {
    return new (class extends StatelessSinkPartition<number> {
      override writeBatch(): void {}
      override close(): Promise<void> {
        return never
      }
    })()
  }
}

for (const [where, source, sink] of [
  ['build of a source', new HangingSource(), new TestingSink<number>([])],
  ['close of a sink', new TestingSource([1]), new HangingSink()],
] as const) {
  test(`stop: a ${where} that does not answer is waited for as long as \`stopTimeoutMs\``, async () => {
    const clock = new TestClock({ autoAdvance: true })
    const flow = new Dataflow('flow')
    flow.input('in', source).output('out', sink)
    const stop = new AbortController()
    clock.setTimer(1_000, () => stop.abort())
    await assert.rejects(run(flow, { host: clock, signal: stop.signal, stopTimeoutMs: 500 }), { code: 'TIMEOUT' })
    assert.equal(clock.now(), 1_500)
  })
}

test('a slow sink gets what waits for it in few batches, in order, none across a barrier', async () => {
  const batches: number[][] = []
  class Slow extends DynamicSink<number> {
    override build(): StatelessSinkPartition<number> {
      return new (class extends StatelessSinkPartition<number> {
        override async writeBatch(items: readonly number[]): Promise<void> {
          batches.push([...items])
          await new Promise((resolve) => setImmediate(resolve))
        }
      })()
    }
  }
  const items = Array.from({ length: 20_000 }, (_, index) => index)
  const flow = new Dataflow('flow')
  flow.input('in', new TestingSource(items)).output('out', new Slow())
  await run(flow)
  assert.deepEqual(batches.flat(), items)
  assert.ok(batches.length < 200, `${batches.length} batches`)
})

test('mapAsync: what waits for it stays few, so that an epoch does not wait for long', async () => {
  const clock = new TestClock({ autoAdvance: true })
  const stop = new AbortController()
  const flow = new Dataflow('flow')
  flow
    .input('in', new TestingSource(Array.from({ length: 100_000 }, (_, index) => index)))
    .mapAsync('slow', (item) => new Promise<number>((resolve) => clock.setTimer(50, () => resolve(item))), { maxInFlight: 16 })
    .output('out', new TestingSink<number>([]))
  clock.setTimer(1_000, () => stop.abort())
  const { outcome } = await run(flow, { host: clock, signal: stop.signal, stopTimeoutMs: 20_000 })
  assert.equal(outcome, 'stopped')
  assert.ok(clock.now() < 1_300, `stopped after ${clock.now()} ms`)
})

test('abort: what a step is still expanding is handled before the round commits', async () => {
  const out: number[] = []
  const flow = new Dataflow('flow')
  const wide = flow.input('wide', new TestingSource([1])).flatMap('expand', () => Array.from({ length: 100_000 }, (_, index) => index).values())
  const aborting = flow.input('aborting', new TestingSource<number>([TestingSource.ABORT()]))
  wide.merge('merged', aborting).output('out', new TestingSink(out))
  const recovery = new MemoryRecoveryStore()
  assert.equal((await run(flow, { recovery, epochIntervalMs: 0 })).outcome, 'aborted')
  assert.equal((await run(flow, { recovery, epochIntervalMs: 0 })).outcome, 'finished')
  assert.equal(out.length, 100_000)
})

test('complete: a run that finds nothing new leaves the store complete', async () => {
  const recovery = new MemoryRecoveryStore()
  const outcomes: boolean[] = []
  for (let execution = 0; execution < 5; execution++) {
    const flow = new Dataflow('flow')
    const once = flow.input('once', new TestingSource([1, 2]))
    once.merge('merged', flow.input('again', new TestingSource<number>([]))).output('out', new TestingSink<number>([]))
    outcomes.push((await run(flow, { recovery, epochIntervalMs: 0 })).wasComplete)
  }
  assert.deepEqual(outcomes, [false, true, true, true, true])
})

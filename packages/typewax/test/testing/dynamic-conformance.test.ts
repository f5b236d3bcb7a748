/** Owns the tests of the suites for dynamic sources and sinks: right ones pass, each kind of broken one fails on the case made for it. */

import { ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { Batch, PartitionContext } from '../../src/index.ts'
import { DynamicSource, EOF, StatelessSourcePartition } from '../../src/inputs/index.ts'
import { DynamicSink, StatelessSinkPartition } from '../../src/outputs/index.ts'
import { dynamicSinkConformance, dynamicSourceConformance, TestingSink } from '../../src/testing/index.ts'
import { failing, testSuite } from './suites.ts'

interface Faults {
  readonly sharesPosition?: boolean
  readonly ignoresWorkers?: boolean
  readonly throwsAtEnd?: boolean
  readonly endsOnce?: boolean
  readonly hasSnapshot?: boolean
  readonly leaks?: boolean
  readonly leaksAfterClose?: boolean
}

class CountSource extends DynamicSource<string> {
  readonly faults: Faults
  readonly shared = { next: 0 }
  handles = 0

  constructor(faults: Faults) {
    super()
    this.faults = faults
  }

  override build(workerIndex: number, workerCount: number, context: PartitionContext): StatelessSourcePartition<string> {
    const [first, step] = this.faults.ignoresWorkers ? [0, 1] : [workerIndex, workerCount]
    return new CountPartition(this, first, step, context)
  }
}

class CountPartition extends StatelessSourcePartition<string> {
  declare snapshot?: () => number
  readonly #source: CountSource
  readonly #step: number
  readonly #place: { next: number }
  #hasEnded = false
  #isOpen = true

  constructor(source: CountSource, first: number, step: number, { signal }: PartitionContext) {
    super()
    const { faults } = source
    this.#source = source
    this.#step = step
    this.#place = faults.sharesPosition ? source.shared : { next: first }
    if (faults.hasSnapshot) this.snapshot = () => this.#place.next
    source.handles += 1
    signal.addEventListener('abort', () => {
      if (!faults.leaks) this.#release()
    })
  }

  override nextBatch(): Batch<string> {
    const { faults } = this.#source
    if (this.#place.next >= 9) {
      if (faults.throwsAtEnd) throw new Error('no more')
      if (faults.endsOnce && this.#hasEnded) return ['more']
      this.#hasEnded = true
      return EOF
    }
    const item = `item ${this.#place.next}`
    this.#place.next += this.#step
    return [item]
  }

  override close(): void {
    if (!this.#source.faults.leaksAfterClose) this.#release()
  }

  #release(): void {
    if (this.#isOpen) this.#source.handles -= 1
    this.#isOpen = false
  }
}

function sourceSuite(faults: Faults, isEndless = false) {
  return dynamicSourceConformance({
    isEndless,
    make: () => {
      const source = new CountSource(faults)
      const all = Array.from({ length: 9 }, (_, index) => `item ${index}`)
      return {
        source,
        expected: (workerIndex: number, workerCount: number) => all.filter((_, index) => index % workerCount === workerIndex),
        countHandles: () => source.handles,
      }
    },
  })
}

testSuite('a right dynamic source', sourceSuite({}))
testSuite('a right dynamic source read as an endless one', sourceSuite({}, true))

const SOURCE_MUTANTS: readonly (readonly [what: string, faults: Faults, failsOn: string])[] = [
  ['shares a position between workers', { sharesPosition: true }, 'build: gives each of three'],
  ['gives every worker everything', { ignoresWorkers: true }, 'build: gives each of three'],
  ['has a snapshot', { hasSnapshot: true }, 'build: gives partitions without'],
  ['throws at the end', { throwsAtEnd: true }, 'build: gives a single'],
  ['ends only once', { endsOnce: true }, 'nextBatch: '],
  ['releases nothing at the signal', { leaks: true }, 'signal: '],
  ['releases nothing at close', { leaksAfterClose: true }, 'close: '],
]

for (const [what, faults, failsOn] of SOURCE_MUTANTS) {
  test(`dynamicSourceConformance: fails on "${failsOn}…" for a source that ${what}`, async () => {
    const failed = await failing(sourceSuite(faults))
    ok(
      failed.some((name) => name.startsWith(failsOn)),
      `failed: ${failed.join(' | ') || 'nothing'}`,
    )
  })
}

interface SinkFaults {
  readonly reverses?: boolean
  readonly oneBuffer?: boolean
  readonly flushesNothing?: boolean
  readonly flushesAtClose?: boolean
  readonly hasSnapshot?: boolean
  readonly leaks?: boolean
  readonly breaksAtSignal?: boolean
  readonly clearsAtClose?: boolean
}

class BufferSink extends DynamicSink<string> {
  readonly faults: SinkFaults
  readonly output: string[] = []
  handles = 0
  isBroken = false

  constructor(faults: SinkFaults) {
    super()
    this.faults = faults
  }

  override build(_workerIndex: number, _workerCount: number, { signal }: PartitionContext): StatelessSinkPartition<string> {
    this.handles += 1
    signal.addEventListener('abort', () => {
      if (!this.faults.leaks) this.handles -= 1
      this.isBroken ||= this.faults.breaksAtSignal ?? false
    })
    return new BufferPartition(this)
  }
}

class BufferPartition extends StatelessSinkPartition<string> {
  declare snapshot?: () => number
  readonly #sink: BufferSink
  #buffer: string[] = []

  constructor(sink: BufferSink) {
    super()
    this.#sink = sink
    if (sink.faults.hasSnapshot) this.snapshot = () => this.#buffer.length
  }

  override async writeBatch(items: readonly string[]): Promise<void> {
    const { faults, isBroken } = this.#sink
    if (isBroken) throw new Error('the shared client is gone')
    if (items.includes('')) throw Object.assign(new Error('empty'), { code: 'EMPTY' })
    if (faults.oneBuffer) this.#buffer = []
    this.#buffer.push(...(faults.reverses ? [...items].reverse() : items))
  }

  override async flush(): Promise<void> {
    const { faults, output } = this.#sink
    if (faults.flushesNothing || faults.flushesAtClose) return
    output.push(...this.#buffer)
    this.#buffer = []
  }

  override close(): void {
    const { faults, output } = this.#sink
    if (faults.flushesAtClose) output.push(...this.#buffer)
    if (faults.clearsAtClose) output.length = 0
  }
}

function sinkSuite(faults: SinkFaults) {
  return dynamicSinkConformance({
    make: () => {
      const sink = new BufferSink(faults)
      return { sink, items: ['c', 'a', 'b', 'é', '東', '😀', 'd'], read: () => [...sink.output], countHandles: () => sink.handles }
    },
    refuses: [{ name: 'an empty item', value: '', code: 'EMPTY' }],
  })
}

testSuite('a right dynamic sink', sinkSuite({}))
testSuite(
  'TestingSink',
  dynamicSinkConformance({
    make: () => {
      const array: unknown[] = []
      return { sink: new TestingSink(array), items: ['c', null, 7, { deep: [1] }, 'b', 'a'], read: () => array }
    },
  }),
)

const SINK_MUTANTS: readonly (readonly [what: string, faults: SinkFaults, failsOn: string])[] = [
  ['reverses a batch', { reverses: true }, 'writeBatch: writes items in order'],
  ['forgets a batch when the next one comes', { oneBuffer: true }, 'writeBatch: keeps the order'],
  ['flushes nothing', { flushesNothing: true }, 'flush: '],
  ['flushes at close only', { flushesAtClose: true }, 'flush: '],
  ['has a snapshot', { hasSnapshot: true }, 'build: '],
  ['releases nothing', { leaks: true }, 'signal: '],
  ['ends what all executions share at the signal', { breaksAtSignal: true }, 'signal: '],
  ['clears the output at close', { clearsAtClose: true }, 'close: '],
]

for (const [what, faults, failsOn] of SINK_MUTANTS) {
  test(`dynamicSinkConformance: fails on "${failsOn}…" for a sink that ${what}`, async () => {
    const failed = await failing(sinkSuite(faults))
    ok(
      failed.some((name) => name.startsWith(failsOn)),
      `failed: ${failed.join(' | ') || 'nothing'}`,
    )
  })
}

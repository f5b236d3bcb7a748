import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Moment, Retry, SimplePollingSource } from '../../src/inputs/polling.ts'
import { AbortExecution, type EndOfInput, EOF, type StatefulSourcePartition } from '../../src/inputs/source.ts'

/** Counts up; what it does instead can be said for each poll. */
class Counter extends SimplePollingSource<number, number> {
  count = 0
  readonly script: (Error | EndOfInput | undefined | 'item')[] = []

  override nextItem(): number | EndOfInput | undefined {
    const act = this.script.length === 0 ? 'item' : this.script.shift()
    if (act instanceof Error) throw act
    return act === 'item' ? ++this.count : act
  }

  override snapshot(): number {
    return this.count
  }

  override resume(state: number): void {
    this.count = state
  }
}

class Plain extends SimplePollingSource<string> {
  override async nextItem(): Promise<string> {
    return 'item'
  }
}

async function build<X, S>(source: SimplePollingSource<X, S>, state?: S): Promise<StatefulSourcePartition<X, S | undefined>> {
  assert.deepEqual(source.listParts(), ['singleton'])
  return source.buildPart('singleton', state)
}

function firstAwake(nowMs: number, alignTo?: Moment): Promise<number | undefined> {
  return build(new Counter(100, alignTo, { now: () => nowMs })).then((partition) => partition.nextAwake())
}

test('SimplePollingSource: polls at once, or at the next multiple of the interval since alignTo', async () => {
  assert.equal(await firstAwake(1_230), 1_230)
  assert.equal(await firstAwake(1_230, 1_000), 1_300)
  assert.equal(await firstAwake(1_200, 1_000), 1_200)
  assert.equal(await firstAwake(1_230, 1_950), 1_250)
  assert.equal(await firstAwake(1_230, new Date(1_010)), 1_310)
  assert.equal(await firstAwake(1_230, { epochMilliseconds: 1_020 }), 1_320)
})

test('SimplePollingSource: keeps its cadence, whatever the clock says', async () => {
  const partition = await build(new Counter(100, undefined, { now: () => 0 }))
  const seen: unknown[] = []
  for (let poll = 0; poll < 3; poll++) seen.push(partition.nextAwake(), await partition.nextBatch())
  assert.deepEqual(seen, [0, [1], 100, [2], 200, [3]])
})

test('SimplePollingSource: no item is an empty batch, a Retry moves the next poll, EOF ends', async () => {
  const source = new Counter(100, undefined, { now: () => 0 })
  source.script.push(undefined, new Retry(7), 'item', EOF)
  const partition = await build(source)
  assert.deepEqual([await partition.nextBatch(), partition.nextAwake()], [[], 100])
  assert.deepEqual([await partition.nextBatch(), partition.nextAwake()], [[], 107])
  assert.deepEqual([await partition.nextBatch(), partition.nextAwake()], [[1], 207])
  assert.equal(await partition.nextBatch(), EOF)
})

test('SimplePollingSource: other errors go on to the engine', async () => {
  const source = new Counter(100)
  source.script.push(new Error('boom'), new AbortExecution())
  const partition = await build(source)
  await assert.rejects(async () => partition.nextBatch(), /boom/)
  await assert.rejects(async () => partition.nextBatch(), AbortExecution)
})

test('SimplePollingSource: resumes at its snapshot, also 0', async () => {
  const partition = await build(new Counter(100), 41)
  assert.deepEqual(await partition.nextBatch(), [42])
  assert.equal(partition.snapshot(), 42)
  const fromZero = new Counter(100)
  fromZero.count = 9
  assert.deepEqual(await (await build(fromZero, 0)).nextBatch(), [1])
})

test('SimplePollingSource: state on the source survives from one execution to the next', async () => {
  const source = new Counter(100)
  await (await build(source)).nextBatch()
  assert.deepEqual(await (await build(source)).nextBatch(), [2])
})

test('SimplePollingSource: replays only if it has a position', async () => {
  const plain = new Plain(100)
  assert.equal(plain.replay, 'none')
  assert.equal(new Counter(100).replay, 'exact')
  const partition = await plain.buildPart('singleton', undefined)
  assert.deepEqual(await partition.nextBatch(), ['item'])
  assert.equal(partition.snapshot(), undefined)
})

test('SimplePollingSource: arguments are checked at construction', () => {
  for (const intervalMs of [0, -1, Number.NaN]) assert.throws(() => new Counter(intervalMs), { code: 'INVALID_ARGUMENT' })
  assert.throws(() => new Counter(1, new Date(Number.NaN)), { code: 'INVALID_ARGUMENT' })
})

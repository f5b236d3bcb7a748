/** Owns how a cluster comes to its end: by itself, by a signal, by an abort, by a failure of one member while the others wait. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dataflow, type RunProgress, type RunReport, TypewaxError } from '../../../src/index.ts'
import { EOF, FixedPartitionedSource, type StatefulSourcePartition } from '../../../src/inputs/source.ts'
import { MemoryRecoveryStore } from '../../../src/recovery/index.ts'
import { runWorkers } from '../../../src/testing/run-workers.ts'
import { LogDynamicSink } from '../../contract/log-sinks.ts'
import { Abort, Partitions, type Script, SleepUntil } from '../partitions.ts'

interface Hooks {
  readonly listParts?: () => string[]
  readonly buildPart?: (part: string) => Promise<void>
}

/** Partitions with three numbers each, and hooks for what goes before. */
class HookedSource extends FixedPartitionedSource<number, number> {
  readonly #parts: readonly string[]
  readonly #hooks: Hooks

  constructor(parts: readonly string[], hooks: Hooks) {
    super()
    this.#parts = parts
    this.#hooks = hooks
  }

  override listParts(): string[] {
    return this.#hooks.listParts?.() ?? [...this.#parts]
  }

  override async buildPart(part: string, resumeState = 0): Promise<StatefulSourcePartition<number, number>> {
    await this.#hooks.buildPart?.(part)
    let position = resumeState
    return {
      nextBatch: () => (position < 3 ? [position++] : EOF),
      snapshot: () => position,
      close: () => {},
    } as StatefulSourcePartition<number, number>
  }
}

function flowOf(source: FixedPartitionedSource<number, number>, log: string[] = []): { flow: Dataflow; sink: LogDynamicSink } {
  const flow = new Dataflow('flow')
  const sink = new LogDynamicSink({ log })
  flow
    .input('in', source)
    .keyOn('key', (item) => `${item}`)
    .statefulMap('count', (count: number | undefined, item: number) => [(count ?? 0) + 1, item])
    .map('text', ([key, item]) => `${key} ${item}`)
    .output('out', sink)
  return { flow, sink }
}

function partitions(...scripts: Script<number>[]): Partitions<number> {
  return new Partitions(Object.fromEntries(scripts.map((script, part) => [`p${part}`, script])))
}

async function codeOf(running: Promise<RunReport>): Promise<string> {
  const error: unknown = await running.then(
    () => assert.fail('must fail'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof TypewaxError, String(error))
  return `${error.code} ${error.stepId} ${error.workerIndex}`
}

test('cluster: the failure of one member ends the run while the others wait for its list', async () => {
  let calls = 0
  const listParts = (): string[] => {
    if (++calls === 2) throw new Error('no directory')
    return ['a']
  }
  assert.equal(await codeOf(runWorkers(flowOf(new HookedSource(['a'], { listParts })).flow, { workers: 3 })), 'SOURCE_FAILED flow.in 1')
})

test('cluster: the failure of one member ends the run though another never answers', async () => {
  const buildPart = (part: string): Promise<void> => (part === 'a' ? new Promise(() => {}) : Promise.reject(new Error('no file')))
  assert.equal(await codeOf(runWorkers(flowOf(new HookedSource(['a', 'b'], { buildPart })).flow, { workers: 2 })), 'SOURCE_FAILED flow.in 1')
})

test('cluster: all input ended is finished, and closes the sinks of every worker once', async () => {
  const log: string[] = []
  const { flow, sink } = flowOf(partitions([[1], [2]], [[3]]), log)
  const report = await runWorkers(flow, { workers: 3 })
  assert.equal(report.outcome, 'finished')
  assert.deepEqual(sink.output.toSorted(), ['1 1', '2 2', '3 3'])
  assert.equal(log.filter((call) => call === 'close').length, 3)
  assert.equal(log.filter((call) => call === 'signal').length, 3)
  assert.deepEqual(
    report.steps.map(({ itemsIn }) => itemsIn),
    [3, 3, 3, 3, 3],
  )
})

test('cluster: a signal stops it with what was polled committed, and does not close sinks', async () => {
  for (let seed = 0; seed < 30; seed++) {
    const controller = new AbortController()
    const log: string[] = []
    const source = new Partitions<number>(
      { a: Array.from({ length: 50 }, (_, index) => [index]), b: [[100]] },
      { onPoll: (_part, position) => (position === seed ? controller.abort() : undefined) },
    )
    const { flow, sink } = flowOf(source, log)
    const recovery = new MemoryRecoveryStore()
    const first = await runWorkers(flow, { workers: 2, seed, recovery, signal: controller.signal })
    assert.equal(first.outcome, 'stopped', `seed ${seed}`)
    assert.equal(log.includes('close'), false)
    const second = await runWorkers(flow, { workers: 3, seed, recovery })
    assert.equal(second.outcome, 'finished')
    assert.equal(new Set(sink.output).size, 51)
    assert.equal(sink.output.length, 51, `seed ${seed}: what was committed is not replayed`)
  }
})

test('cluster: a signal that comes as input ends gives one outcome, and sinks are closed if it is finished', async () => {
  const outcomes = new Set<string>()
  for (let seed = 0; seed < 60; seed++) {
    const controller = new AbortController()
    const log: string[] = []
    const onPoll = (_part: string, position: number): void => {
      if (position >= 1 + (seed % 3)) controller.abort()
    }
    const { flow } = flowOf(new Partitions<number>({ a: [[1], [2]], b: [[3]] }, { onPoll }), log)
    const recovery = new MemoryRecoveryStore()
    const { outcome } = await runWorkers(flow, { workers: 2, seed, recovery, signal: controller.signal })
    outcomes.add(outcome)
    assert.equal(log.filter((call) => call === 'close').length, outcome === 'finished' ? 2 : 0, `seed ${seed}`)
    const session = await recovery.open({ flowId: 'flow', backupIntervalMs: 0 })
    assert.equal(session.resumePoint.isComplete, outcome === 'finished', `seed ${seed}`)
    await session.close()
  }
  assert.deepEqual([...outcomes].sort(), ['finished', 'stopped'])
})

test('cluster: a source that aborts takes all members with it, also while the run is being stopped', async () => {
  for (const epochIntervalMs of [0, 10, 1e9]) {
    for (let seed = 0; seed < 20; seed++) {
      const controller = new AbortController()
      const onPoll = (): void => {
        if (seed % 2 === 1) controller.abort()
      }
      const source = new Partitions<number>({ a: [[1], [2], new Abort(), [3]], b: [[4], [5], [6]] }, { onPoll })
      const recovery = new MemoryRecoveryStore()
      const { outcome } = await runWorkers(flowOf(source).flow, { workers: 2, seed, epochIntervalMs, recovery, signal: controller.signal })
      assert.ok(outcome === 'aborted' || (seed % 2 === 1 && outcome === 'stopped'), `seed ${seed}: ${outcome}`)
    }
  }
})

test('cluster: epochs end by time, and not while nothing happens', async () => {
  const { flow } = flowOf(partitions([[1], new SleepUntil(60_000), [2]], []))
  const { epochs } = await runWorkers(flow, { workers: 2, epochIntervalMs: 1_000, recovery: new MemoryRecoveryStore() })
  assert.ok(epochs >= 2 && epochs <= 4, `${epochs} epochs`)
})

test('cluster: progress tells of all members, and what it throws ends the run', async () => {
  const progress: RunProgress[] = []
  const script: Script<number> = [[1, 2], new SleepUntil(5_000), [3]]
  await runWorkers(flowOf(partitions(script, script)).flow, { workers: 2, onProgress: (each) => void progress.push(each) })
  assert.equal(progress.find(({ steps }) => steps[0]?.itemsIn === 4)?.isEnd, false)
  assert.deepEqual([progress.at(-1)?.isEnd, progress.at(-1)?.steps[0]?.itemsIn], [true, 6])
  const onProgress = ({ isEnd }: RunProgress): void => {
    if (isEnd) throw new Error('no terminal')
  }
  assert.equal(await codeOf(runWorkers(flowOf(partitions([[1]])).flow, { workers: 2, onProgress })), 'USER_FUNCTION_FAILED undefined undefined')
})

test('cluster: what can not travel is an error that names the step, the key and the value', async () => {
  const flow = new Dataflow('flow')
  flow
    .input('in', partitions([[1, 2, 3, 4, 5, 6, 7, 8]]))
    .map('to_class', (item): [string, { item: number; at: URL }] => [`k${item}`, { item, at: new URL('http://example.com') }])
    .keyed('keyed')
    .statefulMap('last', (_last: number | undefined, value: { item: number; at: URL }) => [value.item, value])
    .output('out', new LogDynamicSink() as never)
  await assert.rejects(runWorkers(flow, { workers: 2 }), (error: TypewaxError) => {
    assert.equal(error.code, 'UNSENDABLE_ITEM')
    assert.equal(error.stepId, 'flow.last')
    assert.match(error.message, /for key "k\d".*"flow\.last".*item\.at is an instance of URL/)
    return true
  })
})

/** Owns what real threads add to what the simulation proves: loading, errors on their way, sudden ends, rescaling over the real store. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Dataflow, type RunOptions, type RunReport, run, TypewaxError } from '../../src/index.ts'
import { SqliteRecoveryStore } from '../../src/recovery/index.ts'
import { TestClock } from '../../src/testing/test-clock.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'
import type { Oddity } from './fixtures/flow.ts'
import { countsIn, directoryFor, dueCounts, FLOW, start } from './places.ts'

function runOdd(directory: string, oddity: Oddity, options: RunOptions = {}): Promise<RunReport> {
  return run(FLOW, { workers: 2, args: [directory, oddity], ...options })
}

async function failureOf(running: Promise<unknown>): Promise<TypewaxError> {
  const error: unknown = await running.then(
    () => assert.fail('must fail'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof TypewaxError, String(error))
  return error
}

/** Runs the flow until it dies, and again. */
async function diesOnce(context: TestContext, oddity: Oddity): Promise<TypewaxError> {
  const directory = directoryFor(context)
  const recovery = join(directory, 'state')
  const error = await failureOf(runOdd(directory, oddity, { recovery, epochIntervalMs: 1 }))
  const { outcome, execution } = await runOdd(directory, oddity, { recovery })
  assert.deepEqual([outcome, execution], ['finished', 1])
  assert.deepEqual(countsIn(directory), dueCounts())
  return error
}

for (const workers of [1, 2, 3, 5]) {
  test(`threads: ${workers} workers count as one does`, async (t) => {
    const directory = directoryFor(t)
    const { outcome, steps } = await runOdd(directory, 'none', { workers })
    assert.equal(outcome, 'finished')
    assert.equal(steps.at(-1)?.itemsIn, 1_080)
    assert.deepEqual(countsIn(directory), dueCounts())
  })
}

test('threads: an error keeps class, code, step, worker and cause', async (t) => {
  const error = await failureOf(runOdd(directoryFor(t), 'throw'))
  assert.equal(error.code, 'USER_FUNCTION_FAILED')
  assert.equal(error.domain, 'user')
  assert.equal(error.stepId, 'words.odd')
  assert.equal(error.workerIndex, 1)
  const cause = error.cause as Error & { code: string }
  assert.deepEqual([cause.name, cause.message, cause.code], ['CatError', 'a fox', 'E_CAT'])
  assert.match(cause.stack ?? '', /fixtures\/flow\.ts/)
  assert.equal((cause.cause as Error).message, 'too quick')
})

test('threads: process.exit in one of them is WORKER_DIED, and the next run resumes', async (t) => {
  const error = await diesOnce(t, 'exit')
  assert.deepEqual([error.code, error.workerIndex], ['WORKER_DIED', 1])
  assert.match(error.message, /worker 1 .*code 3/)
})

test('threads: an exception out of a timer is WORKER_DIED with its cause, and the next run resumes', async (t) => {
  const error = await diesOnce(t, 'timer')
  assert.deepEqual([error.code, error.workerIndex], ['WORKER_DIED', 1])
  assert.match((error.cause as Error).message, /out of a timer/)
})

test('threads: one without memory is WORKER_DIED, and the next run resumes', async (t) => {
  const directory = directoryFor(t)
  const child = start('program.ts', ['2', directory, 'memory'], ['--max-old-space-size=60'])
  const [out, [code]] = await Promise.all([text(child.stdout!), once(child, 'close')])
  assert.equal(code, 1, out)
  const end = JSON.parse(out.trim().split('\n').at(-1)!) as { code: string; workerIndex: number; message: string }
  assert.deepEqual([end.code, end.workerIndex], ['WORKER_DIED', 1])
  assert.match(end.message, /memory/)
  await runOdd(directory, 'memory', { recovery: join(directory, 'state') })
  assert.deepEqual(countsIn(directory), dueCounts())
})

test('threads: one that cannot load the flow says why', async (t) => {
  await assert.rejects(runOdd(directoryFor(t), 'load'), { name: 'CatError', message: 'no flow for threads' })
})

test('threads: one that exits while it loads the flow is WORKER_DIED', async (t) => {
  const error = await failureOf(runOdd(directoryFor(t), 'exit-early'))
  assert.deepEqual([error.code, error.workerIndex], ['WORKER_DIED', 1])
})

test('threads: what keeps one alive does not keep the run', async (t) => {
  const { outcome } = await runOdd(directoryFor(t), 'keep')
  assert.equal(outcome, 'finished')
})

test('threads: one that never comes back is cut off when the run is stopped, and the next run resumes', async (t) => {
  const directory = directoryFor(t)
  const recovery = join(directory, 'state')
  const stop = new AbortController()
  const onProgress = (): void => {
    if (existsSync(join(directory, 'happened'))) stop.abort()
  }
  const options = { recovery, signal: stop.signal, stopTimeoutMs: 20, progressIntervalMs: 5, onProgress }
  assert.equal((await failureOf(runOdd(directory, 'stuck', options))).code, 'TIMEOUT')
  await free(recovery)
  await runOdd(directory, 'none', { recovery })
  assert.deepEqual(countsIn(directory), dueCounts())
})

/** Waits until what was cut off has let go of its store. */
async function free(recovery: string): Promise<void> {
  for (;;) {
    try {
      await (await new SqliteRecoveryStore(recovery).open({ flowId: 'words', backupIntervalMs: 0 })).close()
      return
    } catch (error) {
      assert.equal((error as TypewaxError).code, 'STORE_IN_USE')
      await setImmediate()
    }
  }
}

test('threads: another flow in one of them is WORKERS_DIFFER', async (t) => {
  const error = await failureOf(runOdd(directoryFor(t), 'differ'))
  assert.deepEqual([error.code, error.workerIndex], ['WORKERS_DIFFER', 1])
  assert.match(error.message, /words\.other.*words\.text/)
})

for (const [oddity, got] of [
  ['instance', /item\.get\("?\w+"?\) is an instance of URL|is an instance of URL/],
  ['function', /item\.list\[1\] is a function/],
] as const) {
  test(`threads: ${oddity === 'instance' ? 'an instance of a class' : 'a function'} is UNSENDABLE_ITEM with step, key and place`, async (t) => {
    const error = await failureOf(runOdd(directoryFor(t), oddity))
    assert.equal(error.code, 'UNSENDABLE_ITEM')
    assert.equal(error.stepId, 'words.count')
    assert.match(error.message, /for key "\w+"/)
    assert.match(error.message, got)
  })
}

test('threads: 2, then 1, then 3 of them go on over one store', async (t) => {
  const directory = directoryFor(t)
  const recovery = join(directory, 'state')
  for (const workers of [2, 1]) {
    const stop = new AbortController()
    const onProgress = ({ steps }: { steps: readonly { itemsOut: number }[] }): void => {
      if ((steps[0]?.itemsOut ?? 0) > 0) stop.abort()
    }
    const options = { workers, recovery, epochIntervalMs: 0, progressIntervalMs: 1, signal: stop.signal, onProgress }
    assert.equal((await runOdd(directory, 'endless', options)).outcome, 'stopped')
  }
  const { outcome, execution } = await runOdd(directory, 'none', { workers: 3, recovery })
  assert.deepEqual([outcome, execution], ['finished', 2])
  assert.deepEqual(countsIn(directory), dueCounts())
})

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`threads: after ${signal} of the process the next run resumes, with another number of them`, async (t) => {
    const directory = directoryFor(t)
    const child = start('program.ts', ['3', directory, 'endless'])
    let out = ''
    child.stdout!.on('data', (data) => {
      out += data
      if (!child.killed && /committed [1-9]/.test(out)) child.kill(signal)
    })
    const [code] = (await once(child, 'close')) as [number | null]
    assert.equal(code, signal === 'SIGTERM' ? 0 : null, out)
    if (signal === 'SIGTERM') assert.match(out, /end stopped/)
    const { outcome } = await runOdd(directory, 'none', { recovery: join(directory, 'state') })
    assert.equal(outcome, 'finished')
    assert.deepEqual(countsIn(directory), dueCounts())
  })
}

test('threads: a flow that is given inline is refused, with what to do', async () => {
  const flow = new Dataflow('inline')
  flow.input('in', new TestingSource([1])).inspect('look')
  const error = await failureOf(run(flow, { workers: 2 }))
  assert.equal(error.code, 'INVALID_ARGUMENT')
  assert.match(error.message, /file that exports the flow.*new URL/)
})

test('threads: a clock of a test is refused, with what to do', async (t) => {
  const error = await failureOf(runOdd(directoryFor(t), 'none', { host: new TestClock() }))
  assert.equal(error.code, 'INVALID_ARGUMENT')
  assert.match(error.message, /runWorkers/)
})

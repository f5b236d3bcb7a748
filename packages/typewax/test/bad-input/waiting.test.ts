/** Proves that what waits ends: calls that take too long, stops that do not come about, and functions that watch and throw. */

import type { AsyncContext, RunOptions, Stream } from '../../src/index.ts'
import { TestClock } from '../../src/testing/test-clock.ts'
import { turns } from '../runtime/flows.ts'
import { type BadInput, type Bench, BOOM, testAll } from './bench.ts'
import { recovering, runFlow, sink, source } from './parts.ts'

const boom = (): never => {
  throw BOOM
}
const never = async (): Promise<never> => await new Promise(() => {})

type Call = (up: Stream<unknown>) => Stream<unknown>

/** A case with a call of a mapper, on a clock that jumps. */
function call(title: string, apply: Call, expected: Partial<BadInput>): BadInput {
  const act = async (bench: Bench): Promise<unknown> => {
    return await runFlow(bench, { steps: apply as never }, recovering({ host: new TestClock({ autoAdvance: true }) }))
  }
  return {
    title,
    act,
    code: 'USER_FUNCTION_FAILED',
    message: '`mapper` of mapAsync "flow.s" threw: boom',
    stepId: 'flow.s',
    cause: BOOM,
    ...expected,
  }
}

const retry = { maxAttempts: 3, backoffMs: 10 }
const TIMEOUT = /^`mapper` of mapAsync "flow\.s": no answer within 50 ms \(try 1\); raise `timeoutMs` or add `retry`$/

const mapAsync =
  (mapper: (item: unknown, context: AsyncContext) => Promise<unknown>, options = {}): Call =>
  (up) =>
    up.mapAsync('s', mapper, { timeoutMs: 50, ...options })

function withoutCause({ cause, ...rest }: BadInput): BadInput {
  return rest
}

testAll('bad call', [
  call(
    'rejects',
    mapAsync(() => Promise.reject(BOOM)),
    {},
  ),
  call(
    'rejects later',
    mapAsync(async () => {
      await null
      throw BOOM
    }),
    {},
  ),
  call('throws', mapAsync(boom), {}),
  call(
    'rejects, unordered',
    mapAsync(() => Promise.reject(BOOM), { ordered: false }),
    {},
  ),
  call(
    'rejects at every try',
    mapAsync(() => Promise.reject(BOOM), { retry }),
    {},
  ),
  call(
    'rejects, and isRetryable throws',
    mapAsync(() => Promise.reject(new Error('first')), { retry: { ...retry, isRetryable: boom } }),
    {},
  ),
  withoutCause(call('never answers', mapAsync(never), { code: 'TIMEOUT', domain: 'external', message: TIMEOUT })),
  withoutCause(
    call('never answers, at every try', mapAsync(never, { retry }), {
      code: 'TIMEOUT',
      domain: 'external',
      message: /no answer within 50 ms \(try 3\)/,
    }),
  ),
  withoutCause(
    call(
      'rejects after its time',
      mapAsync(async (_, { signal }) => await new Promise((_resolve, reject) => signal.addEventListener('abort', () => setImmediate(reject, BOOM)))),
      {
        code: 'TIMEOUT',
        domain: 'external',
        message: TIMEOUT,
      },
    ),
  ),
  call('inspector throws', (up) => up.inspectDebug('s', boom), { message: '`inspector` of inspectDebug "flow.s" threw: boom' }),
])

/** A case that asks a run to stop, of which something never answers. */
function stop(title: string, methods: Readonly<Record<string, unknown>>, doesEnd: boolean): BadInput {
  const act = async (bench: Bench): Promise<unknown> => {
    const controller = new AbortController()
    const hangs = (): Promise<never> => {
      controller.abort()
      return never()
    }
    const named = Object.fromEntries(Object.keys(methods).map((name) => [name, hangs]))
    const options = recovering({ signal: controller.signal, stopTimeoutMs: 5 })
    return await runFlow(bench, { sink: sink(bench, named), doesEnd }, options)
  }
  return {
    title,
    act,
    code: 'TIMEOUT',
    domain: 'external',
    message:
      'the run did not stop within 5 ms: a partition or a call did not answer, so the epoch could not be finished; what was not committed is replayed by the next run',
  }
}

testAll('bad stop', [
  stop('a write that never ends', { writeBatch: true }, false),
  stop('a flush that never ends', { flush: true }, false),
  stop('a flush that never ends, after the end of all input', { flush: true }, true),
  {
    title: 'a close of a source that never ends',
    act: async (bench) => {
      const controller = new AbortController()
      const close = (): Promise<never> => {
        controller.abort()
        return never()
      }
      return await runFlow(bench, { source: source(bench, { close }) }, recovering({ signal: controller.signal, stopTimeoutMs: 5 }))
    },
    code: 'TIMEOUT',
    domain: 'external',
    message: /^the run did not stop within 5 ms/,
  },
])

const watching = (onProgress: () => void, options: RunOptions = {}): RunOptions => ({ onProgress, progressIntervalMs: 1, ...options })

testAll('bad watcher', [
  {
    title: 'onProgress throws while the flow runs',
    act: async (bench) => await runFlow(bench, {}, watching(boom)),
    code: 'USER_FUNCTION_FAILED',
    message: '`onProgress` threw: boom',
    cause: BOOM,
  },
  {
    title: 'onProgress throws at the end',
    act: async (bench) => await runFlow(bench, { doesEnd: true }, watching(boom, { progressIntervalMs: 60_000 })),
    code: 'USER_FUNCTION_FAILED',
    message: '`onProgress` threw: boom',
    cause: BOOM,
  },
  {
    title: 'onProgress throws at the end of a run that has failed: the first error stays',
    act: async (bench) =>
      await runFlow(
        bench,
        { source: source(bench, { nextBatch: boom }) },
        watching(() => {
          throw new Error('second')
        }),
      ),
    code: 'SOURCE_FAILED',
    domain: 'external',
    message: '`nextBatch` of input "flow.in" for partition "p" threw: boom',
    stepId: 'flow.in',
    partKey: 'p',
    cause: BOOM,
  },
  {
    title: 'progress of a source throws',
    act: async (bench) =>
      await runFlow(
        bench,
        { source: source(bench, { nextBatch: never, progress: boom }) },
        watching(() => {}),
      ),
    code: 'SOURCE_FAILED',
    domain: 'external',
    message: '`progress` of input "flow.in" for partition "p" threw: boom',
    stepId: 'flow.in',
    partKey: 'p',
    cause: BOOM,
  },
  {
    title: 'a close of a source that fails when all else has ended',
    act: async (bench) => {
      const close = async (): Promise<never> => {
        await turns(20)
        throw BOOM
      }
      return await runFlow(bench, { source: source(bench, { close }), doesEnd: true })
    },
    code: 'SOURCE_FAILED',
    domain: 'external',
    message: '`close` of input "flow.in" for partition "p" threw: boom',
    stepId: 'flow.in',
    partKey: 'p',
    cause: BOOM,
  },
])

/**
 * Owns how a case of bad input is run and judged: by the error that comes, field by field, by its message, and by what must hold at every failure:
 * the run rejects, every partition that was built is told the end by its signal, and no promise is left that rejects unseen.
 */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ErrorCode, type ErrorDomain, isTypewaxError, type TypewaxError } from '../../src/errors.ts'
import { turn } from '../../src/testing/test-clock.ts'

/** What a case has at hand. */
export interface Bench {
  readonly signals: AbortSignal[]
  /** Fires when the case is over: what should have failed, and goes on, is stopped. */
  readonly end: AbortSignal
  /** Remembers the signal of a partition that is built. */
  watch(context: { readonly signal: AbortSignal }): void
  /** A directory of its own. */
  dir(): string
  /** Does something when the case is over. */
  after(action: () => void): void
}

/** A case: what is done, and the error that must come of it. Fields that are absent must be absent in the error. */
export interface BadInput {
  readonly title: string
  readonly act: (bench: Bench) => unknown
  readonly code: ErrorCode
  /** The message as a whole, or a pattern. */
  readonly message: RegExp | string
  /** Default: `'user'`. */
  readonly domain?: ErrorDomain
  readonly stepId?: string
  readonly partKey?: string
  readonly key?: string
  /** The very object that must be the cause. */
  readonly cause?: unknown
  /** Why the case can't be run here. */
  readonly skip?: string | undefined
}

/** What user code throws in these tests. */
export const BOOM: Error = new Error('boom')

/** The longest message that is still read. The path of a temporary directory may come on top of it. */
const MAX_MESSAGE = 400
/** Names from the inside of the engine, and what JavaScript itself says of our mistakes. */
const INTERNAL =
  /Pump|InputNode|OutputNode|StatefulNode|KeyedState|SnapshotLog|PartitionLog|WorkerContext|is not a function|reading '|\[object |internal/

const unseen: unknown[] = []
process.on('unhandledRejection', (reason) => unseen.push(reason))

/** Runs each case as a test of its own. */
export function testAll(area: string, cases: readonly BadInput[]): void {
  for (const each of cases) {
    const skip = each.skip ?? false
    test(`${area}: ${each.title}`, { timeout: 20_000, skip }, async (context) => judge(each, await failureOf(each.act, context)))
  }
}

interface Failed {
  readonly error: TypewaxError
  readonly signals: readonly AbortSignal[]
}

async function failureOf(act: BadInput['act'], context: TestContext): Promise<Failed> {
  const bench = makeBench(context)
  unseen.length = 0
  const error = await outcomeOf(() => act(bench))
  for (let left = 5; left > 0; left--) await turn()
  assert.deepEqual(unseen, [], 'a promise was rejected and nobody saw it')
  return { error, signals: bench.signals }
}

async function outcomeOf(act: () => unknown): Promise<TypewaxError> {
  let result: unknown
  try {
    result = await act()
  } catch (error) {
    if (isTypewaxError(error)) return error
    throw new assert.AssertionError({ message: `no TypewaxError: ${(error as Error)?.stack ?? error}` })
  }
  throw new assert.AssertionError({ message: `nothing failed; got ${JSON.stringify(result)}` })
}

function judge(expected: BadInput, { error, signals }: Failed): void {
  const { code, domain, stepId, partKey, key, message } = error
  if (typeof expected.message === 'string') assert.equal(message, expected.message)
  else assert.match(message, expected.message)
  const { domain: expectedDomain = 'user', stepId: step, partKey: part, key: expectedKey } = expected
  assert.deepEqual(
    { code, domain, stepId, partKey, key },
    { code: expected.code, domain: expectedDomain, stepId: step, partKey: part, key: expectedKey },
  )
  if ('cause' in expected) assert.equal(error.cause, expected.cause)
  assert.ok(message.replaceAll(tmpdir(), '').length <= MAX_MESSAGE, `${message.length} characters: ${message}`)
  assert.doesNotMatch(message, INTERNAL)
  for (const [index, signal] of signals.entries()) assert.ok(signal.aborted, `partition ${index} of ${signals.length} was not told the end`)
}

function makeBench(context: TestContext): Bench {
  const signals: AbortSignal[] = []
  const controller = new AbortController()
  const actions: (() => void)[] = [() => controller.abort()]
  // The last thing made goes first: what is mounted on a directory before the directory.
  context.after(() => {
    for (const action of actions.reverse()) action()
  })
  return {
    signals,
    end: controller.signal,
    watch: ({ signal }) => void signals.push(signal),
    dir: () => {
      const dir = mkdtempSync(join(tmpdir(), 'typewax-'))
      actions.push(() => rmSync(dir, { recursive: true, force: true }))
      return dir
    },
    after: (action) => void actions.push(action),
  }
}

/** Owns `run`: checks the options, finds the flow and the store, and hands them to the runtime. */

import { type Dataflow, isDataflow } from './dataflow/dataflow.ts'
import { type Plan, toPlan } from './dataflow/plan.ts'
import { quote, TypewaxError } from './errors.ts'
import type { RecoveryStore } from './recovery/store.ts'
import { execute } from './runtime/execution.ts'
import { GROUP_COUNT } from './runtime/key-groups.ts'
import type { RunOptions, RunReport } from './runtime/options.ts'
import type { FlowPlace } from './worker-thread.ts'

/**
 * Runs a dataflow until all its input has ended, or until `options.signal` stops it. Any number of runs may go on in one program.
 *
 * @param flow A flow, or the file that exports one (`flow.ts`, `flow.ts:name`).
 * @returns What came of it. Rejects with a `TypewaxError` if the flow fails; what was committed stays, and the next run resumes after it.
 */
export async function run(flow: Dataflow | URL | string, options: RunOptions = {}): Promise<RunReport> {
  checkOptions(options)
  if (!isDataflow(flow) && typeof flow !== 'string' && !(flow instanceof URL)) {
    throw new TypewaxError('NOT_A_FLOW', `\`run\` needs a Dataflow, or the file that exports one; got ${quote(flow)}`)
  }
  const { workers = 1 } = options
  if (workers > 1) checkThreads(flow, options, workers)
  const plan = toPlan(isDataflow(flow) ? flow : await load(flow, options))
  if (options.recovery !== undefined) checkTimeouts(plan)
  const store = await storeOf(options.recovery)
  return workers === 1 ? await execute(plan, store, options) : await executeThreads(plan, store, { ...options, workers }, flow as URL | string)
}

/** Threads load the flow themselves, from where it was loaded here. */
async function executeThreads(
  plan: Plan,
  store: RecoveryStore | undefined,
  options: RunOptions & { readonly workers: number },
  flow: URL | string,
): Promise<RunReport> {
  const { executeCluster } = await import('./runtime/cluster/cluster-execution.ts')
  const { startThreads } = await import('./runtime/cluster/threads.ts')
  const { export: name, args } = options
  const place: FlowPlace = { target: flow instanceof URL ? flow.href : flow, ...(name !== undefined && { export: name }), ...(args && { args }) }
  // tsc does not rewrite the name: the ending is that of this file.
  const entry = new URL(`worker-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  return await executeCluster(plan, store, options, startThreads(plan, entry, place))
}

function checkThreads(flow: Dataflow | URL | string, { host }: RunOptions, workers: number): void {
  if (isDataflow(flow)) throw inlineFlow(workers)
  if (host === undefined) return
  const message = `\`host\` reaches no other thread, so it can't be given with \`workers: ${workers}\`; \`runWorkers\` of typewax/testing runs several workers in this thread`
  throw new TypewaxError('INVALID_ARGUMENT', message)
}

function inlineFlow(workers: number): TypewaxError {
  const message = `\`workers: ${workers}\` needs the file that exports the flow, because each worker thread imports it: move the flow into a module of its own, \`export const flow = new Dataflow(…)\`, and call \`run(new URL('./flow.ts', import.meta.url), { workers: ${workers} })\``
  return new TypewaxError('INVALID_ARGUMENT', message)
}

async function load(target: URL | string, options: RunOptions): Promise<Dataflow> {
  const { loadFlow } = await import('./load-flow.ts')
  return await loadFlow(target, options)
}

/** The store's module is loaded only when one is used: a flow without one starts faster. */
async function storeOf(recovery: string | RecoveryStore | undefined): Promise<RecoveryStore | undefined> {
  if (typeof recovery !== 'string') return recovery
  const { SqliteRecoveryStore } = await import('./recovery/sqlite/sqlite-store.ts')
  return new SqliteRecoveryStore(recovery)
}

/** All there are: the compiler sees to it that none is missing. */
const OPTION_NAMES: Readonly<Record<keyof RunOptions, true>> = {
  workers: true,
  recovery: true,
  epochIntervalMs: true,
  backupIntervalMs: true,
  signal: true,
  stopTimeoutMs: true,
  logger: true,
  dropState: true,
  renameState: true,
  onStart: true,
  onProgress: true,
  progressIntervalMs: true,
  export: true,
  args: true,
  host: true,
}

function checkOptions(options: RunOptions): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTION_NAMES, name))
  if (unknown !== undefined) {
    throw new TypewaxError('INVALID_ARGUMENT', `run has no option ${quote(unknown)}; there are ${Object.keys(OPTION_NAMES).join(', ')}`)
  }
  checkNumber('workers', options.workers, 1)
  checkNumber('epochIntervalMs', options.epochIntervalMs, 0)
  checkNumber('backupIntervalMs', options.backupIntervalMs, 0)
  checkNumber('stopTimeoutMs', options.stopTimeoutMs, 0)
  checkNumber('progressIntervalMs', options.progressIntervalMs, 1)
  check('recovery', options.recovery, 'a directory or a RecoveryStore', (value) =>
    typeof value === 'string' ? value !== '' : hasMethod(value, 'open'),
  )
  check('signal', options.signal, 'an AbortSignal', (value) => hasMethod(value, 'addEventListener') && 'aborted' in (value as object))
  check('onStart', options.onStart, 'a function', (value) => typeof value === 'function')
  check('onProgress', options.onProgress, 'a function', (value) => typeof value === 'function')
  check('dropState', options.dropState, 'an array of step ids', (value) => Array.isArray(value) && value.every(isString))
  check(
    'renameState',
    options.renameState,
    'an object of new step ids by old ones',
    (value) => isRecord(value) && Object.values(value).every(isString),
  )
  const { workers = 1 } = options
  if (Number.isInteger(workers) && workers <= GROUP_COUNT) return
  throw new TypewaxError('INVALID_ARGUMENT', `\`workers\` must be an integer, ${GROUP_COUNT} at most; got ${quote(workers)}`)
}

function check(name: keyof RunOptions, value: unknown, expected: string, isRight: (value: unknown) => boolean): void {
  if (value === undefined || isRight(value)) return
  throw new TypewaxError('INVALID_ARGUMENT', `\`${name}\` must be ${expected}; got ${quote(value)}`)
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Readonly<Record<string, unknown>>)[name] === 'function'
}

function checkNumber(name: string, value: unknown, least: number): void {
  if (value === undefined || (typeof value === 'number' && value >= least && Number.isFinite(value))) return
  throw new TypewaxError('INVALID_ARGUMENT', `\`${name}\` must be a number of at least ${least}; got ${quote(value)}`)
}

/** A call that never answers would hold back every snapshot for ever. */
function checkTimeouts(plan: Plan): void {
  for (const { operation, userStepId, userOperator } of plan.steps) {
    if (operation.kind !== 'mapAsync' || operation.options.timeoutMs !== undefined) continue
    const message = `${userOperator} ${quote(userStepId)} needs \`timeoutMs\` when state is kept: a call that never answers would hold back every epoch`
    throw new TypewaxError('INVALID_ARGUMENT', message, { stepId: userStepId })
  }
}

/** Owns the law of several workers: whatever their number, their turns and the crashes, the flow of a world gives what it gives on one worker without any. */

import { type Dataflow, type RunReport, run } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { loadStep } from '../../src/runtime/state/load.ts'
import { runWorkers } from '../../src/testing/run-workers.ts'
import { restlessHost } from '../runtime/flows.ts'
import { flowOf, type Made, type Watch } from './flow.ts'
import { isLate, itemsOf, TUMBLING_MS, type World, worldOf } from './worlds.ts'

const MAX_EXECUTIONS = 40

/** What a world came to. */
export interface Verdict {
  /** The first thing that is wrong; `undefined`: nothing. */
  readonly violation: string | undefined
  readonly executions: number
}

/** Lets the world of a seed happen. */
export async function check(seed: number, watch: Watch = {}): Promise<Verdict> {
  const world = worldOf(seed)
  const expected = flowOf(world, {}, false)
  const plainStore = new MemoryRecoveryStore()
  await run(expected.flow, { host: restlessHost([1, 0, 2]), recovery: plainStore })
  const store = world.isKept ? new MemoryRecoveryStore() : undefined
  const faults = new Faults(world, store)
  const actual = flowOf(world, { ...watch, onPoll: () => faults.onPoll() })
  const executions = await finish(actual.flow, world, seed, store, faults)
  if (executions === undefined) return { violation: 'does not come to an end', executions: MAX_EXECUTIONS }
  if (isLate(seed)) return { violation: checkLate(world, actual), executions }
  const wrongState = store && (await compareStates(expected.flow.flowId, plainStore, store))
  return { violation: compareOutputs(expected, actual) ?? wrongState, executions }
}

/** Which items are late is chance; but each is counted or late, never both, and a window that was over never opens again. */
function checkLate({ parts }: World, { outputs }: Made): string | undefined {
  const due = new Map<string, number>()
  const got = new Map<string, number>()
  const add = (counts: Map<string, number>, window: string, count: number): void => void counts.set(window, (counts.get(window) ?? 0) + count)
  for (const [number, part] of parts.entries()) {
    for (const { group, at } of itemsOf(part, `p${number}`)) add(due, `${group} ${Math.floor(at / TUMBLING_MS)}`, 1)
  }
  const closed = new Set<string>()
  for (const value of [...(outputs[2] as Made['outputs'][number]).sink.output.values()].flat()) {
    const { group, way } = JSON.parse(value.slice(value.indexOf(' '))) as { group: string; way: string }
    const [, late, count, open] = /^s1(?: late at (-?\d+)|: (\d+) in (-?\d+) to -?\d+)$/.exec(way) as unknown as string[]
    const window = `${group} ${Math.floor(Number(late ?? open) / TUMBLING_MS)}`
    add(got, window, Number(count ?? 1))
    if (late === undefined && closed.has(window)) return `window ${window} closed twice`
    if (late === undefined) closed.add(window)
  }
  const wrong = [...new Set([...due.keys(), ...got.keys()])].find((window) => due.get(window) !== got.get(window))
  return wrong && `window ${wrong}: ${due.get(wrong)} items are due; got ${got.get(wrong)}`
}

/** Runs a flow until it has finished. Gives the number of executions. */
async function finish(
  flow: Dataflow,
  world: World,
  seed: number,
  store: MemoryRecoveryStore | undefined,
  faults: Faults,
): Promise<number | undefined> {
  const { workers, epochIntervalMs, exchange } = world
  for (let execution = 0; execution < MAX_EXECUTIONS; execution++) {
    const options = {
      workers: workers[execution % workers.length] as number,
      seed: (seed + execution * 1_000_003) >>> 0,
      epochIntervalMs,
      signal: faults.begin(),
      stopTimeoutMs: 1e9,
      ...(store && { recovery: store }),
      ...(exchange && { exchange }),
    }
    const report = await survive(runWorkers(flow, options), faults)
    if (report?.outcome === 'finished') return execution + 1
  }
  return undefined
}

async function survive(running: Promise<RunReport>, faults: Faults): Promise<RunReport | undefined> {
  try {
    return await running
  } catch (error) {
    if (!faults.isDue(error)) throw error
    return undefined
  }
}

/** What goes wrong, by counts that go on from one execution to the next. */
class Faults {
  readonly #world: World
  readonly #store: MemoryRecoveryStore | undefined
  #writes = 0
  #polls = 0
  #stop = new AbortController()

  constructor(world: World, store: MemoryRecoveryStore | undefined) {
    this.#world = world
    this.#store = store
    if (store === undefined) return
    store.beforeWrite = () => {
      if (this.#world.failedWrites.includes(this.#writes++)) throw new Error('planned: the write fails')
    }
  }

  begin(): AbortSignal {
    this.#stop = new AbortController()
    return this.#stop.signal
  }

  onPoll(): void {
    const poll = this.#polls++
    if (this.#store === undefined) return
    if (this.#world.lostAt.includes(poll)) this.#store.crash()
    if (this.#world.stopsAt.includes(poll)) this.#stop.abort()
  }

  isDue(error: unknown): boolean {
    return this.#store !== undefined && /planned: the write fails|it is closed|the store crashed/.test(String((error as Error).message))
  }
}

function compareOutputs(expected: Made, actual: Made): string | undefined {
  for (const [number, { isOrdered, sink }] of expected.outputs.entries()) {
    const [due, got] = [valuesByKey(sink.output), valuesByKey((actual.outputs[number] as Made['outputs'][number]).sink.output)]
    for (const key of new Set([...due.keys(), ...got.keys()])) {
      const [left, right] = [due.get(key) ?? [], got.get(key) ?? []].map((values) => (isOrdered ? values : values.toSorted()).join('\n'))
      if (left !== right) return `output ${number}${isOrdered ? ' in order' : ''}, key ${key}:\n${left}\nis due; got\n${right}`
    }
  }
  return undefined
}

/** All values are in the partition that their key belongs to; so the order of a key is that of its values. */
function valuesByKey(output: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const byKey = new Map<string, string[]>()
  for (const [part, values] of output) {
    for (const value of values) {
      const key = `${part}: ${value.slice(0, value.indexOf(' '))}`
      byKey.set(key, [...(byKey.get(key) ?? []), value])
    }
  }
  return byKey
}

/** Steps whose states do not depend on the order in which items came. */
const COMPARABLE = /\.s\d+\.(?:stateful\.)?statefulBatch$/

async function compareStates(flowId: string, expected: MemoryRecoveryStore, actual: MemoryRecoveryStore): Promise<string | undefined> {
  const [due, got] = [await statesOf(flowId, expected), await statesOf(flowId, actual)]
  const keys = [...new Set([...Object.keys(due), ...Object.keys(got)])].sort()
  const wrong = keys.find((key) => due[key] !== got[key])
  return wrong === undefined ? undefined : `state of ${wrong}: ${due[wrong]} is due; got ${got[wrong]}`
}

async function statesOf(flowId: string, store: MemoryRecoveryStore): Promise<Record<string, string>> {
  const session = await store.open({ flowId, backupIntervalMs: 0 })
  const states: Record<string, string> = {}
  for (const stepId of session.stepIds) {
    if (!COMPARABLE.test(stepId)) continue
    for (const [key, { state, parts }] of (await loadStep(session, stepId)).entries)
      states[`${stepId} ${key}`] = JSON.stringify([state, [...parts.keys()]])
  }
  await session.close()
  return states
}

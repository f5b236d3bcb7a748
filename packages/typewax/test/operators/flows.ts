/** Owns the helpers of the operator tests: a flow of one source and one sink around the operator, run; or the logic of its stateful step, bare. */

import { toPlan } from '../../src/dataflow/plan.ts'
import type { AnyLogic, CoreOperation } from '../../src/dataflow/step.ts'
import { Dataflow, type KeyedStream, type RunOptions, run, type Stream, type TypewaxError } from '../../src/index.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'

export interface FlowOptions {
  readonly batchSize?: number
  readonly run?: RunOptions
}

/** Runs items through what `build` makes of them, and gives what comes out. */
export async function through<X, Y>(items: readonly X[], build: (up: Stream<X>) => Stream<Y>, options: FlowOptions = {}): Promise<Y[]> {
  const out: Y[] = []
  const flow = new Dataflow('flow')
  const up = flow.input('in', new TestingSource(items, { batchSize: options.batchSize ?? 1 }))
  build(up).output('out', new TestingSink(out))
  await run(flow, options.run)
  return out
}

/** The same for pairs. */
export async function throughKeyed<V, W>(
  items: readonly (readonly [string, V])[],
  build: (up: KeyedStream<V>) => Stream<W>,
  options: FlowOptions = {},
): Promise<W[]> {
  return await through(items, (up) => build(up.keyed('keyed') as KeyedStream<V>), options)
}

/** The core operations of the steps that `build` makes, input and output left out. */
export function operationsOf<X>(build: (up: Stream<X>) => unknown): CoreOperation[] {
  const flow = new Dataflow('flow')
  const up = flow.input('in', new TestingSource<X>([]))
  up.inspectDebug('see')
  build(up)
  return toPlan(flow)
    .steps.slice(2)
    .map((step) => step.operation)
}

/** Makes a logic of a step, with the parts of its state if there are any. */
export type MakeLogic = (resumeState?: unknown, key?: string, parts?: ReadonlyMap<string, unknown>) => AnyLogic

/** A function that makes logics of the one stateful step that `build` makes, with a clock and a watermark that the caller sets. */
export function logicsOf<V>(build: (up: KeyedStream<V>) => unknown, clock: { nowMs: number; watermarkMs?: number } = { nowMs: 0 }): MakeLogic {
  const operations = operationsOf<[string, V]>((up) => {
    const keyed = up.keyed('keyed') as KeyedStream<V>
    // Nothing reads timestamps, and steps that need watermarks have them.
    build(keyed.assignWatermarks('watermarks', () => 0, { outOfOrdernessMs: 0 }))
  })
  const stateful = operations.filter((each) => each.kind === 'statefulBatch')
  const [operation] = stateful
  if (operation === undefined || stateful.length > 1) throw new Error('expected one stateful step')
  const context = { now: () => clock.nowMs, watermark: () => clock.watermarkMs ?? Number.NEGATIVE_INFINITY }
  return (resumeState, key = 'key', parts = new Map()) => operation.builder(resumeState, key, parts, context)
}

/** The values of each key, in order; keys in the order of their first value. */
export function grouped<V>(items: readonly (readonly [string, V])[]): Map<string, V[]> {
  const groups = new Map<string, V[]>()
  for (const [key, value] of items) groups.set(key, [...(groups.get(key) ?? []), value])
  return groups
}

/** An answer as plain data: shared arrays are copied. */
export function copied(answer: readonly [Iterable<unknown>, boolean?] | undefined): [unknown[], boolean] {
  return [[...(answer?.[0] ?? [])], answer?.[1] ?? false]
}

/** For `assert.throws` and `assert.rejects`: the code, and words that the message has to have. */
export function withCode(code: string, ...words: string[]): (error: TypewaxError) => boolean {
  return (error) => {
    if (error.code !== code) throw new Error(`expected ${code}; got ${error.code}: ${error.message}`, { cause: error })
    const missing = words.filter((word) => !error.message.includes(word))
    if (missing.length > 0) throw new Error(`the message lacks ${missing.join(', ')}: ${error.message}`)
    return true
  }
}

/** Owns a flow that keeps much state in a store on disk. */

import { Dataflow, type RunOptions, run } from '../../src/index.ts'
import { TestingSink } from '../../src/testing/testing-sink.ts'
import { TestingSource } from '../../src/testing/testing-source.ts'

export interface Variant {
  readonly flowId?: string
  /** Name of the step that keeps state. */
  readonly counter?: string
  readonly keyCount?: number
  /** Called with each key, between two epochs. */
  readonly onKey?: (key: string) => void
}

/** Keeps 2,000 characters for each of some keys, one an epoch. */
export async function count(recovery: string, variant: Variant = {}, options: RunOptions = {}): Promise<void> {
  const { flowId = 'flow', counter = 'count', keyCount = 50, onKey } = variant
  const flow = new Dataflow(flowId)
  const pairs = Array.from({ length: keyCount }, (_, index): [string, string] => [`key ${index}`, 'x'.repeat(2_000)])
  const keep = (state: string | undefined, value: string, key: string): [string, string] => {
    onKey?.(key)
    return [value, state ?? '']
  }
  flow.input('in', new TestingSource(pairs)).keyed('keyed').statefulMap(counter, keep).output('out', new TestingSink<unknown>([]))
  await run(flow, { recovery, epochIntervalMs: 0, ...options })
}

/**
 * Owns the law of kept state: whatever a logic keeps, whole or under sub-keys, and however often the execution is cut off, the flow goes on as if
 * nothing had happened. Long enough for the log to be cleaned many times.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Dataflow, type Emit, run } from '../../../src/index.ts'
import { MemoryRecoveryStore } from '../../../src/recovery/index.ts'
import { TestingSink, TestingSource } from '../../../src/testing/index.ts'

type Operation = { readonly set: string } | { readonly remove: string } | 'discard' | 'look'

/** Keeps a counter, and a number under each of some sub-keys; tells all it has with each item. */
class Notebook {
  #count: number
  readonly #pages: Map<string, number>
  readonly #changed = new Set<string>()
  readonly #removed = new Set<string>()

  constructor(count: number | undefined, pages: ReadonlyMap<string, number>) {
    this.#count = count ?? 0
    this.#pages = new Map([...pages].sort())
  }

  onItem(operation: Operation): Emit<string> {
    this.#count += 1
    if (typeof operation === 'object') {
      const subKey = 'set' in operation ? operation.set : operation.remove
      if ('set' in operation) this.#pages.set(subKey, this.#count)
      else this.#pages.delete(subKey)
      this.#changed.delete(subKey)
      this.#removed.delete(subKey)
      const changes = 'set' in operation ? this.#changed : this.#removed
      changes.add(subKey)
    }
    return [[`${this.#count}: ${JSON.stringify([...this.#pages].sort())}`], operation === 'discard']
  }

  snapshot(): number {
    return this.#count
  }

  subKeyChanges(): { changed: string[]; removed: string[] } {
    const changes = { changed: [...this.#changed], removed: [...this.#removed] }
    this.#changed.clear()
    this.#removed.clear()
    return changes
  }

  snapshotSubKey(subKey: string): number {
    return this.#pages.get(subKey) as number
  }
}

type Input = [string, Operation] | ReturnType<typeof TestingSource.ABORT>

function notebooks(inputs: readonly Input[], batchSize: number): { flow: Dataflow; out: [string, string][] } {
  const out: [string, string][] = []
  const flow = new Dataflow('notebooks')
  flow
    .input('in', new TestingSource<[string, Operation]>(inputs, { batchSize }))
    .keyed('keyed')
    .stateful<string, number, number>('notebook', (count, _key, pages) => new Notebook(count, pages))
    .output('out', new TestingSink(out))
  return { flow, out }
}

const subKey = fc.constantFrom('x', 'y', 'z', '')
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ set: subKey }) },
  { weight: 2, arbitrary: fc.record({ remove: subKey }) },
  { weight: 1, arbitrary: fc.constant('discard' as const) },
  { weight: 1, arbitrary: fc.constant('look' as const) },
)

test('kept state: a flow that is cut off anywhere goes on as if nothing had happened', async () => {
  const items = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'é', ''), operation), { minLength: 1, maxLength: 900, size: 'max' })
  await fc.assert(
    fc.asyncProperty(items, fc.array(fc.nat(900), { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), async (inputs, cuts, batchSize) => {
      const whole = notebooks(inputs, 1)
      await run(whole.flow)
      const withCuts: Input[] = [...inputs]
      for (const cut of cuts) withCuts.splice(cut % withCuts.length, 0, TestingSource.ABORT())
      const { flow, out } = notebooks(withCuts, batchSize)
      const store = new MemoryRecoveryStore()
      let executions = 0
      while ((await run(flow, { recovery: store, epochIntervalMs: 0 })).outcome !== 'finished') executions += 1
      assert.equal(executions, cuts.length)
      assert.deepEqual(out, whole.out)
    }),
    { numRuns: 60 },
  )
})

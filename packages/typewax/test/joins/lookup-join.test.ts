/** Tests `lookupJoin`: against a loop over the values with a map at hand, and that keys without a row leave nothing. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Dataflow, type KeyedStream, run } from '../../src/index.ts'
import { MemoryRecoveryStore } from '../../src/recovery/index.ts'
import { TestClock, TestingSink, TestingSource } from '../../src/testing/index.ts'
import { copied, logicsOf, withCode } from '../operators/flows.ts'

type Value = readonly [side: 'left' | 'table', number: number]
type Input = [string, Value] | ReturnType<typeof TestingSource.ABORT>

interface What {
  readonly kind: 'inner' | 'left'
  readonly deletes: number
}

const items = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('left' as const, 'table' as const)), { maxLength: 60, size: 'max' })
  .map((list) => list.map(([key, side], index): [string, Value] => [key, [side, index]]))
const whats: fc.Arbitrary<What> = fc.record({ kind: fc.constantFrom('inner', 'left'), deletes: fc.constantFrom(2, 3, 1_000) })

async function runLookup(inputs: readonly Input[], { kind, deletes }: What, isCut: boolean): Promise<unknown[]> {
  const out: unknown[] = []
  const flow = new Dataflow('flow')
  const up = flow.input('in', new TestingSource<[string, Value]>(inputs)).keyed('keyed') as KeyedStream<Value>
  const [left, table] = (['left', 'table'] as const).map((name) => up.filterValue(name, ([side]) => side === name)) as [typeof up, typeof up]
  left.lookupJoin('join', table, { kind, isDelete: ([, number]) => number % deletes === 0 }).output('out', new TestingSink<unknown>(out))
  const recovery = new MemoryRecoveryStore()
  const options = () => (isCut ? { recovery, epochIntervalMs: 0 } : {})
  while ((await run(flow, { ...options(), host: new TestClock() })).outcome !== 'finished');
  return out
}

test('lookupJoin: gives what a loop with a map gives, crashes or not', async () => {
  await fc.assert(
    fc.asyncProperty(items, fc.array(fc.nat(60), { maxLength: 4 }), whats, async (values, cuts, what) => {
      const inputs: Input[] = [...values]
      for (const cut of cuts) inputs.splice(cut % (inputs.length + 1), 0, TestingSource.ABORT())
      const table = new Map<string, Value>()
      const expected: unknown[] = []
      for (const [key, value] of values) {
        const [side, number] = value
        if (side === 'left') {
          if (table.has(key) || what.kind === 'left') expected.push([key, [value, table.get(key)]])
        } else if (number % what.deletes === 0) table.delete(key)
        else table.set(key, value)
      }
      assert.deepEqual(await runLookup(inputs, what, cuts.length > 0), expected)
    }),
    { numRuns: 1_000 },
  )
})

test('lookupJoin: a key is kept while it has a row, an undefined one too', () => {
  const logics = logicsOf<unknown>((up) => up.lookupJoin('join', up, { kind: 'left', isDelete: (row) => row === 'gone' }))
  const logic = logics()
  assert.deepEqual(copied(logic.onItem?.([0, 'l'])), [[['l', undefined]], true])
  assert.deepEqual(copied(logic.onItem?.([1, undefined])), [[], false])
  assert.deepEqual(copied(logics(structuredClone(logic.snapshot())).onItem?.([0, 'l'])), [[['l', undefined]], false])
  assert.deepEqual(copied(logic.onItem?.([1, 'gone'])), [[], true])
  const inner = logicsOf<unknown>((up) => up.lookupJoin('join', up))
  assert.deepEqual(copied(inner().onItem?.([0, 'l'])), [[], true])
})

test('lookupJoin: a failing isDelete is named', async () => {
  const flow = (isDelete: (row: unknown) => boolean): Dataflow => {
    const made = new Dataflow('flow')
    const up = made.input('in', new TestingSource([1])).keyOn('key', () => 'k')
    up.lookupJoin('join', up, { isDelete }).output('out', new TestingSink<unknown>([]))
    return made
  }
  const fail = (): never => {
    throw new Error('bad row')
  }
  await assert.rejects(run(flow(fail)), withCode('USER_FUNCTION_FAILED', 'isDelete', 'lookupJoin "flow.join"', 'key "k"', 'bad row'))
  await assert.rejects(run(flow((async () => false) as never)), withCode('WRONG_RETURN', 'isDelete', 'a promise'))
})

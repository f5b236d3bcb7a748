/** Owns the laws of the key table: it is a `Map`, whatever is added and removed in whatever order. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hashKey, KeyTable, type TableItem } from '../../../src/runtime/state/key-table.ts'

interface Item extends TableItem {
  readonly n: number
}

const someKey = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom('', '__proto__', 'constructor', 'a', 'aa', '\ud800', 'é'),
  fc.integer({ min: 0, max: 400 }).map(String),
)

test('KeyTable: behaves like a Map under any sequence of operations', () => {
  const operation = fc.record({ kind: fc.constantFrom('add', 'add', 'add', 'delete'), key: someKey })
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 800 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (operations, random) => {
      const [table, model] = [new KeyTable<Item>(random), new Map<string, Item>()]
      operations.forEach(({ kind, key }, n) => {
        if (kind === 'delete') {
          table.delete(key)
          model.delete(key)
        } else if (!model.has(key)) {
          const item = { key, index: -1, n }
          table.add(item)
          model.set(key, item)
        }
        assert.equal(table.get(key), model.get(key))
      })
      assert.equal(table.size, model.size)
      assert.deepEqual(new Set(table.values()), new Set(model.values()))
      for (const item of model.values()) assert.equal(table.at(item.index), item)
      const keys = operations.map(({ key }) => key)
      const found: (Item | undefined)[] = []
      table.getBlock(keys, 1, keys.length, found)
      assert.deepEqual(
        found,
        keys.slice(1).map((key) => model.get(key)),
      )
    }),
  )
})

test('KeyTable: gives its memory back when most keys are gone', () => {
  const table = new KeyTable<Item>(0.5)
  for (let n = 0; n < 10_000; n++) table.add({ key: `k${n}`, index: -1, n })
  for (let n = 0; n < 9_990; n++) table.delete(`k${n}`)
  for (let n = 9_990; n < 10_000; n++) assert.equal(table.get(`k${n}`)?.n, n)
  assert.equal([...table.values()].length, 10)
})

test('KeyTable: gives the place of a key that is gone to a new one', () => {
  const table = new KeyTable<Item>(0.5)
  for (let n = 0; n < 100_000; n++) {
    const item = { key: `k${n}`, index: -1, n }
    table.add(item)
    assert.ok(item.index < 10, `${n} is at ${item.index}`)
    table.delete(`k${n - 9}`)
  }
})

test('hashKey: spreads similar keys evenly over the slots', () => {
  const slots = new Uint32Array(1_024)
  for (let n = 0; n < 102_400; n++) {
    const slot = hashKey(`user-${n}`, 7) & 1_023
    slots[slot] = (slots[slot] as number) + 1
  }
  // 100 a slot on average: eight standard deviations are 80.
  assert.ok(Math.min(...slots) > 20 && Math.max(...slots) < 180, `${Math.min(...slots)} to ${Math.max(...slots)} a slot`)
})

test('hashKey: depends on the seed and is never 0', () => {
  assert.notEqual(hashKey('a', 1), hashKey('a', 2))
  for (let seed = 0; seed < 1_000; seed++) assert.notEqual(hashKey('', seed), 0)
})

/** Owns the laws of columns and chunks: what goes in comes out, and what can't be columns is not forced. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeChunk, encodeChunk } from '../../src/recovery/codec.ts'
import { fromColumns, toColumns } from '../../src/recovery/columns.ts'

const primitive = fc.oneof(fc.double(), fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.constant(undefined), fc.bigInt())
const fields = fc.uniqueArray(
  fc.string({ maxLength: 5 }).filter((field) => field !== '__proto__'),
  { maxLength: 5 },
)

test('toColumns: flat objects with the same fields come back as they were', () => {
  const states = fields.chain((names) =>
    fc.array(fc.tuple(...names.map(() => primitive)), { minLength: 1, maxLength: 20 }).map((rows) => ({ names, rows })),
  )
  fc.assert(
    fc.property(states, ({ names, rows }) => {
      const objects = rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])))
      const columns = toColumns(objects)
      assert.ok(columns !== undefined)
      assert.deepStrictEqual(fromColumns(columns, objects.length), objects)
    }),
  )
})

test('toColumns: gives up on whatever is not flat, not plain, or not alike', () => {
  class Point {
    x = 1
  }
  const odd: unknown[][] = [
    [],
    [1, 2],
    [undefined],
    [null],
    [[1, 2]],
    [new Map()],
    [new Point()],
    [{ x: 1 }, new Point()],
    [{ x: 1 }, { y: 1 }],
    [
      { x: 1, y: 2 },
      { y: 2, x: 1 },
    ],
    [{ x: 1 }, { x: 1, y: 1 }],
    [{ x: 1, y: 1 }, { x: 1 }],
    [{ x: 1 }, undefined],
    [{ x: {} }],
    [{ x: [1] }],
    [{ x: () => 1 }],
    [{ x: Symbol('s') }],
    [{ x: new Date(0) }],
    [JSON.parse('{"__proto__": 1}')],
  ]
  for (const states of odd) assert.equal(toColumns(states), undefined)
})

test('encodeChunk: any plain states come back as they were, discards among them', () => {
  const state = fc.oneof(
    fc.record({ n: fc.double(), text: fc.string() }, { noNullPrototype: true }),
    fc.record({ n: fc.double(), text: fc.string() }, { requiredKeys: ['n'], noNullPrototype: true }),
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.nat(1), state), { maxLength: 30 }), (entries) => {
      const chunk = {
        keys: entries.map(([key]) => key),
        subKeys: undefined,
        operations: Uint8Array.from(entries.map(([, operation]) => operation)),
        states: entries.map(([, operation, each]) => (operation === 1 ? undefined : each)),
      }
      assert.deepEqual(decodeChunk(encodeChunk(chunk, toColumns(chunk.states)), 'the chunk'), chunk)
    }),
  )
})

test('decodeChunk: binary data has a buffer of its own, and writing to it leaves the chunk as it is', () => {
  const state = {
    bytes: Uint8Array.of(1, 2, 3),
    floats: Float64Array.of(0.5),
    node: Buffer.from('abc'),
    view: new DataView(Uint8Array.of(7, 8).buffer),
  }
  const chunk = encodeChunk({ keys: ['a', 'b'], subKeys: undefined, operations: new Uint8Array(2), states: [state, state] })
  const before = Buffer.from(chunk)
  const [read] = decodeChunk(chunk, 'the chunk').states as [typeof state]
  assert.deepEqual(read, state)
  assert.equal(read.bytes.buffer.byteLength, 3)
  assert.equal(read.floats.buffer.byteLength, 8)
  assert.equal(read.view.buffer.byteLength, 2)
  read.bytes.fill(9)
  read.node.fill(9)
  assert.deepEqual(Buffer.from(chunk), before)
})

import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Batch } from '../../../src/runtime/batch.ts'
import { buffersOf, type Packet, pack, unpack } from '../../../src/runtime/exchange/packet.ts'

/** Sends items as threads do: cloned, their buffers moved. */
function travel(keys: readonly string[] | undefined, values: readonly unknown[]): Batch {
  const packet: Packet = { messages: [[0, pack(keys, values, 'flow.step')]], taken: [] }
  const arrived = structuredClone(packet, { transfer: buffersOf(packet) })
  const [, message] = arrived.messages[0] as Packet['messages'][number]
  return unpack(message as Extract<typeof message, { kind: 'batch' }>)
}

const numbers = fc.array(fc.double(), { minLength: 1 })
const flat = fc.record(
  { id: fc.double(), name: fc.string(), flag: fc.option(fc.boolean(), { nil: undefined }), big: fc.bigInt() },
  { noNullPrototype: true },
)
const plain = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: false,
  withNullPrototype: false,
})
const others = fc.constantFrom<unknown>(
  undefined,
  null,
  -0,
  Number.NaN,
  new Date(Number.NaN),
  [],
  {},
  [[]],
  '',
  new Error('an error'),
  Buffer.from('bytes'),
)

test('packet: items arrive as they were sent, whatever form they travel in', () => {
  const values = fc.oneof(numbers, fc.array(flat, { minLength: 1 }), fc.array(fc.oneof(plain, others), { minLength: 1, maxLength: 5 }))
  fc.assert(
    fc.property(values, (sent) => {
      assert.deepStrictEqual([...travel(undefined, sent).values], sent)
      const keys = sent.map((_, index) => `k${index}`)
      assert.deepEqual(travel(keys, sent).keys, keys)
    }),
  )
})

test('packet: numbers and flat objects of one shape travel in columns, strings as they are, all others as bytes', () => {
  const formOf = (values: readonly unknown[]): string => {
    const message = pack(undefined, values, 'step')
    return message.kind === 'batch' ? message.values.form : ''
  }
  assert.equal(formOf([1, 2.5]), 'numbers')
  assert.equal(
    formOf([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ]),
    'columns',
  )
  assert.equal(formOf(['a', 'b']), 'strings')
  assert.equal(formOf([1, 'b']), 'bytes')
  assert.equal(formOf([{ a: 1 }, { b: 1 }]), 'bytes')
})

test('packet: what is not plain data is refused, with the step, the key and the path', () => {
  class Money {
    readonly cents = 5
  }
  const refused: readonly (readonly [value: unknown, message: RegExp])[] = [
    [new Money(), /for key "k" on its way to "flow\.step".*: item is an instance of Money; send plain data/],
    [{ price: new Money() }, /: item\.price is an instance of Money/],
    [[() => 1], /: item\[0\] is a function/],
    [Symbol('s'), /: item is a symbol/],
    [Promise.resolve(1), /: item is a/],
  ]
  for (const [value, message] of refused) assert.throws(() => pack(['k'], [value], 'flow.step'), { code: 'UNSENDABLE_ITEM', key: 'k', message })
})

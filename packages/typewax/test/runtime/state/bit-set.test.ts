/** Owns the laws of the bit set: it is a `Set` of whole numbers that goes through its members in order. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BitSet } from '../../../src/runtime/state/bit-set.ts'

const someMember = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(0, 31, 32, 63, 1_023, 1_024, 1_055, 1_056), fc.nat(100_000))

test('BitSet: behaves like a sorted Set under any sequence of operations', () => {
  const operation = fc.record({ kind: fc.constantFrom('add', 'add', 'delete'), member: someMember })
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), someMember, (operations, from) => {
      const [bits, model] = [new BitSet(), new Set<number>()]
      for (const { kind, member } of operations) {
        if (kind === 'add') bits.add(member)
        else bits.delete(member)
        if (kind === 'add') model.add(member)
        else model.delete(member)
      }
      for (const { member } of operations) assert.equal(bits.has(member), model.has(member))
      assert.equal(bits.has(from), model.has(from))
      const expected = [...model].filter((member) => member >= from).sort((a, b) => a - b)
      assert.deepEqual(membersFrom(bits, from), expected)
    }),
  )
})

function membersFrom(bits: BitSet, from: number): number[] {
  const members: number[] = []
  for (let member = bits.next(from); member >= 0; member = bits.next(member + 1)) members.push(member)
  return members
}

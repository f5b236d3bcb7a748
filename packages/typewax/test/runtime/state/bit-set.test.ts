/** Owns the laws of the bit set: a `Set` of whole numbers that goes through its members in order. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BitSet } from '../../../src/runtime/state/bit-set.ts'

const someMember = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(0, 31, 32, 63, 1_023, 1_024, 1_055, 1_056), fc.nat(100_000))

test('BitSet: goes through what was added in order, from any number on', () => {
  fc.assert(
    fc.property(fc.array(someMember, { maxLength: 200 }), fc.array(someMember, { maxLength: 20 }), someMember, (forgotten, members, from) => {
      const bits = new BitSet()
      for (const member of forgotten) bits.add(member)
      assert.deepEqual(membersFrom(bits, from), ascending(forgotten, from))
      bits.clear()
      for (const member of members) bits.add(member)
      assert.deepEqual(membersFrom(bits, from), ascending(members, from))
    }),
  )
})

function ascending(members: readonly number[], from: number): number[] {
  return [...new Set(members)].filter((member) => member >= from).sort((a, b) => a - b)
}

function membersFrom(bits: BitSet, from: number): number[] {
  const members: number[] = []
  for (let member = bits.next(from); member >= 0; member = bits.next(member + 1)) members.push(member)
  return members
}

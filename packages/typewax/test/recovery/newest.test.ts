/** Owns the law of masking: reading chunks from the newest to the oldest gives what applying them from the oldest to the newest gives. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DISCARD_ENTRY, UPSERT } from '../../src/recovery/codec.ts'
import { NewestEntries } from '../../src/recovery/newest.ts'

interface Entry {
  readonly key: string
  readonly subKey: string | undefined
  readonly isDiscard: boolean
}

const entry = fc.record({
  key: fc.constantFrom('a', 'b'),
  subKey: fc.constantFrom(undefined, 'x', 'y'),
  isDiscard: fc.boolean(),
})

test('NewestEntries: what lives is what is left when all is applied in order', () => {
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 6 }), { maxLength: 6 }), (chunks) => {
      assert.deepEqual(readBackwards(chunks), applyForwards(chunks))
    }),
    { numRuns: 2_000 },
  )
})

/** By key and sub-key: number of the entry that wrote the state. */
function applyForwards(chunks: readonly (readonly Entry[])[]): Map<string, number> {
  const states = new Map<string, number>()
  let number = 0
  for (const { key, subKey, isDiscard } of chunks.flat()) {
    number += 1
    if (!isDiscard) states.set(`${key}/${subKey}`, number)
    else if (subKey !== undefined) states.delete(`${key}/${subKey}`)
    else for (const id of [...states.keys()]) if (id.startsWith(`${key}/`)) states.delete(id)
  }
  return new Map([...states].sort())
}

function readBackwards(chunks: readonly (readonly Entry[])[]): Map<string, number> {
  const states = new Map<string, number>()
  const newest = new NewestEntries()
  let first = chunks.flat().length + 1
  for (const entries of chunks.toReversed()) {
    first -= entries.length
    const from = first
    newest.read(
      {
        keys: entries.map(({ key }) => key),
        subKeys: entries.map(({ subKey }) => subKey),
        operations: Uint8Array.from(entries.map(({ isDiscard }) => (isDiscard ? DISCARD_ENTRY : UPSERT))),
        states: entries.map((_, index) => from + index),
      },
      (key, subKey, state) => states.set(`${key}/${subKey}`, state as number),
    )
  }
  return new Map([...states].sort())
}

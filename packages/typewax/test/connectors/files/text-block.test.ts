import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TextBlock } from '../../../src/connectors/files/text-block.ts'

test('TextBlock: knows the byte of each character, in any order', () => {
  const text = 'aé😀\n'
  const block = new TextBlock(text, 100, Buffer.byteLength(text))
  assert.deepEqual(
    [0, 1, 2, 4, 5].map((index) => block.byteOffsetAt(index)),
    [100, 101, 103, 107, 108],
  )
  assert.deepEqual(
    [4, 1, 2, 0].map((index) => block.byteOffsetAt(index)),
    [107, 101, 103, 100],
  )
})

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { LineDecoder } from '../../../src/connectors/files/line-decoder.ts'
import { makeDirectory } from '../drive.ts'
import { decode, itemsAfter, write } from './text-format.ts'

const content = fc
  .array(fc.oneof(fc.constantFrom('\n', '\r', '\r\n', 'a', ' ', 'é', '😀', '\uFEFF'), fc.string({ maxLength: 20, unit: 'grapheme' })), {
    maxLength: 40,
  })
  .map((pieces) => pieces.join(''))
const cuts = fc.record({ batchSize: fc.integer({ min: 1, max: 5 }), chunkBytes: fc.integer({ min: 1, max: 30 }) })

/** The definition, for text that is in memory. */
function linesOf(text: string): string[] {
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

for (const ending of ['txt', 'txt.gz']) {
  test(`lines of .${ending}: the same whatever the chunks, and the rest from every position`, async (t) => {
    const path = join(makeDirectory(t), `lines.${ending}`)
    await fc.assert(
      fc.asyncProperty(content, cuts, async (text, cut) => {
        write(path, ending === 'txt' ? text : gzipSync(text))
        const all = await decode(path, cut, new LineDecoder(0))
        assert.deepEqual(
          all.flatMap((step) => step.items),
          linesOf(text),
        )
        assert.ok(all.slice(0, -2).every((step) => step.items.length === cut.batchSize))
        assert.equal(all.at(-1)!.position, Buffer.byteLength(text))
        for (const { position, rest } of itemsAfter(all)) {
          const resumed = await decode(path, cut, new LineDecoder(position))
          assert.deepEqual(
            resumed.flatMap((step) => step.items),
            rest,
          )
        }
      }),
      { numRuns: ending === 'txt' ? 300 : 30 },
    )
  })
}

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { JsonLinesSource } from '../../../src/connectors/files/index.ts'
import { JsonLinesDecoder } from '../../../src/connectors/files/json-lines-decoder.ts'
import { failureOf, makeDirectory, readAll, readSteps } from '../drive.ts'
import { decode, itemsAfter, write } from './text-format.ts'

test('JsonLinesSource: parses each line, skips blank ones and a byte order mark', async (t) => {
  const path = join(makeDirectory(t, { 'in.jsonl': '\uFEFF{"a":1}\r\n\n  \n[2]\nnull\n"x"' }), 'in.jsonl')
  assert.deepEqual(await readAll(new JsonLinesSource(path)), [{ a: 1 }, [2], null, 'x'])
})

test('JsonLinesSource: a file of blank lines has no items and no empty batches', async (t) => {
  const path = join(makeDirectory(t, { 'in.jsonl': '\n\n\n' }), 'in.jsonl')
  assert.deepEqual(await readSteps(new JsonLinesSource(path, { batchSize: 1 })), [{ items: [], position: 3 }])
})

test('JsonLinesSource: a line that is no JSON is MALFORMED_JSON with path, line, byte and cause', async (t) => {
  const path = join(makeDirectory(t, { 'in.jsonl': '{"é":1}\n\n{"b":}\n{}\n' }), 'in.jsonl')
  const error = await failureOf(() => readAll(new JsonLinesSource(path)))
  assert.equal(error.code, 'MALFORMED_JSON')
  assert.match(error.message, /in\.jsonl", line 3, byte 10: /)
  assert.ok(error.cause instanceof SyntaxError)
})

test('JsonLinesSource: the line is counted from the start of the file after a resume too', async (t) => {
  const path = join(makeDirectory(t, { 'in.jsonl': '1\n2\r\n3\rx\n' }), 'in.jsonl')
  assert.match((await failureOf(() => readAll(new JsonLinesSource(path), 5))).message, /line 4, byte 7/)
})

test('json lines: any values, whatever the chunks, and the rest from every position', async (t) => {
  const path = join(makeDirectory(t), 'in.jsonl')
  const cuts = fc.record({ batchSize: fc.integer({ min: 1, max: 4 }), chunkBytes: fc.integer({ min: 1, max: 40 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.json({ maxDepth: 2 }), { maxLength: 8 }), cuts, async (lines, cut) => {
      write(path, lines.join('\n'))
      const all = await decode(path, cut, new JsonLinesDecoder<unknown>(0))
      assert.deepEqual(
        all.flatMap((step) => step.items),
        lines.map((line) => JSON.parse(line)),
      )
      for (const { position, rest } of itemsAfter(all)) {
        const resumed = await decode(path, cut, new JsonLinesDecoder<unknown>(position))
        assert.deepEqual(
          resumed.flatMap((step) => step.items),
          rest,
        )
      }
    }),
    { numRuns: 200 },
  )
})

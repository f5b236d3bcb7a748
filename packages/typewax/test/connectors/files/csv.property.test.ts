import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import type { CsvDialectOptions } from '../../../src/connectors/files/csv-dialect.ts'
import { makeDirectory } from '../drive.ts'
import { referenceRows } from './csv-reference.ts'
import { decodeCsv, itemsAfter, write } from './text-format.ts'

const cuts = fc.record({ batchSize: fc.integer({ min: 1, max: 4 }), chunkBytes: fc.integer({ min: 1, max: 40 }) })

const field = fc
  .array(fc.oneof(fc.constantFrom('"', ',', '\n', '\r\n', '\r', ' ', 'é', '😀', ''), fc.string({ maxLength: 8, unit: 'grapheme' })), { maxLength: 5 })
  .map((pieces) => pieces.join(''))

/** Well-formed files: two or three columns, fields quoted where they must be, and at random. */
const wellFormed = fc.integer({ min: 2, max: 3 }).chain((width) =>
  fc.record({
    rows: fc.array(fc.array(fc.tuple(field, fc.boolean()), { minLength: width, maxLength: width }), { maxLength: 8 }),
    header: fc.constant(['α', 'b', 'c'].slice(0, width)),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    hasMark: fc.boolean(),
    hasLastEnd: fc.boolean(),
  }),
)

function encode([text, isQuoted]: readonly [string, boolean]): string {
  return isQuoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

test('csv: well-formed files read as they were written, and as csv-parse reads them', async (t) => {
  const path = join(makeDirectory(t), 'data.csv')
  await fc.assert(
    fc.asyncProperty(wellFormed, cuts, async ({ rows, header, lineEnd, hasMark, hasLastEnd }, cut) => {
      const lines = [header.join(','), ...rows.map((row) => row.map(encode).join(','))]
      const text = (hasMark ? '\uFEFF' : '') + lines.join(lineEnd) + (hasLastEnd ? lineEnd : '')
      const all = await decodeCsv(write(path, text), cut)
      const got = all.flatMap((step) => step.items)
      const written = rows.map((row) => Object.fromEntries(row.map(([value], index) => [header[index], value])))
      assert.deepEqual(got, written)
      const oracle: object[] = parse(text, { bom: true, columns: true, record_delimiter: ['\r\n', '\n'] })
      assert.deepEqual(
        got,
        oracle.map((row) => ({ ...row })),
      )
    }),
    { numRuns: 300 },
  )
})

const nasty = fc
  .array(fc.constantFrom('"', '""', ',', '\n', '\r\n', '\r', ' ', '\\', "'", 'a', 'b', 'é', '😀', '"a,b"', ',"'), { maxLength: 60 })
  .map((pieces) => pieces.join(''))

const dialects: fc.Arbitrary<CsvDialectOptions> = fc.record(
  {
    delimiter: fc.constantFrom(',', ' '),
    quote: fc.constantFrom('"', "'", ''),
    escape: fc.constantFrom('\\', ''),
    doubleQuote: fc.boolean(),
    skipInitialSpace: fc.boolean(),
  },
  { requiredKeys: [] },
)

test('csv: any text reads as the reference reads it, whatever the chunks, and the rest from every position', async (t) => {
  const path = join(makeDirectory(t), 'data.csv')
  await fc.assert(
    fc.asyncProperty(nasty, nasty, dialects, cuts, async (header, body, dialect, cut) => {
      const text = `${header}\n${body}`
      const all = await decodeCsv(write(path, text), cut, dialect)
      assert.deepEqual(
        all.flatMap((step) => step.items),
        referenceRows(text, dialect),
      )
      for (const { position, rest } of itemsAfter(all)) {
        const resumed = await decodeCsv(path, cut, dialect, position)
        assert.deepEqual(
          resumed.flatMap((step) => step.items),
          rest,
        )
      }
    }),
    { numRuns: 1_000 },
  )
})

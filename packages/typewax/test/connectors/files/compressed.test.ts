import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { CsvSource, FileSource, JsonLinesSource } from '../../../src/connectors/files/index.ts'
import { EOF } from '../../../src/inputs/source.ts'
import { failureOf, makeContext, makeDirectory, readAll, readSteps } from '../drive.ts'

const formats = [
  { ending: 'gz', compress: (text: string): Buffer => gzipSync(text), option: 'gzip' },
  { ending: 'zst', compress: (text: string): Buffer => zstdCompressSync(text), option: 'zstd' },
] as const

for (const { ending, compress, option } of formats) {
  test(`${option}: lines, CSV and JSON lines are decompressed by their ending, or by option`, async (t) => {
    const dir = makeDirectory(t, {
      [`a.txt.${ending}`]: compress('one\ntwo\n'),
      [`a.csv.${ending}`]: compress('a,b\n1,2\n'),
      [`a.jsonl.${ending}`]: compress('{"a":1}\n'),
      plain: compress('x\n'),
      [`text.${ending}`]: 'not compressed\n',
    })
    assert.deepEqual(await readAll(new FileSource(join(dir, `a.txt.${ending}`))), ['one', 'two'])
    assert.deepEqual(await readAll(new CsvSource(join(dir, `a.csv.${ending}`))), [{ a: '1', b: '2' }])
    assert.deepEqual(await readAll(new JsonLinesSource(join(dir, `a.jsonl.${ending}`))), [{ a: 1 }])
    assert.deepEqual(await readAll(new FileSource(join(dir, 'plain'), { compression: option })), ['x'])
    assert.deepEqual(await readAll(new FileSource(join(dir, `text.${ending}`), { compression: 'none' })), ['not compressed'])
  })

  test(`${option}: a file of several compressed streams is read to its end, and continued`, async (t) => {
    const path = join(makeDirectory(t, { [`a.${ending}`]: Buffer.concat([compress('one\ntw'), compress('o\n')]) }), `a.${ending}`)
    const steps = await readSteps(new FileSource(path))
    assert.deepEqual(
      steps.flatMap(({ items }) => items),
      ['one', 'two'],
    )
    assert.equal(steps.at(-1)!.position, 8)
    appendFileSync(path, compress('three\n'))
    assert.deepEqual(await readAll(new FileSource(path), 8), ['three'])
    assert.deepEqual(await readAll(new FileSource(path), 4), ['two', 'three'])
  })

  test(`${option}: a position behind the end, damage, and a cut are typed errors`, async (t) => {
    const dir = makeDirectory(t, {
      [`a.${ending}`]: compress('one\n'),
      [`cut.${ending}`]: compress('one\n'.repeat(100)).subarray(0, -3),
      [`text.${ending}`]: 'no compressed file at all',
    })
    const codeOf = async (name: string, from?: number): Promise<string> =>
      (await failureOf(() => readAll(new FileSource(join(dir, name)), from))).code
    assert.equal(await codeOf(`a.${ending}`, 5), 'FILE_TOO_SHORT')
    assert.equal(await codeOf(`cut.${ending}`), 'MALFORMED_FILE')
    assert.equal(await codeOf(`text.${ending}`), 'MALFORMED_FILE')
  })
}

test('compressed files: errors in their text name the line', async (t) => {
  const dir = makeDirectory(t, { 'a.jsonl.gz': gzipSync('{}\n\n{oops\n'), 'a.csv.gz': gzipSync('a\n"x\ny"\n1,2\n') })
  assert.match((await failureOf(() => readAll(new JsonLinesSource(join(dir, 'a.jsonl.gz'))))).message, /line 3, byte 4/)
  assert.match((await failureOf(() => readAll(new CsvSource(join(dir, 'a.csv.gz'))))).message, /line 4, column 3/)
})

test('compressed files: the end of the execution stops reading', async (t) => {
  const path = join(makeDirectory(t, { 'a.gz': gzipSync('x\n'.repeat(1_000_000)) }), 'a.gz')
  const source = new FileSource(path)
  const context = makeContext()
  const partition = await source.buildPart(source.listParts()[0]!, undefined, context)
  assert.notEqual(await partition.nextBatch(), EOF)
  assert.equal(partition.isSynchronous, false)
  assert.deepEqual(partition.progress?.(), { position: 2_000, unit: 'bytes' })
  context.end()
})

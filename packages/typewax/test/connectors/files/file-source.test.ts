import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { FileSource } from '../../../src/connectors/files/index.ts'
import { LineDecoder } from '../../../src/connectors/files/line-decoder.ts'
import { EOF } from '../../../src/inputs/source.ts'
import { failureOf, makeContext, makeDirectory, readAll, readSteps } from '../drive.ts'
import { decode } from './text-format.ts'

test('FileSource: emits lines in batches, each with the byte behind it', async (t) => {
  const path = join(makeDirectory(t, { 'in.txt': 'é\r\ntwo\n\nlast' }), 'in.txt')
  assert.deepEqual(await readSteps(new FileSource(path, { batchSize: 2 })), [
    { items: ['é', 'two'], position: 8 },
    { items: ['', 'last'], position: 13 },
    { items: [], position: 13 },
  ])
})

test('FileSource: keeps white space and a byte order mark, and splits at nothing but line ends', async (t) => {
  const path = join(makeDirectory(t, { 'in.txt': '\uFEFFa \t\n  b\n\vc\f\u2028d\n' }), 'in.txt')
  assert.deepEqual(await readAll(new FileSource(path)), ['\uFEFFa \t', '  b', '\vc\f\u2028d'])
})

test('FileSource: has one partition, named for the file system and the path', (t) => {
  const path = join(makeDirectory(t, { 'in.txt': '' }), 'in.txt')
  assert.deepEqual(new FileSource(path, { fsId: 'shared' }).listParts(), [`shared::${path}`])
  assert.match(new FileSource(path).listParts()[0]!, /^[0-9a-f]+::\//)
})

test('FileSource: takes a file: URL', async (t) => {
  const path = join(makeDirectory(t, { 'a b.txt': 'x\n' }), 'a b.txt')
  assert.deepEqual(await readAll(new FileSource(pathToFileURL(path))), ['x'])
})

test('FileSource: continues with what was appended', async (t) => {
  const path = join(makeDirectory(t, { 'in.txt': 'one\n' }), 'in.txt')
  const position = (await readSteps(new FileSource(path))).at(-1)!.position
  appendFileSync(path, 'two\nthree\n')
  assert.deepEqual(await readAll(new FileSource(path), position), ['two', 'three'])
})

test('FileSource: a file that is not there is an error, or an empty input without mustExist', async (t) => {
  const path = join(makeDirectory(t), 'missing.txt')
  assert.deepEqual(new FileSource(path, { mustExist: false }).listParts(), [])
  const error = await failureOf(() => new FileSource(path).listParts())
  assert.equal(error.code, 'FILE_NOT_FOUND')
  assert.ok(error.message.includes(path))
})

test('FileSource: a file that vanishes between listing and opening is FILE_NOT_FOUND', async (t) => {
  const path = join(makeDirectory(t, { 'in.txt': '' }), 'in.txt')
  const source = new FileSource(path)
  const [part] = source.listParts()
  rmSync(path)
  assert.equal((await failureOf(() => source.buildPart(part!, undefined, makeContext()))).code, 'FILE_NOT_FOUND')
})

test('FileSource: a directory that is not there is an error at construction', async (t) => {
  const dir = makeDirectory(t, { file: '' })
  assert.equal((await failureOf(() => new FileSource(join(dir, 'missing', 'in.txt')))).code, 'DIRECTORY_NOT_FOUND')
  assert.equal((await failureOf(() => new FileSource(join(dir, 'missing', '*.txt')))).code, 'DIRECTORY_NOT_FOUND')
  assert.equal((await failureOf(() => new FileSource(join(dir, 'file', 'in.txt')))).code, 'NOT_A_DIRECTORY')
})

test('FileSource: arguments are checked at construction', async (t) => {
  const path = join(makeDirectory(t, { 'in.txt': '' }), 'in.txt')
  const wrong: (() => unknown)[] = [
    () => new FileSource(''),
    () => new FileSource(new URL('https://example.org/x')),
    () => new FileSource(path, { batchSize: 0 }),
    () => new FileSource(path, { batchSize: 1.5 }),
    () => new FileSource(path, { fsId: 'a::b' }),
    () => new FileSource(path, { compression: 'rar' as 'gzip' }),
    () => new FileSource(path, { encoding: 'utf16' as 'utf8' }),
  ]
  for (const call of wrong) assert.equal((await failureOf(call)).code, 'INVALID_ARGUMENT', call.toString())
})

test('FileSource: a file shorter than the saved position is FILE_TOO_SHORT', async (t) => {
  const path = join(makeDirectory(t, { 'in.txt': 'one\ntwo\n' }), 'in.txt')
  truncateSync(path, 4)
  const error = await failureOf(() => readAll(new FileSource(path), 8))
  assert.equal(error.code, 'FILE_TOO_SHORT')
  assert.match(error.message, /byte 8: it has only 4 bytes/)
  assert.equal(error.domain, 'external')
})

test('FileSource: does not continue the partition of another file', async (t) => {
  const dir = makeDirectory(t, { 'a.txt': '', 'b.txt': '' })
  const [part] = new FileSource(join(dir, 'b.txt')).listParts()
  const error = await failureOf(() => new FileSource(join(dir, 'a.txt')).buildPart(part!, 3, makeContext()))
  assert.equal(error.code, 'INVALID_ARGUMENT')
})

test('FileSource: a pattern gives a partition for each file, in order', async (t) => {
  const dir = makeDirectory(t, { 'b.log': 'b\n', 'a.log': 'a\n', 'c.txt': 'c\n' })
  const source = new FileSource(join(dir, '*.log'), { fsId: '' })
  assert.deepEqual(source.listParts(), [`::${join(dir, 'a.log')}`, `::${join(dir, 'b.log')}`])
  assert.deepEqual(await readAll(source), ['a', 'b'])
})

test('FileSource: a pattern without matches is an empty input, or an error with mustExist', async (t) => {
  const pattern = join(makeDirectory(t), '*.log')
  assert.deepEqual(await readAll(new FileSource(pattern)), [])
  assert.equal((await failureOf(() => new FileSource(pattern, { mustExist: true }).listParts())).code, 'FILE_NOT_FOUND')
})

test('FileSource: the name of an existing file is no pattern', async (t) => {
  const dir = makeDirectory(t, { '[a].txt': 'brackets\n', 'a.txt': 'plain\n' })
  assert.deepEqual(await readAll(new FileSource(join(dir, '[a].txt'))), ['brackets'])
})

test('FileSource: bytes that are no UTF-8 are an error with line and byte', async (t) => {
  const path = join(makeDirectory(t, { 'in.txt': Buffer.from('ok\nfür\n', 'latin1') }), 'in.txt')
  const error = await failureOf(() => readAll(new FileSource(path)))
  assert.equal(error.code, 'MALFORMED_FILE')
  assert.match(error.message, /line 2, byte 3: .*latin1/)
  assert.deepEqual(await readSteps(new FileSource(path, { encoding: 'latin1' })), [
    { items: ['ok', 'für'], position: 7 },
    { items: [], position: 7 },
  ])
})

test('FileSource: a directory in place of the file is FILE_UNREADABLE', async (t) => {
  const dir = makeDirectory(t)
  mkdirSync(join(dir, 'sub'))
  mkdirSync(join(dir, 'sub.gz'))
  for (const name of ['sub', 'sub.gz']) assert.equal((await failureOf(() => readAll(new FileSource(join(dir, name))))).code, 'FILE_UNREADABLE')
})

test('FileSource: a line longer than a chunk comes whole', async (t) => {
  const long = 'é'.repeat(200_000)
  const path = join(makeDirectory(t, { 'in.txt': `a\n${long}\nb\n${long}` }), 'in.txt')
  assert.deepEqual(await readAll(new FileSource(path)), ['a', long, 'b', long])
})

test('FileSource: is synchronous for plain files, and says how far it is', (t) => {
  const path = join(makeDirectory(t, { 'in.txt': 'one\ntwo\n' }), 'in.txt')
  const source = new FileSource(path, { batchSize: 1 })
  const context = makeContext()
  const partition = source.buildPart(source.listParts()[0]!, undefined, context)
  assert.ok(!(partition instanceof Promise))
  assert.equal(partition.isSynchronous, true)
  assert.deepEqual(partition.progress?.(), { position: 0, end: 8, unit: 'bytes' })
  assert.deepEqual(partition.nextBatch(), ['one'])
  assert.deepEqual(partition.progress?.(), { position: 4, end: 8, unit: 'bytes' })
  partition.nextBatch()
  assert.equal(partition.nextBatch(), EOF)
  partition.close()
  assert.deepEqual(partition.progress?.(), { position: 8, end: 8, unit: 'bytes' })
  context.end()
})

test('FileSource: the end of the execution releases the file, once', (t) => {
  const path = join(makeDirectory(t, { 'in.txt': 'one\n' }), 'in.txt')
  const source = new FileSource(path)
  const context = makeContext()
  const partition = source.buildPart(source.listParts()[0]!, undefined, context)
  assert.ok(!(partition instanceof Promise))
  context.end()
  assert.throws(() => partition.nextBatch(), /EBADF/)
  partition.close()
})

test('line positions: a batch of a large block is found without going through the block again', async (t) => {
  const path = join(makeDirectory(t), 'in.txt')
  writeFileSync(path, Array.from({ length: 5_000 }, (_, line) => `line ${line} é\r\n`).join(''))
  const all = await decode(path, { batchSize: 7, chunkBytes: 1 << 16 }, new LineDecoder(0))
  for (const index of [0, 1, 300, 600]) {
    const resumed = await decode(path, { batchSize: 1, chunkBytes: 1 << 16 }, new LineDecoder(all[index]!.position))
    assert.equal(resumed[0]!.items[0], `line ${7 * (index + 1)} é`)
  }
})

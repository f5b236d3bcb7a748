import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FileSink, FileSource } from '../../../src/connectors/files/index.ts'
import type { StatefulSinkPartition } from '../../../src/outputs/sink.ts'
import { failureOf, makeContext, makeDirectory, readAll, writeAll } from '../drive.ts'

function build(path: string, from: number | undefined, context = makeContext()): StatefulSinkPartition<string, number> {
  return new FileSink(path).buildPart(path, from, context)
}

test('FileSink: writes a value a line, as it is, and counts bytes', async (t) => {
  const path = join(makeDirectory(t), 'out.txt')
  const positions = await writeAll(new FileSink(path), [
    ['x', 'é😀'],
    ['y', ''],
    ['z', 'a\nb'],
    ['z', '\r'],
  ])
  assert.equal(readFileSync(path, 'utf8'), 'é😀\n\na\nb\n\r\n')
  assert.deepEqual(positions, new Map([[path, 14]]))
})

test('FileSink: writes another end, or none', async (t) => {
  const path = join(makeDirectory(t), 'out.txt')
  for (const end of ['|', '']) {
    await writeAll(new FileSink(path, { end }), [
      ['x', 'one'],
      ['y', 'two'],
    ])
    assert.equal(readFileSync(path, 'utf8'), `one${end}two${end}`)
  }
})

test('FileSink: a file is its own until the execution ends; another execution may read along, and be the next to write', async (t) => {
  const path = join(makeDirectory(t), 'out.txt')
  const [first, second] = [makeContext(), makeContext()]
  const writer = build(path, undefined, first)
  assert.equal((await failureOf(() => build(path, undefined, second))).code, 'FILE_IN_USE')
  writer.writeBatch(['line'])
  assert.deepEqual(await readAll(new FileSource(path)), ['line'])
  first.end()
  build(path, 5, second)
  second.end()
})

test('FileSink: without a position the file is created or emptied when it is built', (t) => {
  const dir = makeDirectory(t, { 'old.txt': 'old\n' })
  for (const name of ['old.txt', 'new.txt']) {
    const context = makeContext()
    build(join(dir, name), undefined, context)
    assert.equal(readFileSync(join(dir, name), 'utf8'), '')
    context.end()
  }
})

test('FileSink: from a position what is behind it is cut off when it is built, and written again', async (t) => {
  const path = join(makeDirectory(t, { 'out.txt': 'one\ntwo\nlost' }), 'out.txt')
  const context = makeContext()
  const partition = build(path, 8, context)
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n')
  partition.writeBatch(['three', 'four'])
  await partition.flush?.()
  assert.equal(partition.snapshot(), 19)
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\nthree\nfour\n')
  context.end()
})

test('FileSink: a file that lost committed content is FILE_TOO_SHORT, and is left as it is', async (t) => {
  const path = join(makeDirectory(t, { 'out.txt': 'one\ntwo\n' }), 'out.txt')
  truncateSync(path, 4)
  assert.equal((await failureOf(() => build(path, 8))).code, 'FILE_TOO_SHORT')
  assert.equal(readFileSync(path, 'utf8'), 'one\n')
  rmSync(path)
  assert.equal((await failureOf(() => build(path, 8))).code, 'FILE_TOO_SHORT')
  assert.ok(!existsSync(path))
})

test('FileSink: a value that is no string is VALUE_NOT_STRING, and nothing of the batch is written', async (t) => {
  const path = join(makeDirectory(t), 'out.txt')
  const context = makeContext()
  const partition = build(path, undefined, context)
  for (const value of [1, null, undefined, { a: 1 }]) {
    const error = await failureOf(() => partition.writeBatch(['ok', value as unknown as string]))
    assert.equal(error.code, 'VALUE_NOT_STRING')
  }
  assert.match((await failureOf(() => partition.writeBatch([1 as unknown as string]))).message, /got 1;/)
  assert.equal(readFileSync(path, 'utf8'), '')
  context.end()
})

test('FileSink: what the file system refuses is a typed error with the path', async (t) => {
  const dir = makeDirectory(t)
  mkdirSync(join(dir, 'sub'))
  assert.equal((await failureOf(() => build(join(dir, 'missing', 'out.txt'), undefined))).code, 'DIRECTORY_NOT_FOUND')
  const error = await failureOf(() => build(join(dir, 'sub'), undefined))
  assert.deepEqual([error.code, error.domain], ['FILE_UNWRITABLE', 'external'])
  assert.ok(error.message.includes(join(dir, 'sub')))
})

test('FileSink: a full disk is FILE_UNWRITABLE', { skip: !existsSync('/dev/full') }, async (t) => {
  const context = makeContext()
  t.after(() => context.end())
  const partition = build('/dev/full', undefined, context)
  const error = await failureOf(() => partition.writeBatch(['x']))
  assert.deepEqual([error.code, error.domain], ['FILE_UNWRITABLE', 'external'])
  assert.match(error.message, /ENOSPC.*free some space/)
})

test('FileSink: the file stays open until a flush that is on its way has ended', async (t) => {
  const path = join(makeDirectory(t), 'out.txt')
  const context = makeContext()
  const partition = build(path, undefined, context)
  partition.writeBatch(['x'])
  const flushed = partition.flush?.()
  context.end()
  await flushed
  assert.throws(() => partition.writeBatch(['y']), { code: 'FILE_UNWRITABLE' })
})

test('FileSink: a batch of many values is one write', async (t) => {
  const path = join(makeDirectory(t), 'out.txt')
  const values = Array.from({ length: 100_000 }, (_, index) => `value ${index}`)
  const context = makeContext()
  build(path, undefined, context).writeBatch(values)
  context.end()
  assert.equal(readFileSync(path, 'utf8'), `${values.join('\n')}\n`)
})

test('FileSink: has one partition, for every key', (t) => {
  const path = join(makeDirectory(t), 'out.txt')
  writeFileSync(path, '')
  const sink = new FileSink(path)
  assert.deepEqual(sink.listParts(), [path])
  assert.equal(sink.partFn(), 0)
})

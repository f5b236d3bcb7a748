import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { DirSink, type DirSinkOptions } from '../../../src/connectors/files/index.ts'
import { failureOf, makeDirectory, writeAll } from '../drive.ts'

const letters = [...'ABCDEFG'].map((letter) => [letter.toLowerCase(), letter] as const)

function contents(dir: string): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]))
}

test('DirSink: spreads values by the Adler-32 of their keys', async (t) => {
  const dir = makeDirectory(t)
  await writeAll(new DirSink(dir, { fileCount: 3 }), letters)
  assert.deepEqual(contents(dir), { part_0: 'B\nE\n', part_1: 'A\nD\nG\n', part_2: 'C\nF\n' })
})

test('DirSink: creates the directory, and files that get nothing', async (t) => {
  const dir = join(makeDirectory(t), 'new', 'out')
  await writeAll(new DirSink(dir, { fileCount: 2 }), [])
  assert.deepEqual(contents(dir), { part_0: '', part_1: '' })
})

test('DirSink: the index is the file, whatever the names', async (t) => {
  const items = Array.from({ length: 12 }, (_, index) => [String(index), `v${index}`] as const)
  const byIndex: Pick<DirSinkOptions, 'fileCount' | 'assignFile'> = { fileCount: 12, assignFile: Number }
  const padded = makeDirectory(t)
  await writeAll(new DirSink(padded, byIndex), items)
  assert.deepEqual(contents(padded), Object.fromEntries(items.map(([key, value]) => [`part_${key.padStart(2, '0')}`, `${value}\n`])))
  const named = makeDirectory(t)
  await writeAll(new DirSink(named, { ...byIndex, fileName: (index) => `out-${index}.txt` }), items)
  assert.deepEqual(contents(named), Object.fromEntries(items.map(([key, value]) => [`out-${key}.txt`, `${value}\n`])))
})

test('DirSink: indexes wrap, and what is no index goes to the engine as it is', (t) => {
  const sink = new DirSink(makeDirectory(t), { fileCount: 3, assignFile: Number })
  assert.deepEqual(
    ['7', '300', '-1', '1.5'].map((key) => sink.partFn(key)),
    [1, 0, -1, 1.5],
  )
  assert.ok(Number.isNaN(sink.partFn('x')))
})

test('DirSink: continues each file at its own position', async (t) => {
  const dir = makeDirectory(t)
  const positions = await writeAll(new DirSink(dir, { fileCount: 2 }), letters)
  writeFileSync(join(dir, 'part_0'), `${readFileSync(join(dir, 'part_0'), 'utf8')}lost`)
  await writeAll(new DirSink(dir, { fileCount: 2 }), letters, positions)
  const all = Object.values(contents(dir)).join('')
  assert.ok(!all.includes('lost'))
  assert.equal(all.length, 2 * 2 * letters.length)
})

test('DirSink: arguments are checked at construction', async (t) => {
  const dir = makeDirectory(t)
  const wrong: DirSinkOptions[] = [
    { fileCount: 0 },
    { fileCount: 1.5 },
    { fileCount: 2, fileName: () => 'same' },
    { fileCount: 1, fileName: () => '../x' },
    { fileCount: 1, fileName: () => '' },
    { fileCount: 1, fileName: () => 1 as unknown as string },
  ]
  for (const options of wrong) assert.equal((await failureOf(() => new DirSink(dir, options))).code, 'INVALID_ARGUMENT')
})

test('DirSink: a file in place of the directory is FILE_UNWRITABLE', async (t) => {
  const dir = makeDirectory(t, { file: '' })
  mkdirSync(join(dir, 'sub'))
  assert.equal((await failureOf(() => writeAll(new DirSink(join(dir, 'file'), { fileCount: 1 }), []))).code, 'FILE_UNWRITABLE')
})

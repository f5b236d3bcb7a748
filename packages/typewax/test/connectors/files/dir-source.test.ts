import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { DirSource } from '../../../src/connectors/files/index.ts'
import { failureOf, makeDirectory, readAll } from '../drive.ts'

test('DirSource: reads each file as a partition named by its path in the directory', async (t) => {
  const dir = makeDirectory(t, { 'b.txt': 'b1\nb2\n', 'a.txt': 'a1\n', '.hidden': 'x\n' })
  const source = new DirSource(dir, { fsId: 'fs' })
  assert.deepEqual(source.listParts(), ['fs::a.txt', 'fs::b.txt'])
  assert.deepEqual(await readAll(source), ['a1', 'b1', 'b2'])
})

test('DirSource: reads what matches the pattern, in directories of any depth with **', async (t) => {
  const dir = makeDirectory(t, { 'a.txt': 'a\n', 'a.log': 'log\n' })
  mkdirSync(join(dir, 'x', 'y'), { recursive: true })
  writeFileSync(join(dir, 'x', 'y', 'b.txt'), 'b\n')
  assert.deepEqual(await readAll(new DirSource(dir, { glob: '*.txt' })), ['a'])
  assert.deepEqual(await readAll(new DirSource(dir, { glob: '**/*.txt' })), ['a', 'b'])
  assert.deepEqual(await readAll(new DirSource(dir, { glob: '**/*' })), ['log', 'a', 'b'])
  assert.deepEqual(new DirSource(dir, { glob: '**/b*', fsId: '' }).listParts(), ['::x/y/b.txt'])
})

test('DirSource: an empty directory, a pattern without matches, and a directory that is gone give no partitions', (t) => {
  const dir = makeDirectory(t, { 'a.txt': '' })
  mkdirSync(join(dir, 'sub'))
  const source = new DirSource(join(dir, 'sub'))
  assert.deepEqual(source.listParts(), [])
  assert.deepEqual(new DirSource(dir, { glob: '*.csv' }).listParts(), [])
  rmSync(join(dir, 'sub'), { recursive: true })
  assert.deepEqual(source.listParts(), [])
})

test('DirSource: what is wrong with the directory is an error at construction', async (t) => {
  const dir = makeDirectory(t, { 'f.txt': 'x' })
  assert.equal((await failureOf(() => new DirSource(join(dir, 'missing')))).code, 'DIRECTORY_NOT_FOUND')
  assert.equal((await failureOf(() => new DirSource(join(dir, 'f.txt')))).code, 'NOT_A_DIRECTORY')
})

test('DirSource: a sub-directory that matches a flat pattern is an error that says what to do', async (t) => {
  const dir = makeDirectory(t)
  mkdirSync(join(dir, 'sub'))
  const error = await failureOf(() => readAll(new DirSource(dir)))
  assert.equal(error.code, 'FILE_UNREADABLE')
  assert.match(error.message, /is a directory.*\*\*/)
})

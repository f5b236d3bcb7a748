/** Owns the tests of the SQLite store that are about its files, its thread and its disk. What every store promises is in the conformance suite. */

import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { isTypewaxError } from '../../src/errors.ts'
import { initRecovery, SqliteRecoveryStore } from '../../src/recovery/index.ts'
import { partPath } from '../../src/recovery/sqlite/store-directory.ts'
import { StoreView } from '../../src/recovery/sqlite/store-view.ts'
import { temporaryDirectory } from './directories.ts'
import { failInserts, heal } from './faults.ts'
import { CONTENTS, chunkOf, fillStore, open, REQUEST, readStore } from './filled-store.ts'

const NOTHING = { chunks: [], droppedChunks: [], isComplete: false }

function hasCode(code: string, message?: RegExp): (error: unknown) => boolean {
  return (error) => isTypewaxError(error) && error.code === code && (message?.test(error.message) ?? true)
}

test('sqlite store: makes missing directories on first use, with one file', async () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'a', 'b')
  deepStrictEqual(await readStore(path), { epoch: 0, steps: {} })
  deepStrictEqual(readdirSync(path).sort(), ['lock.sqlite3', 'part-0.sqlite3'])
})

test('sqlite store: leaves nothing but its files when it is closed', async () => {
  using directory = temporaryDirectory()
  const session = await open(directory.path)
  await session.begin()
  await session.write({ ...NOTHING, epoch: 1, chunks: [chunkOf(0, 'f.a', ['k'])] })
  await session.close()
  deepStrictEqual(readdirSync(directory.path).sort(), ['lock.sqlite3', 'part-0.sqlite3'])
})

test('sqlite store: keeps its number of files', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path, 3)
  const session = await new SqliteRecoveryStore(directory.path, { partitions: 5 }).open(REQUEST)
  await session.close()
  deepStrictEqual((await readStore(directory.path)).steps, CONTENTS)
  strictEqual(existsSync(partPath(directory.path, 3)), false)
})

test('initRecovery: makes a store of so many files, once', async () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'store')
  initRecovery(path, 4)
  for (let index = 0; index < 4; index++) ok(existsSync(partPath(path, index)))
  throws(() => initRecovery(path, 4), hasCode('STORE_EXISTS'))
  deepStrictEqual(await readStore(path), { epoch: 0, steps: {} })
})

test('initRecovery: refuses a number of files that is none', () => {
  for (const partitions of [0, -1, 1.5, Number.NaN, 5_000]) {
    throws(() => initRecovery('/nowhere', partitions), hasCode('INVALID_ARGUMENT', /from 1 to 1024/))
    throws(() => new SqliteRecoveryStore('/nowhere', { partitions }), hasCode('INVALID_ARGUMENT'))
  }
})

test('sqlite store: names this process when it is opened twice in it', async () => {
  using directory = temporaryDirectory()
  const session = await open(directory.path)
  await rejects(() => open(directory.path), hasCode('STORE_IN_USE', new RegExp(`another run in this process \\(${process.pid}\\)`)))
  throws(() => initRecovery(directory.path, 1), hasCode('STORE_IN_USE'))
  await session.close()
})

test('sqlite store: fails every write after one that failed in the thread, and resumes from before it', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path, 2)
  const session = await open(directory.path)
  await session.begin()
  const { nextChunkId } = session
  await session.write({ ...NOTHING, epoch: 4, chunks: [chunkOf(nextChunkId, 'f.a', ['d'])] })
  failInserts(directory.path, 1, 'commits')
  await rejects(() => session.write({ ...NOTHING, epoch: 5, chunks: [chunkOf(nextChunkId + 1, 'f.a', ['d'])] }), /part-1\.sqlite3.*power cut/)
  heal(directory.path, 1)
  await rejects(() => session.write({ ...NOTHING, epoch: 6 }), /power cut/)
  await session.close()
  const { epoch, steps } = await readStore(directory.path)
  strictEqual(epoch, 4)
  strictEqual(steps['f.a']?.get('d'), nextChunkId)
})

test('sqlite store: keeps what an execution decided when it and the next one crash while they begin', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path, 2)
  for (const droppedSteps of [['f.a'], []]) {
    const session = await open(directory.path)
    failInserts(directory.path, 1, 'executions')
    await rejects(() => session.begin({ droppedSteps }))
    await session.close()
    heal(directory.path, 1)
  }
  const session = await open(directory.path)
  deepStrictEqual([...session.stepIds], ['f.b'])
  await session.begin()
  await session.close()
  deepStrictEqual((await readStore(directory.path)).steps, { 'f.b': CONTENTS['f.b'] })
})

test('sqlite store: can not go back to before steps were dropped', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path, 2, 1_000_000)
  const session = await new SqliteRecoveryStore(directory.path).open({ flowId: 'f', backupIntervalMs: 1_000_000 })
  await session.begin({ droppedSteps: ['f.b'] })
  await session.write({ ...NOTHING, epoch: 4, isComplete: true })
  await session.close()
  const view = StoreView.open(directory.path, 'read')
  deepStrictEqual(
    view.parts.map(({ header }) => [header.oldestEpoch, header.commits.map(({ epoch }) => epoch)]),
    [0, 1].map(() => [3, [3, 4]]),
  )
  view.close()
})

test('sqlite store: forgets executions that nothing refers to', async () => {
  using directory = temporaryDirectory()
  for (let count = 0; count < 20; count++) {
    const session = await open(directory.path)
    await session.begin()
    if (count % 2 === 0) await session.write({ ...NOTHING, epoch: count + 1, isComplete: true })
    await session.close()
  }
  const database = new DatabaseSync(partPath(directory.path, 0))
  const { count } = database.prepare('SELECT count(*) AS count FROM executions').get() as { count: number }
  database.close()
  ok(count <= 6, `${count} executions are remembered`)
  const session = await open(directory.path)
  await session.close()
  strictEqual(session.resumePoint.execution, 20)
})

test('sqlite store: stays small when what is written is dropped, and its WAL too', async () => {
  using directory = temporaryDirectory()
  const session = await open(directory.path)
  await session.begin()
  const keys = Array.from({ length: 1_000 }, (_, index) => `key ${index}`)
  let sizeBytes = 0
  let id = 0
  for (let epoch = 1; epoch <= 300; epoch++) {
    const chunks = [0, 1, 2].map(() => chunkOf(id++, 'f.a', keys, epoch))
    const droppedChunks = epoch === 1 ? [] : [id - 6, id - 5, id - 4]
    await session.write({ epoch, chunks, droppedChunks, isComplete: false })
    // By now the WAL has been checkpointed, and begins anew.
    if (epoch === 150) sizeBytes = sizeOf(directory.path)
  }
  const endBytes = sizeOf(directory.path)
  ok(endBytes <= sizeBytes * 1.1, `${sizeBytes} bytes after 150 epochs, ${endBytes} after 300`)
  await session.close()
})

function sizeOf(dir: string): number {
  return readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0)
}

test('sqlite store: says that the disk is full, and resumes once there is room', async (t) => {
  using directory = temporaryDirectory()
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory.path]).status !== 0)
    return t.skip('mounting a small disk is not permitted')
  try {
    const session = await open(directory.path)
    await session.begin()
    const filler = 'x'.repeat(100_000)
    let epoch = 0
    const fill = async (): Promise<void> => {
      for (;;) {
        await session.write({ ...NOTHING, epoch: epoch + 1, chunks: [chunkOf(epoch, 'f.a', [`k${epoch}`], filler)] })
        epoch += 1
      }
    }
    await rejects(fill, (error) => {
      ok(isTypewaxError(error))
      strictEqual(error.code, 'STORE_UNWRITABLE')
      strictEqual(error.domain, 'external')
      match(error.message, /part-0\.sqlite3.*(full|I\/O)/)
      return true
    })
    await session.close()
    strictEqual(spawnSync('mount', ['-o', 'remount,size=8m', directory.path]).status, 0)
    const { epoch: resumed, steps } = await readStore(directory.path)
    deepStrictEqual([resumed, steps['f.a']?.size], [epoch, epoch])
  } finally {
    spawnSync('umount', [directory.path])
  }
})

test('sqlite store: says that it is read-only', async (t) => {
  using directory = temporaryDirectory()
  await fillStore(directory.path)
  if (spawnSync('mount', ['--bind', directory.path, directory.path]).status !== 0) return t.skip('mounting read-only is not permitted')
  try {
    strictEqual(spawnSync('mount', ['-o', 'remount,bind,ro', directory.path]).status, 0)
    await rejects(() => open(directory.path), hasCode('STORE_UNWRITABLE'))
  } finally {
    spawnSync('umount', [directory.path])
  }
})

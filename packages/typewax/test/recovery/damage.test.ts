/** Owns the tests of stores that are damaged or incomplete: each is refused with an error that says what is wrong, or gives back what it held. */

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { isTypewaxError, type TypewaxError } from '../../src/errors.ts'
import { SqliteRecoveryStore } from '../../src/recovery/index.ts'
import { partPath } from '../../src/recovery/sqlite/store-directory.ts'
import { temporaryDirectory } from './directories.ts'
import { CONTENTS, fillStore, open, readStore } from './filled-store.ts'

/** The error that an attempt ends with. */
async function failureOf(attempt: () => Promise<unknown>): Promise<TypewaxError> {
  try {
    await attempt()
  } catch (error) {
    if (isTypewaxError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

async function refuses(dir: string, code: string, message: RegExp): Promise<void> {
  const error = await failureOf(() => readStore(dir))
  strictEqual(error.code, code, error.message)
  match(error.message, message)
  // The lock is free again: the answer is the same.
  strictEqual((await failureOf(() => readStore(dir))).code, code)
}

function change(dir: string, index: number, sql: string): void {
  const database = new DatabaseSync(partPath(dir, index))
  database.exec(sql)
  database.close()
}

test('sqlite store: names the files that are missing', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path, 4)
  for (const index of [1, 3]) rmSync(partPath(directory.path, index))
  await refuses(directory.path, 'STORE_FILE_MISSING', /has 4 files, but part-1\.sqlite3, part-3\.sqlite3 are missing/)
})

test('sqlite store: misses file 0 once an execution has begun', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path, 2)
  rmSync(partPath(directory.path, 0))
  await refuses(directory.path, 'STORE_FILE_MISSING', /part-0\.sqlite3 is missing/)
})

test('sqlite store: goes on making its files after a crash while they were made', async () => {
  using directory = temporaryDirectory()
  const session = await new SqliteRecoveryStore(directory.path, { partitions: 3 }).open({ flowId: 'f', backupIntervalMs: 0 })
  await session.close()
  for (const index of [0, 1]) rmSync(partPath(directory.path, index))
  writeFileSync(`${partPath(directory.path, 1)}.new`, 'half of a file')
  deepStrictEqual(await readStore(directory.path), { epoch: 0, steps: {} })
})

test('sqlite store: refuses a file of another store among its own', async () => {
  using one = temporaryDirectory()
  using other = temporaryDirectory()
  await fillStore(one.path, 2)
  await fillStore(other.path, 2)
  cpSync(partPath(other.path, 1), partPath(one.path, 1))
  await refuses(one.path, 'STORE_CORRUPT', /part-1\.sqlite3" belongs to another store than .*part-0/)
})

test('sqlite store: refuses files whose names were swapped', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path, 2)
  renameSync(partPath(directory.path, 0), join(directory.path, 'aside'))
  renameSync(partPath(directory.path, 1), partPath(directory.path, 0))
  renameSync(join(directory.path, 'aside'), partPath(directory.path, 1))
  await refuses(directory.path, 'STORE_CORRUPT', /is file 1 of its store, so its name should be part-1/)
})

test('sqlite store: refuses the store of another flow', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path)
  const attempt = (): Promise<unknown> => new SqliteRecoveryStore(directory.path).open({ flowId: 'g', backupIntervalMs: 0 })
  const error = await failureOf(attempt)
  strictEqual(error.code, 'STORE_OTHER_FLOW')
  match(error.message, /belongs to flow "f", not "g"/)
})

test('sqlite store: refuses a format it does not know', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path)
  change(directory.path, 0, 'PRAGMA user_version = 2')
  await refuses(directory.path, 'STORE_VERSION', /has store format 2; this version of typewax reads format 1/)
})

test('sqlite store: refuses what is not a store', async () => {
  using directory = temporaryDirectory()
  for (const contents of ['', 'not a database, but a text that is long enough to be taken for one'.repeat(100)]) {
    writeFileSync(partPath(directory.path, 0), contents)
    await refuses(directory.path, 'STORE_CORRUPT', /part-0\.sqlite3" is not a recovery store/)
  }
  rmSync(partPath(directory.path, 0))
  change(directory.path, 0, 'CREATE TABLE other (a)')
  await refuses(directory.path, 'STORE_CORRUPT', /part-0\.sqlite3" is not a recovery store/)
})

test('sqlite store: refuses a directory in the place of a file', async () => {
  using directory = temporaryDirectory()
  mkdirSync(partPath(directory.path, 0))
  await refuses(directory.path, 'STORE_UNWRITABLE', /part-0\.sqlite3": unable to open database file; check/)
})

test('sqlite store: refuses a file in the place of its directory', async () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'file')
  writeFileSync(path, '')
  await refuses(path, 'STORE_UNWRITABLE', /file": EEXIST/)
  await refuses(join(path, 'below'), 'STORE_UNWRITABLE', /below": (EEXIST|ENOTDIR)/)
})

const TAMPERED: [what: string, sql: string][] = [
  ['a chunk that is gone', 'DELETE FROM chunks WHERE id = 1'],
  ['a chunk of another step', "UPDATE chunks SET step_id = 'f.c' WHERE id = 1"],
  ['a chunk of another epoch', 'UPDATE chunks SET epoch = 2 WHERE id = 1'],
  ['a chunk that is dropped', 'INSERT INTO drops VALUES (1, 2)'],
  ['a commit of another epoch', 'UPDATE commits SET epoch = 9 WHERE epoch = 3'],
  ['a commit that says it was the last', 'UPDATE commits SET is_complete = 0 WHERE epoch = 3'],
  ['a commit of an execution that is not known', 'DELETE FROM executions'],
  ['no word about itself', 'DELETE FROM store'],
  ['a chunk with other contents', 'UPDATE chunks SET blob = zeroblob(length(blob)) WHERE id = 1'],
  ['a chunk with other contents, at its end', "UPDATE chunks SET blob = CAST(substr(blob, 1, length(blob) - 1) || x'07' AS BLOB) WHERE id = 1"],
]

for (const [what, sql] of TAMPERED) {
  test(`sqlite store: refuses ${what}`, async () => {
    using directory = temporaryDirectory()
    await fillStore(directory.path)
    change(directory.path, 0, sql)
    const error = await failureOf(() => readStore(directory.path))
    ok(['STORE_CORRUPT', 'STORE_VERSION'].includes(error.code), error.message)
    match(error.message, /part-0\.sqlite3/)
  })
}

test('sqlite store: with any byte of a file changed, refuses it or gives back what it held', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path)
  const path = partPath(directory.path, 0)
  const original = readFileSync(path)
  const outcomes = { refused: 0, read: 0 }
  await fc.assert(
    fc.asyncProperty(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), async (position, mask) => {
      const bytes = Buffer.from(original)
      bytes[position] = (bytes[position] as number) ^ mask
      for (const suffix of ['-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true })
      writeFileSync(path, bytes)
      await refusesOr(directory.path, CONTENTS, outcomes)
    }),
    { numRuns: 300 },
  )
  ok(outcomes.refused > 0 && outcomes.read > 0, JSON.stringify(outcomes))
})

test('sqlite store: cut off anywhere, is refused or gives back what it held', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path)
  const path = partPath(directory.path, 0)
  const original = readFileSync(path)
  const outcomes = { refused: 0, read: 0 }
  await fc.assert(
    fc.asyncProperty(fc.nat(original.length - 1), async (length) => {
      for (const suffix of ['-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true })
      writeFileSync(path, original)
      truncateSync(path, length)
      // The last page may be empty: then nothing is missing.
      await refusesOr(directory.path, CONTENTS, outcomes)
    }),
    { numRuns: 50 },
  )
  ok(outcomes.refused > 0, JSON.stringify(outcomes))
})

async function refusesOr(dir: string, contents: object, outcomes: { refused: number; read: number }): Promise<void> {
  try {
    deepStrictEqual((await readStore(dir)).steps, contents)
    outcomes.read += 1
  } catch (error) {
    if (!isTypewaxError(error)) throw error
    match(error.code, /^STORE_|^STATE_UNREADABLE$/)
    outcomes.refused += 1
  }
}

test('sqlite store: a session that fails to open leaves nothing open', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path)
  change(directory.path, 0, 'PRAGMA user_version = 2')
  strictEqual((await failureOf(() => open(directory.path))).code, 'STORE_VERSION')
  change(directory.path, 0, 'PRAGMA user_version = 1')
  deepStrictEqual((await readStore(directory.path)).steps, CONTENTS)
})

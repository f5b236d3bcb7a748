/** Owns the tests of looking into a store and of copying it, while nobody uses it and while a run writes it. */

import { deepStrictEqual, match, ok, rejects, strictEqual } from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { recoveryBackup, recoveryInit, recoveryInspect } from '../../src/cli/recovery-command.ts'
import { isTypewaxError } from '../../src/errors.ts'
import { backupRecovery, DISCARD_ENTRY, encodeChunk, inspectRecovery, inspectStep, SqliteRecoveryStore, UPSERT } from '../../src/recovery/index.ts'
import { temporaryDirectory } from './directories.ts'
import { CONTENTS, chunkOf, fillStore, open, readStore } from './filled-store.ts'

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => isTypewaxError(error) && error.code === code
}

test('inspectRecovery: describes a store', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path, 2)
  const report = await inspectRecovery(directory.path)
  const { flowId, executionCount, commits, steps, files } = report
  deepStrictEqual({ flowId, executionCount, fileCount: files.length }, { flowId: 'f', executionCount: 1, fileCount: 2 })
  deepStrictEqual(
    commits.map(({ epoch, execution, isComplete }) => ({ epoch, execution, isComplete })),
    [2, 3].map((epoch) => ({ epoch, execution: 0, isComplete: true })),
  )
  const described = steps.map(({ sizeBytes, sampleKeys, ...counts }) => ({ ...counts, hasSize: sizeBytes > 0, sampleKeys: [...sampleKeys].sort() }))
  deepStrictEqual(described, [
    { stepId: 'f.a', chunkCount: 3, entryCount: 5, discardCount: 0, liveCount: 3, hasSize: true, sampleKeys: ['a', 'b', 'c'] },
    { stepId: 'f.b', chunkCount: 1, entryCount: 1, discardCount: 0, liveCount: 1, hasSize: true, sampleKeys: ['x'] },
  ])
})

test('inspectRecovery: describes a store that no run has used', async () => {
  using directory = temporaryDirectory()
  await (await open(directory.path)).close()
  const { flowId, executionCount, commits, steps } = await inspectRecovery(directory.path)
  deepStrictEqual({ flowId, executionCount, commits, steps }, { flowId: undefined, executionCount: 0, commits: [], steps: [] })
})

test('inspectRecovery: makes nothing where there is no store', async () => {
  using directory = temporaryDirectory()
  await rejects(() => inspectRecovery(directory.path), hasCode('STORE_NOT_FOUND'))
  await rejects(() => inspectRecovery(join(directory.path, 'missing')), hasCode('STORE_NOT_FOUND'))
  deepStrictEqual(readdirSync(directory.path), [])
})

test('inspectStep: gives what lives, by key prefix and up to a limit', async () => {
  using directory = temporaryDirectory()
  const session = await open(directory.path)
  await session.begin()
  const columns = {
    keys: ['ab', 'ab', 'ac', 'b', 'gone'],
    subKeys: [undefined, 'part', undefined, undefined, undefined],
    operations: Uint8Array.from([UPSERT, UPSERT, UPSERT, UPSERT, DISCARD_ENTRY]),
    states: [1, 2, 3, 4, undefined],
  }
  const old = chunkOf(0, 'f.a', ['gone', 'ab'], 'old')
  const chunk = { id: 1, stepId: 'f.a', entryCount: 5, discardCount: 1, firstGroup: 0, lastGroup: 255, blob: encodeChunk(columns) }
  await session.write({ epoch: 1, chunks: [old, chunk], droppedChunks: [], isComplete: true })
  await session.close()
  deepStrictEqual(await inspectStep(directory.path, 'f.a', { keyPrefix: 'a' }), [
    { key: 'ac', subKey: undefined, state: 3 },
    { key: 'ab', subKey: 'part', state: 2 },
    { key: 'ab', subKey: undefined, state: 1 },
  ])
  strictEqual((await inspectStep(directory.path, 'f.a')).length, 4)
  strictEqual((await inspectStep(directory.path, 'f.a', { limit: 2 })).length, 2)
  strictEqual((await inspectStep(directory.path, 'f.a', { limit: 0 })).length, 0)
  await rejects(() => inspectStep(directory.path, 'f.b'), hasCode('INVALID_ARGUMENT'))
})

test('backupRecovery: copies a store that can be used', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path, 3)
  const target = join(directory.path, 'copy')
  deepStrictEqual(await backupRecovery(directory.path, target), { location: target, fileCount: 3, epoch: 3 })
  deepStrictEqual(readdirSync(target).sort(), ['part-0.sqlite3', 'part-1.sqlite3', 'part-2.sqlite3'])
  deepStrictEqual(await readStore(target), { epoch: 3, steps: CONTENTS })
})

test('backupRecovery: refuses a target with something in it', async () => {
  using directory = temporaryDirectory()
  await fillStore(directory.path)
  const target = join(directory.path, 'copy')
  await backupRecovery(directory.path, target)
  await rejects(() => backupRecovery(directory.path, target), hasCode('STORE_EXISTS'))
  writeFileSync(join(directory.path, 'file'), '')
  await rejects(() => backupRecovery(directory.path, join(directory.path, 'file')), hasCode('STORE_UNWRITABLE'))
  await rejects(() => backupRecovery(join(directory.path, 'missing'), join(directory.path, 'other')), hasCode('STORE_NOT_FOUND'))
  strictEqual(existsSync(join(directory.path, 'other')), false)
})

test('inspect and backup: see whole epochs while a run writes several files', async () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'store')
  const session = await new SqliteRecoveryStore(path, { partitions: 3 }).open({ flowId: 'f', backupIntervalMs: 0 })
  await session.begin()
  const keys = Array.from({ length: 500 }, (_, index) => `k${index}`)
  let isDone = false
  let epoch = 0
  const writing = (async () => {
    for (let id = 0; !isDone; id += 3) {
      epoch += 1
      const chunks = [id, id + 1, id + 2].map((each) => chunkOf(each, 'f.a', keys, epoch))
      await session.write({ epoch, chunks, droppedChunks: epoch === 1 ? [] : [id - 3, id - 2, id - 1], isComplete: false })
    }
  })()
  for (let round = 0; round < 5; round++) {
    const target = join(directory.path, `copy-${round}`)
    const { epoch: copied } = await backupRecovery(path, target)
    const { epoch: resumed, steps } = await readStore(target)
    strictEqual(resumed, copied)
    ok([...(steps['f.a']?.values() ?? [])].every((state) => state === copied))
    const report = await inspectRecovery(path)
    ok((report.commits.at(-1)?.epoch ?? 0) >= copied)
  }
  isDone = true
  await writing
  await session.close()
  strictEqual((await readStore(path)).epoch, epoch)
})

test('recovery commands: print what they did and found', async () => {
  using directory = temporaryDirectory()
  const lines: string[] = []
  const print = (line: string): void => void lines.push(line)
  const made = join(directory.path, 'made')
  await recoveryInit(made, 1, print)
  const filled = join(directory.path, 'filled')
  await fillStore(filled, 2)
  await recoveryInspect(made, {}, print)
  await recoveryInspect(filled, {}, print)
  await recoveryInspect(filled, { step: 'f.b' }, print)
  await recoveryInspect(filled, { step: 'f.b', json: true }, print)
  await recoveryBackup(filled, join(directory.path, 'copy'), print)
  const text = lines
    .join('\n')
    .replaceAll(directory.path, 'DIR')
    .replace(/\d{4}-\d\d-\d\dT\S+Z/, 'TIME')
  match(
    text,
    /^made a recovery store of 1 file in DIR\/made\nstore {7}DIR\/made \(1 file, .*\)\nflow {8}\(no run has begun\)\nexecutions {2}0\nresumes {5}from the start\n/,
  )
  match(text, /flow {8}f\nexecutions {2}1\nresumes {5}after epoch 3, committed TIME\n {12}the input had ended\nrestorable {2}2 epochs from 2 on\n\n/)
  match(text, /step {2}live {2}entries {2}discards {2}chunks +size {2}some keys\nf\.a {6}3 {8}5 {9}0 {7}3 +\d+ B {2}"c" "a" "b"\n/)
  match(
    text,
    /\n"x" {2}0\n\[\n {2}\{\n {4}"key": "x",\n {4}"state": 0\n {2}\}\n\]\ncopied 2 files to DIR\/copy; a run on the copy resumes after epoch 3$/,
  )
})

/** Owns the tests of a store with a second process: the lock, and what is left when a process is killed while it writes. */

import { ok, strictEqual } from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { isTypewaxError } from '../../src/errors.ts'
import { inspectRecovery } from '../../src/recovery/index.ts'
import { temporaryDirectory } from './directories.ts'
import { open, readStore } from './filled-store.ts'

const WAL = 'part-0.sqlite3-wal'
const HOLDER = fileURLToPath(new URL('./holder.ts', import.meta.url))

/** Starts a process that writes a store, and waits until it has committed some epochs. */
async function startHolder(dir: string, partitions: number, epochCount: number): Promise<{ child: ChildProcess; epochs: () => number }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', HOLDER, dir, String(partitions)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let epochs = 0
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  await new Promise<void>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the holder ended with ${code}`)))
    lines.on('line', (line) => {
      epochs = Number(line)
      if (epochs >= epochCount) resolve()
    })
  })
  return { child, epochs: () => epochs }
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'close')
  child.kill('SIGKILL')
  await exit
}

test('sqlite store: refuses a second process with the id of the first, until that is killed', async () => {
  using directory = temporaryDirectory()
  const { child } = await startHolder(directory.path, 1, 1)
  try {
    await open(directory.path)
    throw new Error('the store was opened twice')
  } catch (error) {
    ok(isTypewaxError(error))
    strictEqual(error.code, 'STORE_IN_USE')
    ok(error.message.includes(`in use by process ${child.pid};`), error.message)
  }
  const report = await inspectRecovery(directory.path)
  ok((report.commits.at(-1)?.epoch ?? 0) >= 1, 'what is committed can be seen meanwhile')
  await kill(child)
  const session = await open(directory.path)
  await session.close()
})

for (const partitions of [1, 3]) {
  test(`sqlite store: keeps each epoch that it reported when its process is killed, files: ${partitions}`, async () => {
    using directory = temporaryDirectory()
    for (let round = 0; round < 3; round++) {
      const { child, epochs } = await startHolder(directory.path, partitions, (round + 1) * 40)
      await kill(child)
      const { epoch, steps } = await readStore(directory.path)
      ok(epoch >= epochs(), `epoch ${epochs()} was reported, resumed after ${epoch}`)
      strictEqual(steps['f.a']?.get('k'), epoch)
    }
  })
}

test('sqlite store: with its WAL damaged or gone, resumes at an older epoch that is whole, or is refused', async () => {
  using directory = temporaryDirectory()
  using copies = temporaryDirectory()
  const { child } = await startHolder(directory.path, 1, 400)
  // Stopped while it is copied, so that the files belong together.
  child.kill('SIGSTOP')
  const original = join(copies.path, 'original')
  run('cp', '-r', directory.path, original)
  await kill(child)
  const walBytes = statSync(join(original, WAL)).size
  await fc.assert(
    fc.asyncProperty(fc.nat(walBytes - 1), fc.boolean(), async (position, isCut) => {
      const copy = join(copies.path, 'copy')
      rmSync(copy, { recursive: true, force: true })
      cpSync(original, copy, { recursive: true })
      if (isCut) truncateSync(join(copy, WAL), position)
      else flipByte(join(copy, WAL), position)
      await isWholeOrRefused(copy)
    }),
    { numRuns: 40 },
  )
})

async function isWholeOrRefused(dir: string): Promise<void> {
  try {
    const { epoch, steps } = await readStore(dir)
    strictEqual(steps['f.a']?.get('k'), epoch === 0 ? undefined : epoch)
  } catch (error) {
    ok(isTypewaxError(error) && error.code === 'STORE_CORRUPT', String(error))
  }
}

function flipByte(path: string, position: number): void {
  const bytes = readFileSync(path)
  bytes[position] = (bytes[position] as number) ^ 0xff
  writeFileSync(path, bytes)
}

function run(command: string, ...args: string[]): void {
  strictEqual(spawnSync(command, args).status, 0)
}
